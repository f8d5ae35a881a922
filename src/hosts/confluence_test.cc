// The Confluence client against a stub: scan cursors and offsets, versions with gaps, comments, and
// reading on above what is known.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/file.h"
#include "hosts/confluence_content.h"
#include "hosts/json.h"
#include "hosts/test_host.h"

namespace spillguard::hosts {
namespace {

using test::json_response;
using test::read_all;
using test::RecordingSink;
using test::StubHost;
using Lines = std::vector<std::string>;

constexpr const char* kMe =
    R"({"type":"known","username":"scanner","userKey":"8a","displayName":"Scanner"})";

std::string when(int64_t number) {
  return "2024-05-0" + std::to_string(number) + "T12:00:00.000+02:00";
}

// One version of a content as JSON.
std::string content(const std::string& id, const std::string& type, int64_t number,
                    const std::string& body, const std::string& title = "T") {
  return R"({"id":")" + id + R"(","type":")" + type + R"(","status":"current","title":")" + title +
         R"(","space":{"id":7,"key":"DS"},"history":{"createdDate":")" + when(1) +
         R"("},"version":{"number":)" + std::to_string(number) + R"(,"when":")" + when(number) +
         R"(","by":{"username":"u)" + std::to_string(number) +
         R"("}},"body":{"storage":{"value":")" + body + R"("}},"_links":{"webui":"/display/DS/)" +
         id + R"("}})";
}

std::string results(const std::vector<std::string>& records, const std::string& more = "") {
  std::string out = R"({"results":[)";
  for (size_t i = 0; i < records.size(); ++i) out += (i == 0 ? "" : ",") + records[i];
  return out + "]" + more + "}";
}

// Answers by path, with "?start=N", "?cursor=C", "?type=T" and "?version=N" of the query where they
// say something.
class ConfluenceTest : public testing::Test {
 protected:
  ConfluenceTest() {
    answers["/rest/api/user/current"] = kMe;
    answers["/rest/api/space/DS"] = R"({"id":7,"key":"DS","name":"Demo","type":"global"})";
  }

  void empty_lists(const std::string& id) {
    answers.try_emplace("/rest/api/content/" + id + "/child/comment", results({}));
    answers.try_emplace("/rest/api/content/" + id + "/child/attachment", results({}));
    answers.try_emplace("/rest/api/content/" + id + "/property", results({}));
  }

  std::map<std::string, std::string> answers;
  std::map<std::string, int> statuses;
  StubHost stub{[this](const http::Request& request) {
    std::string path = request.path.substr(std::string("/context").size());
    for (const char* name : {"type", "status", "cursor", "version", "start"}) {
      const auto value = request.query_value(name);
      if (!value || *value == "0" || *value == "page" || *value == "global" ||
          *value == "current" || *value == "historical") {
        continue;
      }
      if (path == "/rest/api/space") continue;
      path += "?" + std::string(name) + "=" + std::string(*value);
    }
    if (const auto status = statuses.find(path); status != statuses.end()) {
      return http::Response::json(status->second, R"({"statusCode":500,"message":"broken"})");
    }
    const auto found = answers.find(path);
    return found == answers.end() ? http::Response::json(404, R"({"statusCode":404})")
                                  : json_response(found->second);
  }};
  std::unique_ptr<Host> host = stub.host(Product::kConfluence);
  RecordingSink sink;

  static ItemRef item(const std::string& id) {
    ItemRef ref;
    ref.id = id;
    return ref;
  }
  static PageRequest everything() {
    PageRequest request;
    request.scope = {.id = "7", .key = "DS", .name = "Demo"};
    request.everything = true;
    return request;
  }
};

TEST_F(ConfluenceTest, IdentityIsNotAnonymous) {
  EXPECT_EQ(host->identify().value().name, "scanner");
  answers["/rest/api/user/current"] = R"({"type":"anonymous","displayName":"Anonymous"})";
  EXPECT_EQ(stub.host(Product::kConfluence)->identify().error().code, Code::kUnauthenticated);
}

