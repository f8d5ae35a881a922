#include "detect/validators_login.h"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"

namespace spillguard::detect {
namespace {

bool passes_check(ValidatorFunction check, const std::string& secret) {
  const Span all{0, secret.size()};
  return check({.text = secret, .match = all, .secret = all});
}

bool basic(const std::string& credentials) {
  return passes_check(&basic_credentials, base64_encode(credentials));
}

TEST(BasicCredentials, UserAndPassword) {
  EXPECT_TRUE(basic("deploy:q7Vt-92k"));
  EXPECT_TRUE(basic("deploy:with:colons:q7Vt"));
  EXPECT_TRUE(basic(":q7Vt92kx"));
  EXPECT_TRUE(basic("q7Vt92kxz81:"));
  EXPECT_TRUE(basic("j\xC3\xBCrgen:q7Vt92kx"));
}

TEST(BasicCredentials, WhatIsNone) {
  EXPECT_FALSE(basic("no colon here"));
  EXPECT_FALSE(basic(":"));
  EXPECT_FALSE(basic("user:password"));
  EXPECT_FALSE(basic("user:${PASSWORD}"));
  EXPECT_FALSE(basic("user:xxxxxxxx"));
  EXPECT_FALSE(basic("us\x01r:q7Vt92kx"));
  EXPECT_FALSE(basic("us\xFFr:q7Vt92kx"));
  EXPECT_FALSE(passes_check(&basic_credentials, "not*base64"));
}

TEST(Email, RolesAreNoPersons) {
  EXPECT_TRUE(passes_check(&email_not_role, "grace.hopper@acme.io"));
  EXPECT_TRUE(passes_check(&email_not_role, "information@acme.io"));
  for (const char* role : {"abuse", "Admin", "no-reply", "noreply", "postmaster", "webmaster"}) {
    EXPECT_FALSE(passes_check(&email_not_role, std::string(role) + "@acme.io")) << role;
  }
  EXPECT_FALSE(passes_check(&email_not_role, "support+jira@acme.io"));
}

TEST(Email, ExamplesAndTests) {
  EXPECT_TRUE(passes_check(&email_not_example, "grace@acme.io"));
  EXPECT_TRUE(passes_check(&email_not_example, "grace@notexample.com"));
  EXPECT_TRUE(passes_check(&email_not_example, "tester@acme.io"));
  for (const char* address :
       {"grace@example.com", "grace@mail.example.org", "grace@EXAMPLE.net", "grace@acme.example",
        "grace@x.invalid", "grace@a.localhost", "grace@b.test", "test@acme.io", "foo@acme.io",
        "user@acme.io", "Demo@acme.io"}) {
    EXPECT_FALSE(passes_check(&email_not_example, address)) << address;
  }
}

}  // namespace
}  // namespace spillguard::detect
