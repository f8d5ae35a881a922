// Rows of SQL and of exports, labels with gaps, objects and what consoles answer.
#include <gtest/gtest.h>

#include <string>

#include "detect/generic/reader_test_util.h"

namespace spillguard::detect::generic {
namespace {

TEST(GenericRows, Sql) {
  expect_all({
      {"INSERT INTO users (name, password) VALUES ('bob', 'Kx9aa11');", {"Kx9aa11"}},
      {"insert into `app`.`users` (`id`, `password`, `mail`)\nvalues (1, 'Kx9aa11', NULL),\n"
       "       (2, 'Zz8bb22', 'a,b');",
       {"Kx9aa11", "Zz8bb22"}},
      {"REPLACE INTO t (token) VALUES (\"Kx9aa11bb\")", {"Kx9aa11bb"}},
      {"INSERT INTO t (a, password) VALUES (f('x, y', 3), 'it''s9')", {"it''s9"}},
      {"INSERT INTO t (a, password) VALUES ('\\', ', 'Kx9aa11')", {"Kx9aa11"}},
      // Functions, variables and columns without a value.
      {"INSERT INTO t (a, password) VALUES ('bob', md5('Kx9aa11'))", {}},
      {"INSERT INTO t (a, password) VALUES (?, ?)", {}},
      {"INSERT INTO t (a, password) SELECT 'Kx9aa11', 'Zz8bb22'", {}},
      {"INSERT INTO t (password) VALUES ('bob'", {}},
      {"sum (a, password) VALUES ('bob', 'Kx9aa11')", {}},
      {"INSERT INTO t (a, password", {}},
  });
}

TEST(GenericRows, NamesAndValuesBetweenCommas) {
  expect_all({
      {"key,value,masked\nAPP_TOKEN,Kx9aa11bb,true\nAPP_PASSWORD,Zz8bb22,true\n",
       {"Kx9aa11bb", "Zz8bb22"}},
      {"APP_PASSWORD;Kx9aa11\nHOST;web01\n", {"Kx9aa11"}},
      {"HOST;web01\r\nAPP_PASSWORD;Kx9aa11\r\n", {"Kx9aa11"}},
      {"APP_PASSWORD;Kx9aa11", {}},              // no other row beside
      {"APP_PASSWORD,Kx9aa11\nHOST,a,b\n", {}},  // none of as many fields
  });
}

TEST(GenericRows, IndentedLinesAreNoTable) {
  expect_all({
      {"f(\n\tEnvUser,\n\tEnvPassword,\n\tEnvTTL9x,\n\tEnvHTTPTimeout9).\n", {}},
      {"\tUser\tPassword\n\tbob\tKx9aa11\n", {"Kx9aa11"}},
      {"\tPassword\n1\tKx9aa11\n2\tZz8bb22\n", {"Kx9aa11", "Zz8bb22"}},
  });
}

TEST(GenericRows, Labels) {
  expect_all({
      {"User             a@example.org\nPassword         Kx9aa11\nFrom   b\n", {"Kx9aa11"}},
      {"One-time pwd ... Kx9aa11\n", {"Kx9aa11"}},
      {"  Clave secreta .... Kx9aa11\n  Entorno .. pruebas", {"Kx9aa11"}},
      {"Password         Kx9aa11 and more\n", {}},
      {"the system says that the old password         Kx9aa11\n", {}},
  });
}

TEST(GenericRows, Objects) {
  expect_all({
      {"\"db.password\": {\"value\": \"Kx9aa11\", \"origin\": \"x\"}", {"Kx9aa11"}},
      {"\"db.password\":{\n  \"value\":\"Kx9aa11\"}", {"Kx9aa11"}},
      {"\"db.password\": {\"origin\": \"Kx9aa11\"}", {}},
      {"'crypt' => [\n  'key' => 'Kx9aa11bb'\n]", {"Kx9aa11bb"}},
      {"\"hmac\": {\"key\": \"Kx9aa11bb\"}", {"Kx9aa11bb"}},
      {"\"item\": {\"key\": \"Kx9aa11bb\"}", {}},
      {"[\"key\": \"Kx9aa11bb\"", {}},
      {"\"key\": \"Kx9aa11bb\"", {}},
  });
}

TEST(GenericRows, Consoles) {
  expect_all({
      {"irb(main):004:0> ENV[\"SECRET_KEY_BASE\"]\n=> \"Kx9aa11bb\"\n", {"Kx9aa11bb"}},
      {"dig(:stripe, :secret)\n=> \"Kx9aa11bb\"\n", {"Kx9aa11bb"}},
      {"dig(:stripe, :secret)\n=> nil\n", {}},
      {"$ htpasswd -cb /etc/nginx/users docs Kx9aa11", {"Kx9aa11"}},
      {"-H \"Authorization: Splunk Kx9aa11bb\"", {"Kx9aa11bb"}},
  });
}

TEST(GenericRows, WhatIsOfOtherThings) {
  expect_all({
      {"[\"openssl\", \"req\", \"-newkey\", \"rsa:2048\"]", {}},
      {"http-outgoing-3 >> \"X-Auth-Token: Kx9aa11bb[\\r][\\n]\"", {"Kx9aa11bb"}},
      {"PSCredential('SHOP\\svc-bk', (ConvertTo-SecureString 'Kx9aa11' -AsPlainText))",
       {"Kx9aa11"}},
      {"| PAY-9 | Wrong password gives 500 | 6345ff35e9e7b40e5fb10035dfc0b5ef021df39c | bob |\n",
       {}},
  });
}

}  // namespace
}  // namespace spillguard::detect::generic