TEST_F(ConfluenceTest, SpacesOfAllKindsOnce) {
  answers["/rest/api/space"] =
      results({R"({"id":7,"key":"DS","name":"Demo","type":"global"})",
               R"({"id":8,"key":"~ann","name":"Ann","type":"personal"})",
               R"({"id":9,"key":"OLD","name":"Old","type":"global","status":"archived"})"});
  const auto scopes = host->list_scopes();
  ASSERT_TRUE(scopes) << scopes.error().message;
  ASSERT_EQ(scopes->size(), 3U);
  EXPECT_FALSE((*scopes)[0].personal);
  EXPECT_TRUE((*scopes)[1].personal);
  EXPECT_TRUE((*scopes)[2].archived);
  EXPECT_EQ(host->find_scope("DS").value().id, "7");
  EXPECT_EQ(host->find_scope("ds").error().code, Code::kNotFound);
}

TEST_F(ConfluenceTest, VersionsWithGapsCommentsAndAttachments) {
  answers["/rest/api/content/1"] = content("1", "page", 5, "<p>five</p>", "Now");
  answers["/rest/experimental/content/1/version"] =
      results({R"({"number":5})", R"({"number":4})"}, R"(,"_links":{"next":"/rest/x?start=1"})");
  answers["/rest/experimental/content/1/version?start=2"] =
      results({R"({"number":4})", R"({"number":2})", R"({"number":1})"});
  answers["/rest/api/content/1?version=4"] = content("1", "page", 4, "<p>four</p>");
  answers["/rest/api/content/1?version=1"] = content("1", "page", 1, "<p>one</p>", "Old");
  answers["/rest/api/content/1/child/comment"] =
      results({content("20", "comment", 1, "<p>c</p>"), content("21", "comment", 2, "<p>d2</p>"),
               content("20", "comment", 1, "<p>c</p>"), content("22", "comment", 1, "")});
  answers["/rest/experimental/content/21/version"] = results({R"({"number":1})"});
  answers["/rest/api/content/21?version=1"] = content("21", "comment", 1, "<p>d1</p>");
  answers["/rest/api/content/1/child/attachment"] =
      results({R"({"id":"att30","title":"a.pdf","version":{"number":3},"extensions":)"
               R"({"mediaType":"application/pdf","fileSize":99}})"});
  const Status status = host->read_item(item("1"), sink);
  ASSERT_TRUE(status) << status.error().message;
  const auto& read = sink.items.at(0);
  EXPECT_EQ(
      read.lines(),
      (Lines{"title title/1 v1 Old", "page page/1 v1 <p>one</p>", "page page/1 v2 !version_removed",
             "title title/1 v4 T", "page page/1 v4 <p>four</p>", "title title/1 v5 Now",
             "page page/1 v5 <p>five</p>", "comment comment/20 v1 <p>c</p>",
             "comment comment/21 v1 <p>d1</p>", "comment comment/21 v2 <p>d2</p>",
             "attachment_name attachment_name/att30 v3 a.pdf",
             "attachment attachment/att30 v3 @a.pdf"}));
  EXPECT_EQ(read.parts[2].state, Part::State::kNotVisible);
  EXPECT_EQ(read.parts[1].author, "u1");
  EXPECT_EQ(read.parts[1].markup, text::Markup::kStorage);
  EXPECT_EQ(read.parts[1].created, 1'714'557'600'000);
  EXPECT_EQ(read.content("page", "1")->newest, 5);
  EXPECT_TRUE(read.content("page", "1")->complete);
  EXPECT_EQ(read.content("comment", "21")->newest, 2);
  EXPECT_EQ(read.content("attachment", "att30")->newest, 3);
  EXPECT_EQ(read.ref.version, 5);
  EXPECT_EQ(read.ref.link, "/pages/viewpage.action?pageId=1");
  EXPECT_FALSE(read.failed);
}

