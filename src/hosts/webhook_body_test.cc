#include "hosts/webhook_body.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/file.h"

namespace spillguard::hosts {
namespace {

using Ids = std::vector<std::string>;

TEST(WebhookBodyTest, AtlassiansTestVectorOfTheSignature) {
  const std::string secret = "It's a Secret to Everybody";
  const std::string right =
      "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9";
  EXPECT_TRUE(is_signed(right, secret, "Hello World!"));
  EXPECT_FALSE(is_signed(right, secret, "Hello World"));
  EXPECT_FALSE(is_signed(right, "", "Hello World!"));
  EXPECT_FALSE(is_signed(right.substr(7), secret, "Hello World!"));
  EXPECT_FALSE(is_signed("sha256=", secret, "Hello World!"));
}

TEST(WebhookBodyTest, OnlyIdsAreTaken) {
  const auto hint =
      read_webhook(Product::kConfluence,
                   R"({"event":"page_updated","page":{"id":"../../space/X"},"comment":{"id":7}})");
  ASSERT_TRUE(hint);
  EXPECT_EQ(hint->ids, (Ids{"7"}));
  EXPECT_TRUE(
      read_webhook(Product::kJira, R"({"webhookEvent":"project_created","project":{"id":1}})")
          ->scopes);
  EXPECT_FALSE(read_webhook(Product::kJira, R"({"webhookEvent":"user_created"})")->ignored.empty());
  // Data Center names no issue here.
  EXPECT_EQ(read_webhook(Product::kJira,
                         R"({"webhookEvent":"attachment_created","attachment":{"id":"1"}})")
                ->ignored,
            "names no issue: the next look for changes finds it");
  for (const char* body : {"", "[]", "{}", "null", "{\"event\":1", "7"}) {
    EXPECT_FALSE(read_webhook(Product::kJira, body)) << body;
    EXPECT_FALSE(read_webhook(Product::kConfluence, body)) << body;
  }
}

// Every recorded webhook names its item, or is on the list of what is no webhook.
TEST(WebhookBodyTest, RecordedWebhooks) {
  const auto fixtures = std::filesystem::path(SG_SOURCE_DIR).parent_path() / "shared" / "fixtures";
  if (!std::filesystem::exists(fixtures)) {
    GTEST_SKIP() << "NO REFERENCE DATA: " << fixtures << " is not there";
  }
  const std::map<std::string, std::string> no_webhooks = {
      {"comment_api_response.json", "an answer, not a webhook"},
      {"page_api_response.json", "an answer, not a webhook"},
      {"user_api_response.json", "an answer, not a webhook"}};
  int read = 0;
  for (const char* folder :
       {"jira-webhooks-mattermost", "jira-webhooks-zulip", "confluence-zulip"}) {
    const Product product =
        std::string_view(folder).starts_with("jira") ? Product::kJira : Product::kConfluence;
    for (const auto& file : std::filesystem::directory_iterator(fixtures / folder)) {
      const std::string name = file.path().filename().string();
      if (file.path().extension() != ".json") continue;
      const auto hint = read_webhook(product, read_file(file.path().string()).value());
      if (no_webhooks.contains(name)) {
        EXPECT_FALSE(hint) << name;
        continue;
      }
      ASSERT_TRUE(hint) << name << ": " << hint.error().message;
      EXPECT_EQ(hint->ids.size(), 1U) << name;
      ++read;
    }
  }
  EXPECT_GE(read, 55);
}

}  // namespace
}  // namespace spillguard::hosts
