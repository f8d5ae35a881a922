#include "server/config.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"
#include "server/credentials.h"

namespace spillguard::server {
namespace {

constexpr const char* kGood = R"(
data_dir = "/var/lib/spillguard/"
[[site]]
name = "jira"
product = "jira"
base_url = "https://jira.corp.test/jira/"
context_path = "/jira"
listen = "127.0.0.1:8081"
user = "scanner"
password_env = "SG_TEST_PASSWORD"
)";

class ConfigTest : public testing::Test {
 protected:
  void SetUp() override { ::setenv("SG_TEST_PASSWORD", "pw", 1); }
  void TearDown() override { ::unsetenv("SG_TEST_PASSWORD"); }

  static std::string error_of(const std::string& text) {
    const auto config = parse_config(text, "sg.toml");
    return config ? "" : config.error().message;
  }
};

TEST_F(ConfigTest, ReadsASite) {
  const auto config = parse_config(kGood, "sg.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->data_dir, "/var/lib/spillguard");
  EXPECT_EQ(config->key_file, "/var/lib/spillguard/installation.key");
  EXPECT_EQ(config->parallel_scans, 2);
  ASSERT_EQ(config->sites.size(), 1U);
  const SiteConfig& site = config->sites[0];
  EXPECT_EQ(site.host.base_url, "https://jira.corp.test/jira");
  EXPECT_EQ(site.public_url, site.host.base_url);
  EXPECT_EQ(site.listen.port, 8081);
  EXPECT_EQ(site.host.credential.password.reveal(), "pw");
}

TEST_F(ConfigTest, ErrorsNamePlaceAndWayOut) {
  struct Case {
    std::string text;
    std::string expected;
  };
  const std::string good = kGood;
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  const Case cases[] = {
      {"data_dir = \"/x\"\n", "there is no [[site]]"},
      {good + "colour = 1\n", "sg.toml:11: site[0].colour: unknown key"},
      {with("\"jira\"\nbase", "\"jora\"\nbase"), "must be jira or confluence"},
      {with("https://", "ftp://"), "must start with http"},
      {with("127.0.0.1:8081", "8081"), "must be ADDRESS:PORT"},
      {with("password_env", "token_env"), ""},
      {with("password_env = \"SG_TEST_PASSWORD\"", ""), "needs the account that scans"},
      {with("SG_TEST_PASSWORD", "SG_TEST_NOT_SET"), "SG_TEST_NOT_SET"},
      {with("password_env", "password"), "needs the account that scans"},
      {good + "tls = \"required\"\n", "needs certificate"},
      {with("data_dir", "data_dirs"), "data_dir: is required"},
      {"data_dir = \n", "sg.toml:1"},
  };
  for (const Case& c : cases) {
    const std::string message = error_of(c.text);
    if (c.expected.empty()) {
      EXPECT_EQ(message, "") << c.text;
    } else {
      EXPECT_NE(message.find(c.expected), std::string::npos) << message << "\n" << c.text;
    }
  }
}

TEST(ParseListen, AddressesAndPorts) {
  EXPECT_EQ(parse_listen(":80")->address, "0.0.0.0");
  EXPECT_EQ(parse_listen("[::1]:443")->address, "::1");
  EXPECT_EQ(parse_listen("[::1]:443")->port, 443);
  for (const char* bad : {"", "host", "host:", "host:x", "host:65536", "host:-1"}) {
    EXPECT_FALSE(parse_listen(bad)) << bad;
  }
}

class KeyTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "sg-key-" + random_hex(6);
    ASSERT_TRUE(make_directories(folder_));
  }
  std::string folder_;
};

TEST_F(KeyTest, IsMadeOnceAndThenRead) {
  const std::string path = folder_ + "/installation.key";
  const auto made = load_installation_key(path, false);
  ASSERT_TRUE(made) << made.error().message;
  const auto again = load_installation_key(path, true);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(made->fingerprint("x"), again->fingerprint("x"));
}

TEST_F(KeyTest, IsNotMadeAnewBesideAStore) {
  const auto lost = load_installation_key(folder_ + "/installation.key", true);
  ASSERT_FALSE(lost);
  EXPECT_NE(lost.error().message.find("backup"), std::string::npos);
}

}  // namespace
}  // namespace spillguard::server
