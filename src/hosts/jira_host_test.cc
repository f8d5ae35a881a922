#include <gtest/gtest.h>

#include <map>

#include "hosts/test_host.h"

namespace spillguard::hosts {
namespace {

using test::json_response;
using test::kMyself;
using test::RecordingSink;
using test::StubHost;
using Lines = std::vector<std::string>;

ItemRef issue_one() {
  ItemRef ref;
  ref.id = "1";
  return ref;
}

// Answers by path under /rest/api/2; the query "startAt" picks a page where a path has several.
class JiraHostTest : public testing::Test {
 protected:
  std::map<std::string, std::string> answers{{"/myself", kMyself}, {"/field", "[]"}};
  StubHost stub{[this](const http::Request& request) {
    std::string path = request.path.substr(std::string("/context/rest/api/2").size());
    const auto start = request.query_value("startAt");
    if (start && *start != "0") path += "?" + std::string(*start);
    const auto found = answers.find(path);
    return found == answers.end() ? test::not_found() : json_response(found->second);
  }};
  std::unique_ptr<Host> host = stub.host(Product::kJira);
  RecordingSink sink;
};

TEST_F(JiraHostTest, IdentityAndProjects) {
  const auto identity = host->identify();
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->name, "scanner");
  EXPECT_EQ(identity->key, "JIRAUSER1");
  EXPECT_EQ(identity->time_zone, "Europe/Berlin");
  answers["/project"] =
      R"([{"id":"100","key":"OPS","name":"Ops"},{"id":101,"key":"OLD","name":"Old","archived":true}])";
  const auto scopes = host->list_scopes();
  ASSERT_TRUE(scopes);
  ASSERT_EQ(scopes->size(), 2U);
  EXPECT_EQ((*scopes)[1].id, "101");
  EXPECT_TRUE((*scopes)[1].archived);
  answers["/project/OPS"] = R"({"id":"100","key":"OPS","name":"Ops"})";
  EXPECT_EQ(host->find_scope("OPS").value().name, "Ops");
  EXPECT_EQ(host->find_scope("NO").error().code, Code::kNotFound);
}

TEST_F(JiraHostTest, AnonymousIsNoIdentity) {
  answers["/myself"] = "{}";
  EXPECT_EQ(host->identify().error().code, Code::kUnauthenticated);
}

TEST_F(JiraHostTest, AnIssueThatIsNotToBeSeenAnyMoreHasNotNoLinks) {
  const std::string issue =
      R"({"id":"1","key":"A-1","fields":{"summary":"s","comment":{"comments":[],"total":0}},)"
      R"("changelog":{"histories":[]}})";
  answers["/issue/1"] = issue;
  // A host that has neither links nor properties.
  ASSERT_TRUE(host->read_item(issue_one(), sink));
  EXPECT_FALSE(sink.items.at(0).failed);
  // One on which the issue vanishes between two questions.
  int asked = 0;
  StubHost vanishing([&](const http::Request& request) {
    if (request.path.ends_with("/myself")) return json_response(kMyself);
    if (request.path.ends_with("/field")) return json_response("[]");
    if (request.path.ends_with("/issue/1") && asked++ == 0) return json_response(issue);
    return test::not_found();
  });
  ASSERT_TRUE(vanishing.host(Product::kJira)->read_item(issue_one(), sink));
  ASSERT_TRUE(sink.items.at(1).failed);
  EXPECT_EQ(sink.items.at(1).failed->code, Code::kNotFound);
}

TEST_F(JiraHostTest, CutListsAreReadToTheirEnd) {
  answers["/issue/1"] = R"({"id":"1","key":"OPS-1","fields":{"summary":"s",
    "comment":{"comments":[{"id":"11","body":"c1"}],"total":3,"maxResults":1,"startAt":0},
    "worklog":{"worklogs":[{"id":"21","comment":"w1"}],"total":2,"maxResults":1,"startAt":0}},
    "changelog":{"total":0,"histories":[]}})";
  answers["/issue/1/comment"] =
      R"({"startAt":0,"maxResults":2,"total":3,"comments":[{"id":"11","body":"c1"},{"id":"12","body":"c2"}]})";
  answers["/issue/1/comment?2"] =
      R"({"startAt":2,"maxResults":2,"total":3,"comments":[{"id":"13","body":"c3"}]})";
  answers["/issue/1/worklog"] =
      R"({"startAt":0,"maxResults":2,"total":2,"worklogs":[{"id":"21","comment":"w1"},{"id":"22","comment":"w2"}]})";
  const Status status = host->read_item(issue_one(), sink);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(
      sink.items.at(0).lines(),
      (Lines{"summary summary/summary v1 s", "comment comment/11 v1 c1", "comment comment/12 v1 c2",
             "comment comment/13 v1 c3", "worklog worklog/21 v1 w1", "worklog worklog/22 v1 w2"}));
}