TEST_F(ConfluenceTest, EverythingElseThatCarriesText) {
  std::string page = content("1", "page", 2, "two");
  page.insert(page.find(R"("by":)"), R"("message":"my note",)");
  page.insert(page.size() - 1, R"(,"metadata":{"labels":{"results":[{"name":"a"},{"name":"b"}]}})");
  answers["/rest/api/content/1"] = page;
  answers["/rest/experimental/content/1/version"] = results({R"({"number":1})"});
  answers["/rest/api/content/1?version=1"] = content("1", "page", 1, "one");
  std::string comment = content("20", "comment", 1, "c");
  comment.insert(comment.size() - 1,
                 R"(,"extensions":{"inlineProperties":{"originalSelection":"old words"}})");
  answers["/rest/api/content/1/child/comment"] = results({comment});
  answers["/rest/api/content/1/child/attachment"] =
      results({R"({"id":"30","title":"a.txt","version":{"number":1},"metadata":)"
               R"({"mediaType":"text/plain","comment":"see inside"}})"});
  answers["/rest/api/content/1/property"] =
      results({R"({"key":"macro","value":{"a":["deep",{"b":"er"}]},"version":{"number":3}})"});
  ASSERT_TRUE(host->read_item(item("1"), sink));
  EXPECT_EQ(sink.items.at(0).lines(),
            (Lines{"title title/1 v1 T", "page page/1 v1 one", "title title/1 v2 T",
                   "version_message version_message/1 v2 my note", "page page/1 v2 two",
                   "comment comment/20 v1 c", "selection selection/20 v1 old words",
                   "attachment_name attachment_name/30 v1 a.txt",
                   "attachment_comment attachment_comment/30 v1 see inside",
                   "attachment attachment/30 v1 @a.txt", "label label/1 v1 a\nb",
                   "property property/macro v3 deep\ner"}));
  EXPECT_EQ(sink.items[0].content("version_message", "1")->newest, 2);
  EXPECT_EQ(sink.items[0].content("property", "macro")->newest, 3);
}

TEST_F(ConfluenceTest, DraftsAndTheSpacesDescriptionAndTrashOnlyWhenWanted) {
  answers["/rest/api/space/DS"] =
      R"({"id":7,"key":"DS","name":"Demo","description":{"plain":{"value":"about"}}})";
  answers["/rest/api/content/scan"] = results({content("1", "page", 1, "a")});
  answers["/rest/api/content/scan?type=blogpost"] = results({});
  std::string draft = content("8", "page", 1, "not yet");
  draft.replace(draft.find("current"), 7, "draft");
  answers["/rest/api/content?status=draft"] = results({draft});
  std::string gone = content("9", "page", 1, "thrown away");
  gone.replace(gone.find("current"), 7, "trashed");
  answers["/rest/api/content?status=trashed"] = results({gone});
  statuses["/rest/api/content?type=blogpost?status=draft"] = 403;
  for (const char* id : {"1", "8", "9"}) empty_lists(id);
  ASSERT_TRUE(read_all(*host, everything(), sink));
  EXPECT_EQ(sink.ids(), (Lines{"1", "8"}));
  EXPECT_EQ(sink.items[1].ref.status, "draft");
  EXPECT_EQ(sink.scopes.at(0).lines(), (Lines{"scope_description scope_description/7 v1 about"}));
  HostOptions options = stub.options(Product::kConfluence);
  options.trash = true;
  options.drafts = false;
  RecordingSink other;
  ASSERT_TRUE(read_all(*make_host(std::move(options)).value(), everything(), other));
  EXPECT_EQ(other.ids(), (Lines{"1", "9"}));
}

TEST_F(ConfluenceTest, WithoutAVersionListAllNumbersAreTried) {
  answers["/rest/api/content/1"] = content("1", "page", 3, "three");
  answers["/rest/api/content/1?version=2"] = content("1", "page", 2, "two");
  statuses["/rest/api/content/1?version=1"] = 500;
  empty_lists("1");
  ASSERT_TRUE(host->read_item(item("1"), sink));
  EXPECT_EQ(sink.items.at(0).lines(),
            (Lines{"page page/1 v1 !http_500", "title title/1 v2 T", "page page/1 v2 two",
                   "title title/1 v3 T", "page page/1 v3 three"}));
}

