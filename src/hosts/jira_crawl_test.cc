// The crawl against a stub that searches as Jira does: a cap on the page, JQL with a bound on
// created, order by created and key.
#include <gtest/gtest.h>

#include <atomic>
#include <regex>
#include <set>

#include "base/strings.h"
#include "base/time.h"
#include "hosts/json.h"
#include "hosts/test_host.h"

namespace spillguard::hosts {
namespace {

using test::json_response;
using test::kMyself;
using test::read_all;
using test::RecordingSink;
using test::StubHost;

struct StubIssue {
  int64_t id;
  TimeMs created;
  std::string description = "text";
  bool poison = false;  // its texts can not be had
  TimeMs updated = 0;   // 0 = as created
  [[nodiscard]] TimeMs changed() const { return updated == 0 ? created : updated; }
};

class StubJira {
 public:
  std::vector<StubIssue> issues;
  int64_t cap = 1000;
  int64_t largest_page = 1000;  // above: HTTP 500
  std::atomic<int64_t> searches = 0;

  http::Response answer(const http::Request& request) {
    const std::string path = request.path.substr(std::string("/context/rest/api/2").size());
    if (path == "/myself") return json_response(kMyself);
    if (path == "/project/100") return json_response(R"({"id":"100","key":"OPS","name":"Ops"})");
    if (path == "/field") return json_response("[]");
    if (path == "/search") return search(request);
    if (path.starts_with("/issue/")) {
      for (const auto& issue : issues) {
        if (path != "/issue/" + std::to_string(issue.id)) continue;
        if (issue.poison) return http::Response::json(500, "{}");
        return json_response(json(issue, true));
      }
    }
    return test::not_found();
  }

  static std::string json(const StubIssue& issue, bool whole) {
    std::string out =
        R"({"id":")" + std::to_string(issue.id) + R"(","key":"OPS-)" + std::to_string(issue.id) +
        R"(","fields":{"project":{"id":"100","key":"OPS"},"summary":"s","created":")" +
        format_jira_time(issue.created) + R"(","updated":")" + format_jira_time(issue.changed()) +
        "\"";
    if (whole) {
      out += R"(,"description":")" + issue.description +
             R"(","comment":{"comments":[],"total":0,"maxResults":0,"startAt":0}})" +
             R"(,"changelog":{"total":0,"histories":[]})";
    } else {
      out += "}";
    }
    return out + "}";
  }

 private:
  http::Response search(const http::Request& request) {
    ++searches;
    const auto body = Json::parse(request.body);
    EXPECT_TRUE(body);
    const std::string jql((*body)["jql"].string());
    const int64_t start = (*body)["startAt"].integer();
    const int64_t asked = (*body)["maxResults"].integer();
    const bool whole = (*body)["fields"].at(0).string() == "*all";
    if (asked > largest_page) return http::Response::json(500, "{}");
    std::vector<StubIssue> found = issues;
    std::smatch match;
    if (std::regex_search(jql, match, std::regex("created >= ([0-9]+)"))) {
      const int64_t bound = std::stoll(match[1]);
      std::erase_if(found, [&](const StubIssue& issue) { return issue.created < bound; });
    }
    const bool by_change = std::regex_search(jql, match, std::regex("updated >= ([0-9]+)"));
    if (by_change) {
      const int64_t bound = std::stoll(match[1]);
      std::erase_if(found, [&](const StubIssue& issue) { return issue.changed() < bound; });
    }
    if (std::regex_search(jql, match, std::regex("id in \\(([0-9,]+)\\)"))) {
      const std::string wanted = "," + match[1].str() + ",";
      std::erase_if(found, [&](const StubIssue& issue) {
        return wanted.find("," + std::to_string(issue.id) + ",") == std::string::npos;
      });
    } else {
      EXPECT_TRUE(jql.starts_with("project = 100 ")) << jql;
    }
    std::sort(found.begin(), found.end(), [by_change](const auto& a, const auto& b) {
      if (by_change) {
        return std::pair(a.changed() / 1000, a.id) < std::pair(b.changed() / 1000, b.id);
      }
      // As an index with the grain of a second sorts.
      return std::pair(a.created / 1000, a.id) < std::pair(b.created / 1000, b.id);
    });
    const int64_t size = std::min(asked, cap);
    std::string out = R"({"startAt":)" + std::to_string(start) + R"(,"maxResults":)" +
                      std::to_string(size) + R"(,"total":)" + std::to_string(found.size()) +
                      R"(,"issues":[)";
    bool first = true;
    for (int64_t i = start; i < std::min<int64_t>(start + size, found.size()); ++i) {
      if (whole && found[i].poison) return http::Response::json(500, "{}");
      if (!first) out += ",";
      first = false;
      out += json(found[i], whole);
    }
    return json_response(out + "]}");
  }
};

