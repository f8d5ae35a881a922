#include "hosts/jira_issue.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "base/file.h"
#include "hosts/test_host.h"

namespace spillguard::hosts {
namespace {

using test::RecordingSink;
using Lines = std::vector<std::string>;

constexpr const char* kFields = R"([
  {"id":"summary","name":"Summary"},
  {"id":"customfield_1","name":"Notes","schema":{"custom":"com.atlassian.jira.plugin.system.customfieldtypes:textarea"}},
  {"id":"customfield_2","name":"Twice"},
  {"id":"customfield_3","name":"Twice"},
  {"id":"customfield_4","name":"Picks"}])";

constexpr const char* kIssue = R"({"id":"10001","key":"OPS-1","fields":{
  "project":{"id":"100","key":"OPS"},
  "summary":"now","description":"third","environment":null,
  "creator":{"name":"ann"},"created":"2024-05-01T12:00:00.000+0000","updated":"2024-05-05T12:00:00.000+0000",
  "customfield_1":"a note","customfield_2":17,"customfield_3":null,
  "customfield_4":[{"self":"http://x","value":"one","child":{"value":"two","iconUrl":"u"}},"three",{"value":""}],
  "attachment":[{"id":"77","filename":"a.zip","size":1234,"mimeType":"application/zip","author":{"name":"bob"},
    "created":"2024-05-02T00:00:00.000+0000"}]},
  "changelog":{"startAt":0,"maxResults":4,"total":4,"histories":[
    {"id":"4","author":{"name":"dan"},"created":"2024-05-04T12:00:00.000+0000","items":[
      {"field":"description","fieldtype":"jira","from":null,"fromString":"second","to":null,"toString":"third"}]},
    {"id":"2","author":{"name":"bob"},"created":"2024-05-02T12:00:00.000+0000","items":[
      {"field":"description","fieldtype":"jira","from":null,"fromString":"first","to":null,"toString":"second"},
      {"field":"environment","fieldtype":"jira","from":null,"fromString":"host","to":null,"toString":null},
      {"field":"assignee","fieldtype":"jira","from":"k1","fromString":"Ann","to":"Bob","toString":"Bob"}]},
    {"id":"3","author":{"name":"bob"},"created":"2024-05-03T12:00:00.000+0000","items":[
      {"field":"Notes","fieldtype":"custom","fromString":"old note","toString":"a note"},
      {"field":"Twice","fieldtype":"custom","fromString":"x","toString":"y"},
      {"field":"Other","fieldId":"customfield_4","fieldtype":"custom","fromString":"","toString":"one"}]},
    {"id":"5","created":"2024-05-04T13:00:00.000+0000","items":[
      {"field":"Comment","fieldtype":"jira","from":"deleted *text*","fromString":null,"to":null,"toString":null}]}
  ]}})";

test::ReadItem read_issue(const char* text) {
  const auto fields = Json::parse(kFields);
  const auto issue = Json::parse(text);
  EXPECT_TRUE(fields && issue);
  RecordingSink sink;
  EXPECT_TRUE(sink.begin_item(jira_issue_ref(issue->root()).value()));
  const Status status = emit_jira_issue(issue->root(), JiraFields(fields->root()), sink);
  EXPECT_TRUE(status);
  return sink.items.at(0);
}

TEST(JiraIssueTest, PartsWithTheirVersions) {
  const auto item = read_issue(kIssue);
  EXPECT_EQ(
      item.lines(),
      (Lines{"history description/description v1 first",
             "history description/description v2 second", "history environment/environment v1 host",
             "history history/assignee v1 Ann\nk1", "history history/assignee v2 Bob",
             "history field/customfield_1 v1 old note", "history field/customfield_1 v2 a note",
             "history history/Twice v1 x", "history history/Twice v2 y",
             "history field/customfield_4 v2 one", "history description/description v2 second",
             "history description/description v3 third",
             "history history/Comment v1 deleted *text*", "summary summary/summary v1 now",
             "description description/description v3 third",
             "custom_field field/customfield_1 v2 a note",
             "custom_field field/customfield_4 v2 one\ntwo\nthree",
             "attachment_name attachment_name/77 v1 a.zip", "attachment attachment/77 v1 @a.zip"}));
}

TEST(JiraIssueTest, AuthorsTimesAndMarkupOfVersions) {
  const auto item = read_issue(kIssue);
  const TimeMs day = 24 * 3600 * 1000LL;
  const TimeMs first = 1'714'564'800'000;
  const auto& parts = item.parts;
  EXPECT_EQ(parts[0].author, "ann");  // who made the first version is who made the issue
  EXPECT_EQ(parts[0].created, first);
  EXPECT_EQ(parts[1].author, "bob");
  EXPECT_EQ(parts[1].created, first + day);
  EXPECT_EQ(parts[10].author, "bob");  // the old side was written by the change before
  EXPECT_EQ(parts[11].author, "dan");
  EXPECT_EQ(parts[14].author, "dan");  // description of now
  EXPECT_EQ(parts[14].created, first + 3 * day);
  EXPECT_EQ(parts[13].author, "ann");
  EXPECT_EQ(parts[0].markup, text::Markup::kWiki);
  EXPECT_EQ(parts[5].markup, text::Markup::kWiki);   // history of a text area
  EXPECT_EQ(parts[9].markup, text::Markup::kPlain);  // of another field
  EXPECT_EQ(parts[12].markup, text::Markup::kWiki);  // a deleted comment
  EXPECT_EQ(parts[13].markup, text::Markup::kPlain);
  EXPECT_EQ(parts[15].markup, text::Markup::kWiki);
  EXPECT_EQ(parts[18].bytes, 1234);
}