TEST_F(ConfluenceTest, TheListOfVersionsIsAskedForOnlyWhereOneIsMissing) {
  answers["/rest/api/content/1"] = content("1", "page", 3, "<p>three</p>");
  answers["/rest/api/content/1?version=1"] = content("1", "page", 1, "<p>one</p>");
  answers["/rest/api/content/1?version=2"] = content("1", "page", 2, "<p>two</p>");
  answers["/rest/experimental/content/1/version"] = results({R"({"number":3})", R"({"number":2})"});
  empty_lists("1");
  const auto versions = [&] {
    std::vector<int64_t> read;
    for (const Part& part : sink.items.back().parts) {
      if (part.kind == "page") read.push_back(part.version);
    }
    return read;
  };
  ASSERT_TRUE(host->read_item(item("1"), sink));
  EXPECT_EQ(versions(), (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(stub.count("/context/rest/experimental/content/1/version"), 0);
  answers.erase("/rest/api/content/1?version=1");
  ASSERT_TRUE(host->read_item(item("1"), sink));
  EXPECT_EQ(versions(), (std::vector<int64_t>{2, 3})) << "what is not in the list was removed";
  EXPECT_EQ(stub.count("/context/rest/experimental/content/1/version"), 1);
  // A host that gives the newest version in place of one that it does not have.
  answers["/rest/api/content/1?version=1"] = answers["/rest/api/content/1"];
  ASSERT_TRUE(host->read_item(item("1"), sink));
  EXPECT_EQ(versions(), (std::vector<int64_t>{2, 3}));
}

TEST_F(ConfluenceTest, APageThatIsNotToBeSeenAnyMoreHasNotLostItsVersions) {
  const std::string page = content("1", "page", 3, "<p>three</p>");
  int asked = 0;
  StubHost vanishing([&](const http::Request& request) {
    if (request.path.ends_with("/user/current")) return json_response(kMe);
    if (request.path.ends_with("/content/1") && asked++ == 0) return json_response(page);
    return http::Response::json(404, R"({"statusCode":404})");
  });
  ASSERT_TRUE(vanishing.host(Product::kConfluence)->read_item(item("1"), sink));
  ASSERT_TRUE(sink.items.at(0).failed);
  EXPECT_EQ(sink.items.at(0).failed->code, Code::kNotFound);
  for (const Part& part : sink.items.at(0).parts) {
    EXPECT_NE(part.state, Part::State::kNotVisible) << part.detail;
  }
}

TEST_F(ConfluenceTest, AListThatFailsFailsTheItem) {
  answers["/rest/api/content/1"] = content("1", "page", 1, "one");
  answers["/rest/api/content/1/child/attachment"] = results({});
  statuses["/rest/api/content/1/child/comment"] = 500;
  ASSERT_TRUE(host->read_item(item("1"), sink));
  EXPECT_EQ(sink.items.at(0).lines().back(), "comment comment/ v0 !http_500");
  EXPECT_TRUE(sink.items.at(0).failed);
}

TEST_F(ConfluenceTest, ScanFollowsTheHostsCursorThroughBothPasses) {
  answers["/rest/api/content/scan"] =
      results({content("1", "page", 1, "a"), content("2", "page", 1, "b")},
              R"(,"nextCursor":"content:false:2")");
  answers["/rest/api/content/scan?cursor=content:false:2"] =
      results({content("3", "page", 1, "c")});
  answers["/rest/api/content/scan?type=blogpost"] = results({content("4", "blogpost", 1, "d")});
  answers["/rest/api/search"] = R"({"results":[],"totalSize":4})";
  for (const char* id : {"1", "2", "3", "4"}) empty_lists(id);
  const auto pages = read_all(*host, everything(), sink);
  ASSERT_TRUE(pages) << pages.error().message;
  EXPECT_EQ(sink.ids(), (Lines{"1", "2", "3", "4"}));
  EXPECT_EQ(sink.items[3].lines(), (Lines{"title title/4 v1 T", "blogpost blogpost/4 v1 d"}));
  for (const auto& page : *pages) EXPECT_EQ(page.total, 4);
  // The bodies came with the listing.
  EXPECT_EQ(stub.count("/context/rest/api/content/1"), 0);
}

TEST_F(ConfluenceTest, WithoutScanByOffsetsUntilNothingComes) {
  answers["/rest/api/content"] =
      results({content("1", "page", 1, "a"), content("2", "page", 1, "b")},
              R"(,"_links":{"next":"/rest/api/content?start=1"})");
  // The next link is there though nothing follows.
  answers["/rest/api/content?start=2"] =
      results({}, R"(,"_links":{"next":"/rest/api/content?start=3"})");
  answers["/rest/api/content?type=blogpost"] = results({content("4", "blogpost", 1, "d")});
  for (const char* id : {"1", "2", "4"}) empty_lists(id);
  const auto pages = read_all(*host, everything(), sink);
  ASSERT_TRUE(pages) << pages.error().message;
  EXPECT_EQ(sink.ids(), (Lines{"1", "2", "4"}));
  EXPECT_EQ(pages->front().total, std::nullopt);
}

TEST_F(ConfluenceTest, AScanThatKnowsPagesOnlyIsNotTrustedWithBlogPosts) {
  answers["/rest/api/content/scan"] = results({content("1", "page", 1, "a")});
  answers["/rest/api/content/scan?type=blogpost"] = results({content("1", "page", 1, "a")});
  answers["/rest/api/content?type=blogpost"] = results({content("4", "blogpost", 1, "d")});
  for (const char* id : {"1", "4"}) empty_lists(id);
  ASSERT_TRUE(read_all(*host, everything(), sink));
  EXPECT_EQ(sink.ids(), (Lines{"1", "4"}));
}

TEST_F(ConfluenceTest, AnInvisibleSpaceIsNoEmptySpace) {
  PageRequest request = everything();
  request.scope.key = "NO";
  EXPECT_EQ(host->read_page(request, sink).error().code, Code::kNotFound);
}

// A comment or attachment as listings by themselves name it.
std::string hanging(const std::string& id, const std::string& type, int64_t version,
                    const std::string& page) {
  return R"({"id":")" + id + R"(","type":")" + type + R"(","version":{"number":)" +
         std::to_string(version) + R"(,"when":")" + when(version) + R"("},"container":{"id":")" +
         page + R"(","type":"page"}})";
}

