// Every recorded answer is JSON that our readers take or leave without harm; those that are no JSON
// are listed here with the reason.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/file.h"
#include "hosts/confluence_content.h"
#include "hosts/jira_issue.h"
#include "hosts/test_host.h"
#include "hosts/webhook_body.h"

namespace spillguard::hosts {
namespace {

// Path below the fixtures, and why it is refused.
const std::map<std::string, std::string>& refused_fixtures() {
  static const std::map<std::string, std::string> kRefused = {
      {"jira-rest-java-client/search/issues-invalid-total.json", "broken on purpose"},
      {"jira-rest-ruby/issue/10002/transitions.post.json", "broken on purpose"}};
  return kRefused;
}

void read_with_everything(JsonView root) {
  test::RecordingSink sink;
  const PageRequest request;
  const JiraFields fields;
  if (jira_issue_ref(root)) {
    EXPECT_TRUE(sink.begin_item({}));
    EXPECT_TRUE(emit_jira_issue(root, fields, sink));
    EXPECT_TRUE(sink.end_item({}));
  }
  static_cast<void>(emit_jira_project(root, request, sink));
  static_cast<void>(confluence_ref(root));
  static_cast<void>(storage_body(root));
  static_cast<void>(JiraFields(root));
  EXPECT_TRUE(sink.begin_item({}));
  EXPECT_TRUE(emit_remote_links(root, sink));
  EXPECT_TRUE(emit_jira_comment(root, "comment", "body", sink));
  EXPECT_TRUE(sink.end_item({}));
  for (const char* list : {"issues", "results", "comments", "worklogs", "values"}) {
    for (size_t i = 0; i < root[list].size(); ++i) read_with_everything(root[list].at(i));
  }
}

TEST(FixturesTest, EveryRecordedAnswerIsReadOrRefusedForAReason) {
  const auto fixtures = std::filesystem::path(SG_SOURCE_DIR).parent_path() / "shared" / "fixtures";
  if (!std::filesystem::exists(fixtures)) {
    GTEST_SKIP() << "NO REFERENCE DATA: " << fixtures << " is not there";
  }
  size_t read = 0;
  size_t refused = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(fixtures)) {
    if (entry.path().extension() != ".json") continue;
    const std::string name = std::filesystem::relative(entry.path(), fixtures).string();
    const std::string text = read_file(entry.path().string()).value();
    const auto json = Json::parse(text);
    if (refused_fixtures().contains(name)) {
      EXPECT_FALSE(json) << name;
      ++refused;
      continue;
    }
    ASSERT_TRUE(json) << name << ": " << json.error().message;
    SCOPED_TRACE(name);
    read_with_everything(json->root());
    for (const Product product : {Product::kJira, Product::kConfluence}) {
      static_cast<void>(read_webhook(product, text));
    }
    ++read;
  }
  EXPECT_EQ(refused, refused_fixtures().size());
  EXPECT_GT(read, 250U);
}

}  // namespace
}  // namespace spillguard::hosts