TEST_F(JiraHostTest, LabelsLinksRemoteLinksAndProperties) {
  answers["/issue/1"] = R"({"id":"1","key":"OPS-1","fields":{"summary":"s","labels":["x","y"],
    "comment":{"comments":[],"total":0,"maxResults":0,"startAt":0},
    "issuelinks":[{"id":"5","type":{"name":"Blocks","outward":"blocks"},
      "outwardIssue":{"key":"OPS-2","fields":{"summary":"other"}}}]},
    "changelog":{"total":1,"histories":[{"id":"1","items":[
      {"field":"labels","fieldtype":"jira","fromString":"x","toString":"x y"}]}]}})";
  answers["/issue/1/remotelink"] =
      R"([{"id":7,"globalId":"g","relationship":"see","object":{"url":"https://u","title":"t","summary":"m"}}])";
  answers["/issue/1/properties"] = R"({"keys":[{"key":"a b"},{"key":"gone"}]})";
  answers["/issue/1/properties/a%20b"] = R"({"key":"a b","value":{"deep":["v"]}})";
  answers["/issue/1/properties/a b"] = answers["/issue/1/properties/a%20b"];
  ASSERT_TRUE(host->read_item(issue_one(), sink));
  EXPECT_EQ(sink.items.at(0).lines(),
            (Lines{"history field/labels v1 x", "history field/labels v2 x y",
                   "summary summary/summary v1 s", "label field/labels v2 x\ny",
                   "link link/5 v1 Blocks\nblocks\nOPS-2\nother",
                   "remote_link remote_link/7 v1 see\nt\nm\nhttps://u\ng",
                   "property property/a b v1 v"}));
  HostOptions options = stub.options(Product::kJira);
  options.issue_properties = options.remote_links = false;
  RecordingSink other;
  ASSERT_TRUE(make_host(std::move(options)).value()->read_item(issue_one(), other));
  EXPECT_EQ(other.items.at(0).parts.size(), 5U);
}

TEST_F(JiraHostTest, AProjectsOwnTexts) {
  answers["/project/100"] =
      R"({"id":"100","key":"OPS","name":"Ops","description":"about","versions":[
      {"id":"1","name":"1.0","description":"first"}],"components":[{"id":"2","name":"core"}]})";
  answers["/search"] = R"({"startAt":0,"maxResults":50,"total":0,"issues":[]})";
  PageRequest request;
  request.scope = {.id = "100", .key = "OPS", .name = "Ops"};
  request.everything = true;
  ASSERT_TRUE(host->read_page(request, sink));
  ASSERT_EQ(sink.scopes.size(), 1U);
  EXPECT_EQ(sink.scopes[0].ref.id, "scope:100");
  EXPECT_EQ(sink.scopes[0].lines(),
            (Lines{"scope_description scope_description/100 v1 about",
                   "version version/1 v1 1.0\nfirst", "component component/2 v1 core"}));
}

TEST_F(JiraHostTest, AListThatFailsIsSaidAndFailsTheItem) {
  answers["/issue/1"] = R"({"id":"1","key":"OPS-1","fields":{"summary":"s",
    "comment":{"comments":[],"total":3}},"changelog":{"total":0,"histories":[]}})";
  ASSERT_TRUE(host->read_item(issue_one(), sink));
  EXPECT_EQ(sink.items.at(0).lines(),
            (Lines{"summary summary/summary v1 s", "comment comment/ v1 !http_404"}));
  EXPECT_TRUE(sink.items.at(0).failed.has_value());
}