// Of a store that has pages 1 and 2 at version 2, 3 and 5 at version 1 (5 failed), 4 under other
// rules, comment 30 and attachment att40 at version 1.
Result<std::vector<std::optional<Known>>> known_items(const std::vector<ItemRef>& refs) {
  std::vector<std::optional<Known>> known(refs.size());
  for (size_t i = 0; i < refs.size(); ++i) {
    if (refs[i].id > "5") continue;
    Known item;
    item.up_to_date_rules = refs[i].id != "4";
    item.version = refs[i].id == "5" ? 0 : refs[i].id <= "2" ? 2 : 1;
    item.updated = 1'714'557'600'000 + (item.version - 1) * 24 * 3'600'000LL;
    item.highest = [](const std::string& of) -> int64_t {
      if (of == "page/1" || of == "page/2") return 2;
      return of == "page/3" || of == "page/4" || of == "page/5" || of == "comment/30" ||
                     of == "attachment/att40"
                 ? 1
                 : 0;
    };
    known[i] = item;
  }
  return known;
}

class ConfluenceAgainTest : public ConfluenceTest {
 protected:
  // 1: unchanged; 2: two versions more; 3: only a new comment; 4: other rules; 5: failed before.
  ConfluenceAgainTest() {
    answers["/rest/api/content/scan"] = results(
        {content("1", "page", 2, ""), content("2", "page", 4, ""), content("3", "page", 1, ""),
         content("4", "page", 1, ""), content("5", "page", 1, "")});
    answers["/rest/api/content/scan?type=blogpost"] = results({});
    answers["/rest/api/content/2"] = content("2", "page", 4, "four");
    answers["/rest/experimental/content/2/version"] =
        results({R"({"number":4})", R"({"number":3})", R"({"number":2})", R"({"number":1})"});
    answers["/rest/api/content/2?version=3"] = content("2", "page", 3, "three");
    answers["/rest/api/content/3"] = content("3", "page", 1, "three");
    answers["/rest/api/content/3/child/comment"] =
        results({content("30", "comment", 1, "old"), content("31", "comment", 1, "new")});
    answers["/rest/api/content/4"] = content("4", "page", 1, "whole");
    answers["/rest/api/content/5"] = content("5", "page", 1, "five");
    for (const char* id : {"1", "2", "3", "4", "5"}) empty_lists(id);
    request = everything();
    request.everything = false;
    request.known = known_items;
  }
  PageRequest request;
};