PageRequest everything() {
  PageRequest request;
  request.scope = {.id = "100", .key = "OPS", .name = "Ops"};
  request.everything = true;
  return request;
}

class JiraCrawlTest : public testing::Test {
 protected:
  StubJira jira;
  StubHost stub{[this](const http::Request& request) { return jira.answer(request); }};
  RecordingSink sink;

  // All ids, each once, whatever the order.
  void expect_all(std::vector<std::string> ids) const {
    std::vector<std::string> wanted;
    for (const auto& issue : jira.issues) wanted.push_back(std::to_string(issue.id));
    std::sort(wanted.begin(), wanted.end());
    std::sort(ids.begin(), ids.end());
    EXPECT_EQ(ids, wanted);
  }
};

TEST_F(JiraCrawlTest, EveryIssueOnceThoughTheHostGivesLessThanAsked) {
  for (int64_t i = 0; i < 30; ++i) jira.issues.push_back({1000 + i, 1'700'000'000'000 + i * 1500});
  jira.cap = 7;
  const auto host = stub.host(Product::kJira);
  const auto pages = read_all(*host, everything(), sink);
  ASSERT_TRUE(pages) << pages.error().message;
  expect_all(sink.ids());
  EXPECT_EQ(pages->front().total, 30);
  int64_t listed = 0;
  for (const auto& page : *pages) {
    listed += page.listed;
    EXPECT_EQ(page.total, 30);
  }
  EXPECT_EQ(listed, 30);
  EXPECT_EQ(sink.items[0].lines(),
            (std::vector<std::string>{"summary summary/summary v1 s",
                                      "description description/description v1 text"}));
  EXPECT_EQ(sink.items[0].ref.link, "/browse/OPS-1000");
}

TEST_F(JiraCrawlTest, TiesInOneSecondAreAllReadOnce) {
  for (const int64_t cap : {1, 2, 3, 10}) {
    jira.issues.clear();
    // Imported in one go: 25 in one second, out of order inside it, and neighbours.
    for (int64_t i = 0; i < 25; ++i) jira.issues.push_back({100 + i, 1'700'000'000'999 - i * 10});
    jira.issues.push_back({1, 1'600'000'000'000});
    jira.issues.push_back({2, 1'700'000'001'000});
    jira.cap = cap;
    RecordingSink all;
    const auto host = stub.host(Product::kJira);
    const auto pages = read_all(*host, everything(), all);
    ASSERT_TRUE(pages) << pages.error().message;
    expect_all(all.ids());
  }
}

TEST_F(JiraCrawlTest, AnIssueDeletedBetweenPagesHidesNoOther) {
  for (int64_t i = 0; i < 12; ++i) jira.issues.push_back({10 + i, 1'700'000'000'000 + i * 5000});
  jira.cap = 4;
  const auto host = stub.host(Product::kJira);
  PageRequest request = everything();
  auto page = host->read_page(request, sink);
  ASSERT_TRUE(page);
  jira.issues.erase(jira.issues.begin(), jira.issues.begin() + 2);
  request.cursor = page->next;
  ASSERT_TRUE(read_all(*host, request, sink));
  EXPECT_EQ(sink.items.size(), 12U);
}

TEST_F(JiraCrawlTest, PagesShrinkWhenTheHostFails) {
  for (int64_t i = 0; i < 40; ++i) jira.issues.push_back({10 + i, 1'700'000'000'000 + i * 5000});
  jira.largest_page = 9;
  const auto host = stub.host(Product::kJira);
  ASSERT_TRUE(read_all(*host, everything(), sink));
  expect_all(sink.ids());
}

TEST_F(JiraCrawlTest, OneIssueThatCanNotBeHadDoesNotStopTheRest) {
  for (int64_t i = 0; i < 12; ++i) jira.issues.push_back({10 + i, 1'700'000'000'000 + i * 5000});
  jira.issues[5].poison = true;
  const auto host = stub.host(Product::kJira);
  const auto pages = read_all(*host, everything(), sink);
  ASSERT_TRUE(pages) << pages.error().message;
  expect_all(sink.ids());
  for (const auto& item : sink.items) EXPECT_EQ(item.failed.has_value(), item.ref.id == "15");
}

