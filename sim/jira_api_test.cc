#include "sim/jira_api.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <set>

#include "sim/test_client.h"

namespace spillguard::sim {
namespace {

using testing::parsed;
using testing::small_world;
using testing::World;

const World& world() {
  static const World shared = small_world();
  return shared;
}

int64_t number(const boost::json::value& value, std::string_view name) {
  return value.at(name).as_int64();
}

TEST(JiraSearch, EchoesTheCappedPageSize) {
  const auto& w = world();
  JiraApi capped(*w.jira_site, *w.jira_auth, {.page_cap = 10});
  const auto ask = [&](const std::string& query) {
    return parsed(
        capped.handle(testing::make_request("GET", "/jira/rest/api/2/search?" + query, "scanner")));
  };
  EXPECT_EQ(number(ask("maxResults=5000"), "maxResults"), 10);
  EXPECT_EQ(ask("maxResults=5000").at("issues").as_array().size(), 10U);
  EXPECT_EQ(number(ask("maxResults=3&startAt=119"), "startAt"), 119);
  EXPECT_EQ(ask("maxResults=3&startAt=119").at("issues").as_array().size(), 1U);
  EXPECT_EQ(ask("maxResults=0").at("issues").as_array().size(), 0U);
  EXPECT_EQ(number(ask("startAt=500"), "total"), 120);
  EXPECT_EQ(number(parsed(w.jira_get("/rest/api/latest/search")), "maxResults"), 50);
}

TEST(JiraSearch, PostAnswersAsGet) {
  const auto post = world().jira_search(
      R"({"jql":"project = OPS ORDER BY created ASC, key ASC","maxResults":7,"fields":["summary"],"expand":["changelog"]})");
  const auto get = world().jira_get(
      "/rest/api/2/"
      "search?jql=project%20%3D%20OPS%20ORDER%20BY%20created%20ASC,%20key%20ASC&maxResults=7&"
      "fields=summary&"
      "expand=changelog");
  EXPECT_EQ(post.status, 200);
  EXPECT_EQ(post.body, get.body);
  const auto first = parsed(post).at("issues").at(0);
  EXPECT_EQ(first.at("fields").as_object().size(), 1U);
  EXPECT_TRUE(first.at("changelog").as_object().contains("histories"));
}

TEST(JiraSearch, WalksInAStableOrderWithoutLossOrRepeat) {
  std::string last;
  size_t seen = 0;
  for (size_t start = 0;;) {
    const auto page = parsed(world().jira_search(fmt::format(
        R"({{"jql":"project in (OPS, WEB) order by created, key","startAt":{},"maxResults":13,"fields":["created"]}})",
        start)));
    const auto& issues = page.at("issues").as_array();
    if (issues.empty()) break;
    for (const auto& issue : issues) {
      const auto created = testing::text(issue.at("fields").at("created"));
      EXPECT_LE(last, created);
      last = created;
    }
    start += issues.size();
    seen = start;
  }
  EXPECT_EQ(seen, 60U);
}

TEST(JiraSearch, MillisecondWindowsCutExactly) {
  const auto& records = world().jira_site->records();
  const auto middle = records[60].created;
  const auto total = [&](const std::string& jql) {
    return number(parsed(world().jira_search(fmt::format(R"({{"jql":"{}","maxResults":0}})", jql))),
                  "total");
  };
  const auto before = total(fmt::format("created < {}", middle));
  EXPECT_EQ(before + total(fmt::format("created >= {}", middle)), 120);
  EXPECT_GT(before, 0);
}

TEST(JiraSearch, RefusesWhatTheCallerMustNotKnow) {
  const auto refused = world().jira_search(R"({"jql":"project = DATA"})", "rita");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(
      refused.body,
      R"({"errorMessages":["The value 'DATA' does not exist for the field 'project'."],"errors":{}})");
  const auto lenient =
      world().jira_search(R"({"jql":"project = DATA","validateQuery":false})", "rita");
  EXPECT_EQ(lenient.status, 200);
  EXPECT_EQ(number(parsed(lenient), "total"), 0);
  EXPECT_EQ(parsed(lenient).at("warningMessages").as_array().size(), 1U);
  EXPECT_EQ(number(parsed(world().jira_search(R"({"jql":""})", "rita")), "total"), 60);
  EXPECT_EQ(number(parsed(world().jira_search(R"({"jql":""})", "")), "total"), 0);
}

TEST(JiraIssue, ResolvesFormerKeysAndAnyCase) {
  const auto issue = parsed(world().jira_get("/rest/api/2/issue/webold-3"));
  EXPECT_EQ(testing::text(issue.at("key")), "WEB-3");
  const auto by_id = parsed(
      world().jira_get("/rest/api/2/issue/" + testing::text(issue.at("id")) + "?fields=-comment"));
  EXPECT_FALSE(by_id.at("fields").as_object().contains("comment"));
  EXPECT_TRUE(by_id.at("fields").as_object().contains("attachment"));
  EXPECT_EQ(world().jira_get("/rest/api/2/issue/WEB-9999").body,
            R"({"errorMessages":["Issue Does Not Exist"],"errors":{}})");
}

TEST(JiraIssue, WorklogsAreCutInTheFieldAndWholeInTheList) {
  size_t cut = 0;
  for (size_t i = 0; i < world().jira_site->records().size(); ++i) {
    const auto key = world().jira_site->key_of(world().jira_site->records()[i]);
    const auto field = parsed(world().jira_get("/rest/api/2/issue/" + key + "?fields=worklog"))
                           .at("fields")
                           .at("worklog");
    const auto list = parsed(world().jira_get("/rest/api/2/issue/" + key + "/worklog"));
    const auto total = static_cast<size_t>(number(list, "total"));
    EXPECT_EQ(static_cast<size_t>(number(field, "total")), total);
    EXPECT_EQ(field.at("worklogs").as_array().size(), std::min<size_t>(total, 20));
    EXPECT_EQ(list.at("worklogs").as_array().size(), total);
    cut += total > 20 ? 1 : 0;
  }
  EXPECT_GT(cut, 0U) << "the content has no issue with more than 20 worklogs";
}

TEST(JiraIssue, CommentsForAdministratorsAreHiddenFromOthers) {
  size_t hidden = 0;
  for (const auto& record : world().jira_site->records()) {
    const auto path = "/rest/api/2/issue/" + world().jira_site->key_of(record);
    const auto all = parsed(world().jira_get(path + "/comment")).at("total").as_int64();
    const auto some = parsed(world().jira_get(path + "/comment", "ed")).at("total").as_int64();
    EXPECT_EQ(
        parsed(world().jira_get(path, "ed")).at("fields").at("comment").at("total").as_int64(),
        some);
    hidden += static_cast<size_t>(all - some);
  }
  EXPECT_GT(hidden, 0U);
}

struct Access {
  const char* user;
  const char* project;
  bool reads;
  bool administers;
};

class JiraAccess : public ::testing::TestWithParam<Access> {};

TEST_P(JiraAccess, Holds) {
  const auto& [user, project, reads, administers] = GetParam();
  EXPECT_EQ(world().jira_get(fmt::format("/rest/api/2/project/{}", project), user).status,
            reads ? 200 : 404);
  EXPECT_EQ(world().jira_get(fmt::format("/rest/api/2/issue/{}-1", project), user).status,
            reads ? 200 : 404);
  const auto answer =
      world().jira_get(fmt::format("/rest/api/2/mypermissions?projectKey={}", project), user);
  if (*user == '\0') {
    EXPECT_EQ(answer.status, 401);
    return;
  }
  ASSERT_EQ(answer.status, reads ? 200 : 404);
  if (!reads) return;
  const auto permissions = parsed(answer).at("permissions");
  EXPECT_EQ(permissions.at("ADMINISTER_PROJECTS").at("havePermission").as_bool(), administers);
  EXPECT_EQ(permissions.at("PROJECT_ADMIN").at("havePermission").as_bool(), administers);
  EXPECT_TRUE(permissions.at("PROJECT_ADMIN").at("deprecatedKey").as_bool());
  EXPECT_TRUE(permissions.at("BROWSE_PROJECTS").at("havePermission").as_bool());
}

INSTANTIATE_TEST_SUITE_P(
    Table, JiraAccess,
    ::testing::Values(Access{"admin", "OPS", true, true}, Access{"scanner", "DATA", true, true},
                      Access{"pat", "OPS", true, true}, Access{"pat", "WEB", true, false},
                      Access{"ed", "OPS", true, false}, Access{"rita", "WEB", true, false},
                      Access{"rita", "PAY", false, false}, Access{"", "OPS", false, false}));

TEST(JiraAuth, WrongCredentialsAreAnonymousWhereThatIsAllowed) {
  auto request = testing::make_request("GET", "/jira/rest/api/2/search", "");
  request.headers.add("Authorization", "Bearer wrong");
  const auto answer = world().jira->handle(request);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.get("X-AUSERNAME"), "anonymous");
  EXPECT_EQ(answer.headers.get("X-Seraph-LoginReason"), "AUTHENTICATED_FAILED");
  const auto myself = world().jira_get("/rest/api/2/myself", "");
  EXPECT_EQ(myself.status, 401);
  EXPECT_EQ(
      myself.body,
      R"({"message":"Client must be authenticated to access this resource.","status-code":401})");
}

TEST(JiraAuth, TokenCookieAndLockOut) {
  const auto w = small_world();
  auto request = testing::make_request("GET", "/jira/rest/api/2/myself", "");
  request.headers.add("Authorization", "Bearer sim-token-rita");
  EXPECT_EQ(testing::text(parsed(w.jira->handle(request)).at("name")), "rita");

  auto login = testing::make_request("POST", "/jira/rest/auth/1/session", "");
  login.headers.add("Content-Type", "application/json");
  login.body = R"({"username":"pat","password":"pat"})";
  const auto session = w.jira->handle(login);
  ASSERT_EQ(session.status, 200);
  const auto value = testing::text(parsed(session).at("session").at("value"));
  EXPECT_EQ(session.headers.get("Set-Cookie"), "JSESSIONID=" + value + "; Path=/jira; HttpOnly");
  auto by_cookie = testing::make_request("GET", "/jira/rest/api/2/myself", "");
  by_cookie.headers.add("Cookie", "a=b; JSESSIONID=" + value);
  EXPECT_EQ(w.jira->handle(by_cookie).headers.get("X-AUSERNAME"), "pat");

  auto wrong = testing::make_request("GET", "/jira/rest/api/2/myself", "");
  wrong.headers.add("Authorization", "Basic " + base64_encode("ed:no"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(w.jira->handle(wrong).status, 401);
  const auto locked = w.jira_get("/rest/api/2/myself", "ed");
  EXPECT_EQ(locked.status, 403);
  EXPECT_TRUE(locked.headers.get("X-Authentication-Denied-Reason")
                  .value_or("")
                  .starts_with("CAPTCHA_CHALLENGE"));
}

TEST(JiraAuth, ForgedRequestsAreRefused) {
  auto form = testing::make_request("POST", "/jira/rest/api/2/search", "scanner");
  form.headers.add("Content-Type", "application/x-www-form-urlencoded");
  EXPECT_EQ(world().jira->handle(form).body, "XSRF check failed");
  form.headers.set("X-Atlassian-Token", "no-check");
  EXPECT_NE(world().jira->handle(form).status, 403);
  auto browser = testing::make_request("POST", "/jira/rest/api/2/search", "scanner");
  browser.headers.set("User-Agent", "Mozilla/5.0");
  browser.headers.add("Host", "jira.example.com");
  browser.headers.add("Content-Type", "application/json");
  browser.headers.add("Origin", "http://evil.example.com");
  browser.body = "{}";
  EXPECT_EQ(world().jira->handle(browser).status, 403);
  browser.headers.set("Origin", "http://jira.example.com");
  EXPECT_EQ(world().jira->handle(browser).status, 200);
}

TEST(JiraAuth, RateLimitEmptiesAndFills) {
  const auto& w = world();
  TimeMs now = 1'700'000'000'000;
  Auth auth(
      {.context = "/jira", .rate_bucket = 2, .rate_fill = 1, .clock = [&now] { return now; }});
  JiraApi api(*w.jira_site, auth, {});
  const auto ask = [&](const char* path) {
    return api.handle(testing::make_request("GET", std::string("/jira/rest/api/2/") + path, "ed"));
  };
  EXPECT_EQ(ask("myself").headers.get("X-RateLimit-Remaining"), "1");
  EXPECT_EQ(ask("myself").headers.get("retry-after"), "0");
  EXPECT_EQ(ask("myself").status, 429);
  EXPECT_EQ(ask("serverInfo").status, 200);
  EXPECT_FALSE(ask("serverInfo").headers.has("X-RateLimit-Limit"));
  now += 1000;
  EXPECT_EQ(ask("myself").status, 200);
}

TEST(JiraAttachments, BytesHaveTheSizeThatIsTold) {
  size_t seen = 0;
  const auto all =
      parsed(world().jira_search(R"({"jql":"","maxResults":1000,"fields":["attachment"]})"));
  for (const auto& issue : all.at("issues").as_array()) {
    for (const auto& attachment : issue.at("fields").at("attachment").as_array()) {
      const auto id = testing::text(attachment.at("id"));
      const auto bytes = world().jira_get("/secure/attachment/" + id + "/x");
      EXPECT_EQ(static_cast<int64_t>(bytes.body.size()), number(attachment, "size"));
      EXPECT_EQ(bytes.headers.get("Content-Type"), testing::text(attachment.at("mimeType")));
      EXPECT_EQ(world().jira_get("/secure/attachment/" + id + "/x", "").status, 302);
      EXPECT_EQ(world().jira_get("/rest/api/2/attachment/" + id, "").status, 404);
      ++seen;
    }
  }
  EXPECT_GT(seen, 0U);
}

// Clients follow the self links that stand in answers.
TEST(JiraSingle, CommentsAndWorklogsAnswerAtTheirOwnLinks) {
  const auto page = parsed(world().jira_get("/rest/api/2/search?maxResults=1000&fields=*all"));
  const std::string base = world().jira_site->base_url();
  size_t followed = 0;
  size_t hidden = 0;
  for (const auto& issue : page.at("issues").as_array()) {
    const auto& fields = issue.at("fields");
    const auto check = [&](const boost::json::value& entry) {
      const auto path = testing::text(entry.at("self")).substr(base.size());
      EXPECT_EQ(parsed(world().jira_get(path)), entry) << path;
      ++followed;
      if (!entry.as_object().contains("visibility")) return;
      ++hidden;
      EXPECT_EQ(world().jira_get(path, "ed").status, 404);
    };
    for (const auto& comment : fields.at("comment").at("comments").as_array()) check(comment);
    for (const auto& worklog : fields.at("worklog").at("worklogs").as_array()) check(worklog);
  }
  EXPECT_GT(followed, 100U);
  EXPECT_GT(hidden, 0U);
  const auto missing = world().jira_get("/rest/api/2/issue/OPS-1/comment/1");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(parsed(missing).at("errorMessages").as_array().size(), 1U);
  EXPECT_EQ(world().jira_get("/rest/api/2/issue/OPS-1/worklog/x").status, 404);
}

TEST(JiraValues, ListsHaveWhatIssuesHave) {
  const auto page = parsed(world().jira_get("/rest/api/2/search?maxResults=1000&fields=*all"));
  for (const std::string field : {"issuetype", "status", "priority", "resolution"}) {
    std::set<std::string> used;
    for (const auto& issue : page.at("issues").as_array()) {
      const auto& value = issue.at("fields").at(field);
      if (value.is_object()) used.insert(testing::text(value.at("id")));
    }
    std::set<std::string> listed;
    const auto path = "/rest/api/2/" + field;
    const auto list = parsed(world().jira_get(path));
    for (const auto& value : list.as_array()) {
      const auto id = testing::text(value.at("id"));
      EXPECT_TRUE(listed.insert(id).second) << field << " " << id;
      EXPECT_EQ(parsed(world().jira_get(path + "/" + id)), value);
    }
    EXPECT_EQ(listed, used) << field;
    EXPECT_EQ(world().jira_get(path + "/999").status, 404);
  }
}

TEST(JiraUser, ByNameAndByKey) {
  const auto ask = [](const std::string& query) {
    return testing::text(parsed(world().jira_get("/rest/api/2/user?" + query)).at("displayName"));
  };
  EXPECT_EQ(ask("username=rita"), "Rita Reader");
  EXPECT_EQ(ask("key=JIRAUSER10004"), "Rita Reader");
  EXPECT_EQ(ask("username=l%40example.org"), "Lena Vogt");
  EXPECT_EQ(world().jira_get("/rest/api/2/user?username=noone").status, 404);
  EXPECT_EQ(world().jira_get("/rest/api/2/user?username=rita", "").status, 401);
}

TEST(JiraProject, VersionsAndComponentsAreThoseOfTheProject) {
  for (const std::string list : {"versions", "components"}) {
    EXPECT_EQ(parsed(world().jira_get("/rest/api/2/project/OPS/" + list)),
              parsed(world().jira_get("/rest/api/2/project/OPS")).at(list));
    EXPECT_EQ(world().jira_get("/rest/api/2/project/NOPE/" + list).status, 404);
  }
}

}  // namespace
}  // namespace spillguard::sim