TEST_F(ConfluenceAgainTest, WhatIsUnchangedCostsNoQuestion) {
  answers["/rest/api/content/scan?type=comment"] =
      results({hanging("30", "comment", 1, "3"), hanging("31", "comment", 1, "3")});
  answers["/rest/api/content/search"] = results({hanging("att40", "attachment", 1, "1")});
  const auto pages = read_all(*host, request, sink);
  ASSERT_TRUE(pages) << pages.error().message;
  EXPECT_TRUE(pages->back().lists_contents);
  EXPECT_EQ(sink.unchanged, (Lines{"1", "3"}));
  ASSERT_EQ(sink.ids(), (Lines{"2", "4", "5", "3"}));
  EXPECT_EQ(sink.items[0].lines(), (Lines{"title title/2 v3 T", "page page/2 v3 three",
                                          "title title/2 v4 T", "page page/2 v4 four"}));
  EXPECT_FALSE(sink.items[0].content("page", "2")->complete);
  EXPECT_TRUE(sink.items[1].content("page", "4")->complete);
  EXPECT_TRUE(sink.items[2].content("page", "5")->complete) << "what failed is read whole";
  EXPECT_EQ(sink.items[3].lines(), (Lines{"comment comment/31 v1 new"}));
  EXPECT_EQ(sink.items[3].content("page", "3"), nullptr);
  EXPECT_EQ(sink.seen, (Lines{"3 comment/30", "3 comment/31", "1 attachment/att40"}));
  EXPECT_EQ(stub.count("/context/rest/api/content/1/child/comment"), 0);
  EXPECT_EQ(stub.count("/context/rest/api/content/3/child/attachment"), 0);
  EXPECT_EQ(stub.count("/context/rest/api/content/5/child/comment"), 1);
}

TEST_F(ConfluenceAgainTest, AnEditedCommentWasSetOnOneTextOnly) {
  // Its first version was read with the selection; the second one has the same.
  request.known =
      [](const std::vector<ItemRef>& refs) -> Result<std::vector<std::optional<Known>>> {
    SG_ASSIGN(auto known, known_items(refs));
    for (auto& item : known) {
      if (!item) continue;
      item->highest = [before = item->highest](const std::string& of) {
        return of == "selection/30" ? int64_t{1} : before(of);
      };
    }
    return known;
  };
  answers["/rest/api/content/scan?type=comment"] = results({hanging("30", "comment", 2, "3")});
  answers["/rest/api/content/search"] = results({});
  std::string edited = content("30", "comment", 2, "new");
  edited.pop_back();
  edited += R"(,"extensions":{"inlineProperties":{"originalSelection":"quoted"}}})";
  answers["/rest/api/content/3/child/comment"] = results({edited});
  ASSERT_TRUE(read_all(*host, request, sink));
  ASSERT_EQ(sink.ids().back(), "3");
  EXPECT_EQ(sink.items.back().lines(), (Lines{"comment comment/30 v2 new"}));
}