TEST_F(JiraCrawlTest, PagesComeNearTheBytesWanted) {
  for (int64_t i = 0; i < 60; ++i) {
    jira.issues.push_back({10 + i, 1'700'000'000'000 + i * 5000, std::string(1000, 'x')});
  }
  HostOptions options = stub.options(Product::kJira);
  options.page_bytes = 6000;
  auto host = make_host(options).value();
  const auto pages = read_all(*host, everything(), sink);
  ASSERT_TRUE(pages);
  expect_all(sink.ids());
  // The first page is a guess; all others hold about five of these.
  for (size_t i = 1; i < pages->size(); ++i) EXPECT_LE((*pages)[i].listed, 6);
}

TEST_F(JiraCrawlTest, OnlyWhatChangedIsRead) {
  for (int64_t i = 0; i < 10; ++i) jira.issues.push_back({10 + i, 1'700'000'000'000 + i * 5000});
  const auto host = stub.host(Product::kJira);
  PageRequest request = everything();
  request.everything = false;
  request.known =
      [](const std::vector<ItemRef>& refs) -> Result<std::vector<std::optional<Known>>> {
    std::vector<std::optional<Known>> known(refs.size());
    for (size_t i = 0; i < refs.size(); ++i) {
      if (refs[i].id == "12") continue;  // never seen
      Known item;
      item.up_to_date_rules = refs[i].id != "13";
      item.updated = refs[i].updated - (refs[i].id == "14" ? 1 : 0);
      known[i] = item;
    }
    return known;
  };
  const auto pages = read_all(*host, request, sink);
  ASSERT_TRUE(pages) << pages.error().message;
  EXPECT_EQ(sink.ids(), (std::vector<std::string>{"12", "13", "14"}));
  EXPECT_EQ(sink.unchanged.size(), 7U);
  EXPECT_EQ(jira.searches, 2);  // one listing, one question for the three
}

TEST_F(JiraCrawlTest, AnEmptyProjectEndsAtOnce) {
  const auto host = stub.host(Product::kJira);
  const auto pages = read_all(*host, everything(), sink);
  ASSERT_TRUE(pages);
  EXPECT_EQ(pages->size(), 1U);
  EXPECT_EQ(pages->front().total, 0);
}

TEST_F(JiraCrawlTest, AStrangeCursorIsRefused) {
  const auto host = stub.host(Product::kJira);
  PageRequest request = everything();
  request.cursor = "nonsense";
  EXPECT_EQ(host->read_page(request, sink).error().code, Code::kInvalidArgument);
}

TEST_F(JiraCrawlTest, ChangesSinceAWatermarkCostOnePageWhenNothingChanged) {
  const TimeMs watermark = 1'700'000'000'000;
  for (int64_t id = 1; id <= 500; ++id) {
    jira.issues.push_back({.id = id, .created = watermark - id * 3'600'000});
  }
  PageRequest request = everything();
  request.everything = false;
  request.since = watermark;
  const auto crawler = stub.host(Product::kJira);
  auto pages = read_all(*crawler, request, sink);
  ASSERT_TRUE(pages) << pages.error().message;
  EXPECT_EQ(jira.searches, 1);
  EXPECT_TRUE(sink.items.empty());

  // Changed inside the overlap, later, and in one second more than a page holds.
  jira.cap = 20;
  jira.issues[7].updated = watermark - 60'000;
  jira.issues[99].updated = watermark + 5'000;
  for (size_t i = 200; i < 250; ++i) jira.issues[i].updated = watermark + 9'000;
  pages = read_all(*crawler, request, sink);
  ASSERT_TRUE(pages) << pages.error().message;
  const auto ids = sink.ids();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 52U);
  EXPECT_EQ(ids.size(), 52U) << "none twice";
  EXPECT_NE(std::find(ids.begin(), ids.end(), "8"), ids.end()) << "inside the overlap";
  TimeMs newest = 0;
  for (const auto& page : *pages) newest = std::max(newest, page.newest);
  EXPECT_EQ(newest, watermark + 9'000);
}

}  // namespace
}  // namespace spillguard::hosts