TEST(JiraIssueTest, ContentsKnowTheirNewestVersion) {
  const auto item = read_issue(kIssue);
  ASSERT_NE(item.content("description", "description"), nullptr);
  EXPECT_EQ(item.content("description", "description")->newest, 3);
  EXPECT_TRUE(item.content("description", "description")->complete);
  EXPECT_EQ(item.content("environment", "environment")->newest, 2);  // empty now
  EXPECT_EQ(item.content("summary", "summary")->newest, 1);
  EXPECT_EQ(item.content("field", "customfield_1")->newest, 2);
  EXPECT_EQ(item.content("field", "customfield_2"), nullptr);
  EXPECT_EQ(item.content("history", "Twice")->newest, 2);
}

TEST(JiraIssueTest, ACutChangelogIsSaid) {
  std::string text = kIssue;
  text.replace(text.find("\"total\":4"), 9, "\"total\":9");
  const auto item = read_issue(text.c_str());
  const auto& said = *std::find_if(item.parts.begin(), item.parts.end(), [](const Part& part) {
    return part.state == Part::State::kFailed;
  });
  EXPECT_EQ(said.kind, "history");
  EXPECT_EQ(said.reason, "changelog_cut");
  EXPECT_FALSE(item.content("description", "description")->complete);
  EXPECT_FALSE(item.content("summary", "summary")->complete);
}

TEST(JiraIssueTest, EditedCommentsAreAnotherVersion) {
  RecordingSink sink;
  const auto json = Json::parse(
      R"([{"id":"5","body":"hi","author":{"name":"ann"},"updateAuthor":{"name":"bob"},
           "created":"2024-05-01T12:00:00.000+0000","updated":"2024-05-01T12:00:00.000+0000"},
          {"id":"6","body":"ho","author":{"name":"ann"},"updateAuthor":{"name":"bob"},
           "created":"2024-05-01T12:00:00.000+0000","updated":"2024-05-01T12:00:01.000+0000"},
          {"id":"7","body":"","created":"2024-05-01T12:00:00.000+0000"}])");
  ASSERT_TRUE(json);
  ASSERT_TRUE(sink.begin_item({}));
  for (size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(emit_jira_comment(json->root().at(i), "comment", "body", sink));
  }
  EXPECT_EQ(sink.items[0].lines(),
            (Lines{"comment comment/5 v1 hi", "comment comment/6 v1714564801000 ho"}));
  EXPECT_EQ(sink.items[0].parts[0].author, "ann");
  EXPECT_EQ(sink.items[0].parts[1].author, "bob");
  EXPECT_EQ(sink.items[0].content("comment", "6")->newest, 1'714'564'801'000);
}

// Recorded answers of real Jiras: every text of theirs must come as a part.
TEST(JiraIssueTest, RecordedIssuesAreReadWhole) {
  const std::filesystem::path folder =
      std::filesystem::path(SG_SOURCE_DIR).parent_path() / "shared" / "fixtures";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "NO REFERENCE DATA: " << folder
                 << " is not there, recorded answers are not tried";
  }
  int read = 0;
  int histories = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    const auto text = read_file(entry.path().string());
    ASSERT_TRUE(text);
    const auto json = Json::parse(*text);
    if (!json) continue;  // two are broken on purpose
    const JsonView issue = json->root();
    if (!issue["key"].is_string() || !issue["fields"]["summary"].is_string()) continue;
    RecordingSink sink;
    const auto ref = jira_issue_ref(issue);
    if (!ref) continue;
    ASSERT_TRUE(sink.begin_item(*ref));
    ASSERT_TRUE(emit_jira_issue(issue, JiraFields(), sink)) << entry.path();
    const auto& parts = sink.items[0].parts;
    const auto has = [&](std::string_view kind, std::string_view words) {
      return words.empty() || std::any_of(parts.begin(), parts.end(), [&](const Part& part) {
               return part.kind == kind && part.text == words;
             });
    };
    EXPECT_TRUE(has("summary", issue["fields"]["summary"].string())) << entry.path();
    EXPECT_TRUE(has("description", issue["fields"]["description"].string())) << entry.path();
    const JsonView list = issue["changelog"]["histories"];
    for (size_t i = 0; i < list.size(); ++i) {
      const JsonView items = list.at(i)["items"];
      for (size_t k = 0; k < items.size(); ++k) {
        const auto said = [&](std::string_view words) {
          return words.empty() || std::any_of(parts.begin(), parts.end(), [&](const Part& part) {
                   return part.kind == "history" && part.text.starts_with(words);
                 });
        };
        EXPECT_TRUE(said(items.at(k)["fromString"].string())) << entry.path();
        EXPECT_TRUE(said(items.at(k)["toString"].string())) << entry.path();
        ++histories;
      }
    }
    ++read;
  }
  EXPECT_GT(read, 10);
  EXPECT_GT(histories, 30);
  std::cout << read << " recorded issues, " << histories << " changes\n";
}

}  // namespace
}  // namespace spillguard::hosts
