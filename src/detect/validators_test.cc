#include "detect/validators.h"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"
#include "detect/stand_ins.h"
#include "detect/templates.h"

namespace spillguard::detect {
namespace {

bool holds(std::string_view name, std::string_view secret) {
  const Validator* validator = find_validator(name);
  EXPECT_NE(validator, nullptr) << name;
  const Span all{0, secret.size()};
  return validator != nullptr && validator->function({.text = secret, .match = all, .secret = all});
}

std::string made(std::string_view form, std::string_view seed = "seed") {
  return expand_template(form, seed).value();
}

TEST(Validators, Luhn) {
  for (const char* form :
       {"{{luhn:4539:16}}", "{{luhn:371:15}}", "{{luhn:5312:16}}", "{{luhn:6011:16}}"}) {
    const std::string number = made(form);
    EXPECT_TRUE(holds("luhn", number)) << number;
    std::string wrong = number;
    wrong.back() = wrong.back() == '9' ? '0' : static_cast<char>(wrong.back() + 1);
    EXPECT_FALSE(holds("luhn", wrong)) << wrong;
    EXPECT_TRUE(
        holds("luhn", number.substr(0, 4) + " " + number.substr(4, 4) + "-" + number.substr(8)));
  }
  EXPECT_FALSE(holds("luhn", made("{{luhn:999:16}}")));  // no such network
  EXPECT_FALSE(holds("luhn", made("{{luhn:371:16}}")));  // a length that the network does not have
  EXPECT_FALSE(holds("luhn", "4111 1111 1111 1111"));    // everybody's test number
  EXPECT_FALSE(holds("luhn", "0000000000000000"));
  EXPECT_FALSE(holds("luhn", "4539"));
}

TEST(Validators, GithubChecksum) {
  EXPECT_EQ(base62_crc32("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ"), "0mLq17");  // published by GitHub
  const std::string token = made("ghp_{{github_checksum:30}}");
  EXPECT_TRUE(holds("github_checksum", token));
  std::string wrong = token;
  wrong[10] = wrong[10] == 'a' ? 'b' : 'a';
  EXPECT_FALSE(holds("github_checksum", wrong));
  EXPECT_FALSE(holds("github_checksum", "ghp_abc"));
}

TEST(Validators, Jwt) {
  const std::string token = made("{{jwt}}");
  EXPECT_TRUE(holds("jwt", token));
  EXPECT_FALSE(holds("jwt", token.substr(0, token.rfind('.'))));
  EXPECT_FALSE(
      holds("jwt", base64url_encode("{\"typ\":1}") + "." + base64url_encode("{}") + ".abc"));
  EXPECT_FALSE(holds("jwt", "a.b.c"));
}

TEST(Validators, Pem) {
  const std::string block = made("{{pem:RSA PRIVATE KEY}}");
  EXPECT_TRUE(holds("pem", block));
  std::string escaped = block;
  for (size_t at = 0; (at = escaped.find('\n', at)) != std::string::npos;)
    escaped.replace(at, 1, "\\n");
  EXPECT_TRUE(holds("pem", escaped));
  EXPECT_TRUE(holds("pem", block.substr(0, 250)));  // cut off after some lines
  EXPECT_FALSE(holds("pem", block.substr(0, 100)));
  std::string other = block;
  other.replace(other.rfind("RSA"), 3, "DSA");
  EXPECT_FALSE(holds("pem", other));
  EXPECT_FALSE(
      holds("pem",
            "-----BEGIN RSA PRIVATE KEY-----\n... your key here, and nothing else that is long "
            "enough\n-----END RSA PRIVATE KEY-----"));
  EXPECT_FALSE(holds("pem", "-----BEGIN RSA PRIVATE KEY-----\n" + std::string(200, 'x') +
                                "\n-----END RSA PRIVATE KEY-----"));
}

TEST(Validators, UrlPassword) {
  EXPECT_TRUE(holds("url_password", "postgres://app:s3cr-Et9/x@db.example.com:5432/app"));
  EXPECT_TRUE(holds("url_password", "amqp://u:h9Ak2@rabbit"));
  EXPECT_TRUE(holds("url_password", "h9Ak2"));
  for (const char* none :
       {"postgres://app@db/app", "postgres://app:${DB_PASSWORD}@db", "mysql://u:<password>@h",
        "mysql://u:password@h", "mysql://u:xxxx@h", "mysql://u:$PASS@h", "http://host:80/x"}) {
    EXPECT_FALSE(holds("url_password", none)) << none;
  }
}

TEST(Validators, StandIns) {
  for (const char* text : {"xxxxxxxxxxxx", "changeme", "YOUR_TOKEN_HERE", "<token>", "${TOKEN}",
                           "{{ token }}", "*****", "1234567890abc", "abcabcabcabc", "aaaaaaaaaaaa",
                           "ghp_example1a2", "%TOKEN%", "", "12345678"}) {
    EXPECT_TRUE(is_placeholder(text)) << text;
  }
  for (int i = 0; i < 300; ++i) {
    const std::string text = made("{{alnum:32}}", std::to_string(i));
    EXPECT_FALSE(is_placeholder(text)) << text;
    EXPECT_FALSE(reads_like_words(text)) << text;
  }
  for (const char* text :
       {"access-token-manager", "getApiKeyFromVault", "my_secret_value", "configuration"}) {
    EXPECT_TRUE(reads_like_words(text)) << text;
  }
  for (const char* text : {"kd93hfkq0a1", "xkqzvwpt", "Tr0ub4dor"})
    EXPECT_FALSE(reads_like_words(text)) << text;
}

TEST(Validators, TheRest) {
  EXPECT_TRUE(holds("mixed", "a1"));
  EXPECT_FALSE(holds("mixed", "abc"));
  EXPECT_FALSE(holds("mixed", "123"));
  EXPECT_TRUE(holds("has_digit", "a1"));
  EXPECT_FALSE(holds("has_digit", "ab"));
  EXPECT_TRUE(holds("not_hex_only", "12g"));
  EXPECT_FALSE(holds("not_hex_only", "12aF"));
  EXPECT_TRUE(holds("base64", base64_encode("any carnal pleas")));
  EXPECT_FALSE(holds("base64", "a!b"));
  EXPECT_TRUE(holds("uuid", made("{{uuid}}")));
  EXPECT_FALSE(holds("uuid", "00000000-0000-0000-0000-000000000000"));
  EXPECT_FALSE(holds("uuid", "00000000-0000-0000-0000-00000000000"));
  EXPECT_TRUE(holds("aws_key_id", made("AKIA{{b32:16}}")));
  EXPECT_FALSE(holds("aws_key_id", std::string("AKIA") + "IOSFODNN7EXAMPLE"));
  EXPECT_FALSE(holds("aws_key_id", made("AKIA{{b32:15}}") + "1"));
  EXPECT_EQ(find_validator("none"), nullptr);
}

}  // namespace
}  // namespace spillguard::detect