TEST_F(JiraHostTest, FindItemFollowsMoves) {
  answers["/issue/OLD-1"] =
      R"({"id":"1","key":"NEW-7","fields":{"summary":"s","project":{"id":"2","key":"NEW"}}})";
  const auto found = host->find_item("OLD-1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key, "NEW-7");
  EXPECT_EQ(found->scope_key, "NEW");
  EXPECT_EQ(host->find_item("OLD-2").error().code, Code::kNotFound);
  EXPECT_EQ(host->find_version(*found, 1).error().code, Code::kUnsupported);
}

TEST_F(JiraHostTest, CallersMustBeWhomTheHostSays) {
  const CallerCredential caller{.authorization = Secret("Bearer x"), .cookies = {}};
  EXPECT_EQ(host->caller_identity(caller).value().name, "scanner");
  answers["/myself"] = R"({"name":"somebody","key":"k"})";  // the header says scanner
  EXPECT_EQ(host->caller_identity(caller).error().code, Code::kUnauthenticated);
  answers["/myself"] = R"({"name":"scanner"})";
  EXPECT_EQ(host->caller_identity(caller).error().code, Code::kUnauthenticated);
}

TEST_F(JiraHostTest, PermissionsOfCallers) {
  const CallerCredential caller{.authorization = Secret("Bearer x"), .cookies = {}};
  const auto allow = [&](const char* names) {
    std::string body = R"({"permissions":{)";
    for (const char* name :
         {"ADMINISTER_PROJECTS", "BROWSE_PROJECTS", "ADMINISTER", "SYSTEM_ADMIN"}) {
      if (body.back() != '{') body += ",";
      const bool has =
          (std::string(" ") + names + " ").find(std::string(" ") + name + " ") != std::string::npos;
      body += std::string("\"") + name + R"(":{"havePermission":)" + (has ? "true}" : "false}");
    }
    answers["/mypermissions"] = body + "}}";
  };
  allow("");
  EXPECT_EQ(host->is_scope_admin(caller, "OPS").error().code, Code::kNotFound);
  EXPECT_FALSE(host->can_view_scope(caller, "OPS").value());
  EXPECT_FALSE(host->is_product_admin(caller).value());
  allow("BROWSE_PROJECTS");
  EXPECT_FALSE(host->is_scope_admin(caller, "OPS").value());
  EXPECT_TRUE(host->can_view_scope(caller, "OPS").value());
  allow("BROWSE_PROJECTS ADMINISTER_PROJECTS");
  EXPECT_TRUE(host->is_scope_admin(caller, "OPS").value());
  EXPECT_FALSE(host->is_product_admin(caller).value());
  allow("BROWSE_PROJECTS SYSTEM_ADMIN");
  EXPECT_TRUE(host->is_scope_admin(caller, "OPS").value());
  EXPECT_TRUE(host->is_product_admin(caller).value());
  EXPECT_EQ(stub.requests().back().query_value("projectKey"), std::nullopt);
  // "In any project" is no answer for one.
  EXPECT_EQ(host->is_scope_admin(caller, "").error().code, Code::kNotFound);
  EXPECT_FALSE(host->can_view_scope(caller, "").value());
  answers.erase("/mypermissions");
  EXPECT_EQ(host->is_scope_admin(caller, "NO").error().code, Code::kNotFound);
  EXPECT_FALSE(host->can_view_item(caller, "1").value());
  answers["/issue/1"] = R"({"id":"1","key":"OPS-1"})";
  EXPECT_TRUE(host->can_view_item(caller, "1").value());
}

TEST(MakeHostTest, ConfigurationErrorsNameTheSite) {
  HostOptions options;
  options.name = "main";
  options.base_url = "jira.example.org";
  options.credential.token = Secret("t");
  EXPECT_NE(make_host(options).error().message.find("site main: base_url"), std::string::npos);
  options.base_url = "https://user:pw@jira.example.org";
  EXPECT_EQ(make_host(options).error().message.find("pw"), std::string::npos);
  options.base_url = "https://jira.example.org/jira";
  EXPECT_TRUE(make_host(options));
  options.credential.user = "both";
  EXPECT_FALSE(make_host(options));
}

}  // namespace
}  // namespace spillguard::hosts