TEST_F(ConfluenceAgainTest, WithoutListsOfCommentsTheyAreAskedForPageByPage) {
  const auto pages = read_all(*host, request, sink);
  ASSERT_TRUE(pages) << pages.error().message;
  EXPECT_FALSE(pages->back().lists_contents);
  const auto comment = std::find_if(sink.items.begin(), sink.items.end(),
                                    [](const auto& item) { return item.ref.id == "3"; });
  ASSERT_NE(comment, sink.items.end());
  EXPECT_EQ(comment->lines(), (Lines{"comment comment/31 v1 new"}));
  EXPECT_EQ(stub.count("/context/rest/api/content/1/child/comment"), 1);
}

TEST_F(ConfluenceAgainTest, ChangesAreOneSearchAndWhatIsNewer) {
  answers["/rest/api/content/search"] =
      results({content("1", "page", 2, ""), hanging("att40", "attachment", 1, "1"),
               content("2", "page", 4, ""), hanging("31", "comment", 1, "3")});
  request.since = 1'714'557'600'000;
  const auto pages = read_all(*host, request, sink);
  ASSERT_TRUE(pages) << pages.error().message;
  EXPECT_EQ(sink.ids(), (Lines{"2", "3"}));
  EXPECT_EQ(sink.unchanged, (Lines{})) << "a look for changes is no listing";
  const auto asked = stub.requests();
  const auto search = std::find_if(asked.begin(), asked.end(), [](const auto& r) {
    return r.path == "/context/rest/api/content/search";
  });
  ASSERT_NE(search, asked.end());
  EXPECT_EQ(*search->query_value("cql"),
            "space = \"DS\" and type in (page,blogpost,comment,attachment) and lastmodified >= "
            "\"2024-04-29 22:00\" order by lastmodified");
}

TEST_F(ConfluenceTest, OneVersionByItsTime) {
  answers["/rest/api/content/1"] = content("1", "page", 3, "three");
  answers["/rest/experimental/content/1/version"] = results(
      {R"({"number":2,"when":")" + when(2) + "\"}", R"({"number":1,"when":")" + when(1) + "\"}"});
  answers["/rest/api/content/1?version=1"] = content("1", "page", 1, "one");
  const TimeMs first = 1'714'557'600'000;
  const TimeMs day = 24 * 3600 * 1000LL;
  const auto found = host->find_item("1");
  ASSERT_TRUE(found);
  EXPECT_EQ(host->find_version(*found, first).value(), 1);
  EXPECT_EQ(host->find_version(*found, first + 2 * day).value(), 3);
  EXPECT_EQ(host->find_version(*found, first + 1).error().code, Code::kNotFound);
  ASSERT_TRUE(host->read_version(*found, first, sink));
  EXPECT_EQ(sink.items.at(0).lines(), (Lines{"title title/1 v1 T", "page page/1 v1 one"}));
  EXPECT_TRUE(sink.items.at(0).contents.empty());
  ASSERT_TRUE(host->read_version(*found, first + 2 * day, sink));
  EXPECT_EQ(sink.items.at(1).lines(), (Lines{"title title/1 v3 T", "page page/1 v3 three"}));
}

TEST_F(ConfluenceTest, PermissionsOfCallers) {
  const CallerCredential caller{.authorization = Secret("Bearer x"), .cookies = {}};
  EXPECT_EQ(host->caller_identity(caller).value().key, "8a");
  EXPECT_EQ(host->is_scope_admin(caller, "NO").error().code, Code::kNotFound);
  EXPECT_TRUE(host->can_view_scope(caller, "DS").value());
  EXPECT_FALSE(host->can_view_scope(caller, "ds").value());
  statuses["/rest/api/space/DS/trash"] = 403;
  statuses["/rest/api/audit"] = 403;
  EXPECT_FALSE(host->is_scope_admin(caller, "DS").value());
  EXPECT_FALSE(host->is_product_admin(caller).value());
  statuses.erase("/rest/api/audit");
  answers["/rest/api/audit"] = results({});
  EXPECT_TRUE(host->is_product_admin(caller).value());
  EXPECT_TRUE(host->is_scope_admin(caller, "DS").value());
  answers.erase("/rest/api/audit");
  EXPECT_FALSE(host->is_product_admin(caller).value());
  answers["/rest/api/permissions/user/scanner"] = "[]";
  EXPECT_TRUE(host->is_product_admin(caller).value());
  statuses.erase("/rest/api/space/DS/trash");
  answers["/rest/api/space/DS/trash"] = results({});
  answers.erase("/rest/api/permissions/user/scanner");
  EXPECT_TRUE(host->is_scope_admin(caller, "DS").value());
  EXPECT_FALSE(host->can_view_item(caller, "5").value());
  answers["/rest/api/content/5?status=any"] = content("5", "page", 1, "x");
  EXPECT_TRUE(host->can_view_item(caller, "5").value());
  statuses["/rest/api/content/5?status=any"] = 500;
  EXPECT_EQ(host->can_view_item(caller, "5").error().code, Code::kUnavailable);
  // Editing: by the remote API, else by the operations of the space.
  EXPECT_FALSE(host->can_edit_scope(caller, "DS").value());
  answers["/rest/api/space/DS"] =
      R"({"id":7,"key":"DS","operations":[{"operation":"create","targetType":"page"}]})";
  EXPECT_TRUE(host->can_edit_scope(caller, "DS").value());
  answers["/rpc/json-rpc/confluenceservice-v2"] = R"({"result":["VIEWSPACE"]})";
  EXPECT_FALSE(host->can_edit_scope(caller, "DS").value());
  answers["/rpc/json-rpc/confluenceservice-v2"] = R"({"result":["VIEWSPACE","EDITSPACE"]})";
  EXPECT_TRUE(host->can_edit_scope(caller, "DS").value());
  EXPECT_FALSE(host->can_edit_scope(caller, "NO").value());
  answers["/rest/api/user/memberof"] = results({R"({"name":"staff"})", R"({"name":"ops"})"});
  EXPECT_EQ(host->caller_groups(caller).value(), (std::vector<std::string>{"staff", "ops"}));
  answers["/rest/api/content/search"] = results({R"({"id":"7"})"});
  EXPECT_EQ(host->visible_items(caller, {"7", "8", "x') or (1=1"}).value(),
            std::vector<std::string>{"7"});
  answers["/rest/api/space"] = results({R"({"key":"DS"})", R"({"key":"~me"})"});
  EXPECT_EQ(host->visible_scopes(caller).value(), (std::vector<std::string>{"DS", "~me"}));
}

TEST(ConfluenceFixturesTest, DocumentedScanPagesHaveCursorsAndContents) {
  const std::filesystem::path folder = std::filesystem::path(SG_SOURCE_DIR).parent_path() /
                                       "shared" / "fixtures" / "confluence-doc-examples";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "NO REFERENCE DATA: " << folder << " is not there";
  }
  for (const char* name : {"scan-first.json", "scan-second.json"}) {
    const auto text = read_file((folder / name).string());
    ASSERT_TRUE(text) << text.error().message;
    const auto json = Json::parse(*text);
    ASSERT_TRUE(json);
    EXPECT_FALSE((*json)["nextCursor"].text().empty()) << name;
    ASSERT_GT((*json)["results"].size(), 0U);
    for (size_t i = 0; i < (*json)["results"].size(); ++i) {
      const auto ref = confluence_ref((*json)["results"].at(i));
      ASSERT_TRUE(ref) << name;
      EXPECT_FALSE(ref->title.empty());
    }
  }
}

}  // namespace
}  // namespace spillguard::hosts
