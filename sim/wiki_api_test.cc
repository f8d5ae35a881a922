#include "sim/wiki_api.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <set>

#include "sim/test_client.h"

namespace spillguard::sim {
namespace {

using testing::parsed;
using testing::small_world;
using testing::World;

const World& wiki_world() {
  static const World shared = small_world();
  return shared;
}

TEST(WikiLists, CapsDependOnTheExpansion) {
  const auto limit = [](const std::string& expand) {
    return parsed(wiki_world().wiki_get("/rest/api/content?limit=5000" + expand))
        .at("limit")
        .as_int64();
  };
  EXPECT_EQ(limit("&expand=body.storage,version"), 50);
  EXPECT_EQ(limit("&expand=version"), 200);
  EXPECT_EQ(limit(""), 1000);
  EXPECT_EQ(parsed(wiki_world().wiki_get("/rest/api/content")).at("limit").as_int64(), 25);
}

TEST(WikiLists, NextIsThereAlthoughNothingFollows) {
  const auto page = parsed(wiki_world().wiki_get("/rest/api/space?limit=3"));
  EXPECT_EQ(page.at("size").as_int64(), 3);
  EXPECT_EQ(testing::text(page.at("_links").at("next")), "/rest/api/space?limit=3&start=3");
  EXPECT_EQ(testing::text(page.at("_links").at("base")), "http://localhost:2/confluence");
  const auto empty = parsed(wiki_world().wiki_get("/rest/api/space?limit=3&start=3"));
  EXPECT_EQ(empty.at("size").as_int64(), 0);
  EXPECT_FALSE(empty.at("_links").as_object().contains("next"));
}

TEST(WikiScan, SeesEveryPageOnceByCursor) {
  std::set<std::string> ids;
  std::string next = "/rest/api/content/scan?type=page&limit=7&spaceKey=ENG";
  while (!next.empty()) {
    const auto page = parsed(wiki_world().wiki_get(next));
    for (const auto& result : page.at("results").as_array()) {
      EXPECT_TRUE(ids.insert(testing::text(result.at("id"))).second);
    }
    const auto* link = page.at("_links").as_object().if_contains("next");
    next = link == nullptr ? std::string() : testing::text(*link);
  }
  EXPECT_EQ(ids.size(), 14U);
  EXPECT_EQ(wiki_world().wiki_get("/rest/api/content/scan?cursor=broken").status, 400);
}

TEST(WikiContent, OldVersionsNeedTheStatus) {
  for (const auto& page : wiki_world().wiki_site->pages()) {
    const auto path = fmt::format("/rest/api/content/{}", page.id);
    const auto list = parsed(
        wiki_world().wiki_get(fmt::format("/rest/experimental/content/{}/version", page.id)));
    ASSERT_EQ(list.at("results").as_array().size(), page.versions.size());
    EXPECT_EQ(list.at("results").at(0).at("number").as_int64(), page.newest().number);
    EXPECT_EQ(wiki_world().wiki_get(path + "/version").status, 404);
    for (const auto& version : page.versions) {
      const auto old = parsed(wiki_world().wiki_get(fmt::format(
          "{}?status=historical&version={}&expand=body.storage,version", path, version.number)));
      EXPECT_EQ(testing::text(old.at("body").at("storage").at("value")), version.body);
      EXPECT_EQ(old.at("version").at("number").as_int64(), version.number);
      const bool newest = &version == &page.newest();
      EXPECT_EQ(wiki_world().wiki_get(fmt::format("{}?version={}", path, version.number)).status,
                newest ? 200 : 404);
    }
    EXPECT_EQ(wiki_world().wiki_get(path + "?status=historical&version=99").status, 404);
  }
}

TEST(WikiComments, AreFoundByLocationAndDepth) {
  size_t all = 0;
  size_t shown = 0;
  size_t roots = 0;
  size_t inline_ones = 0;
  for (const auto& page : wiki_world().wiki_site->pages()) {
    const auto path = fmt::format("/rest/api/content/{}/child/comment?limit=100", page.id);
    const auto deep = parsed(
        wiki_world().wiki_get(path + "&depth=all&location=inline&location=footer&location=resolved&"
                                     "expand=extensions.inlineProperties,ancestors"));
    shown += deep.at("results").as_array().size();
    roots +=
        parsed(wiki_world().wiki_get(path + "&location=inline&location=footer&location=resolved"))
            .at("results")
            .as_array()
            .size();
    for (const auto& comment : deep.at("results").as_array()) {
      const auto& extensions = comment.at("extensions").as_object();
      if (testing::text(extensions.at("location")) != "footer") {
        ++inline_ones;
        EXPECT_FALSE(
            testing::text(extensions.at("inlineProperties").at("originalSelection")).empty());
      }
    }
    all += page.comments.size();
  }
  EXPECT_EQ(shown, all);
  EXPECT_LT(roots, all);
  EXPECT_GT(inline_ones, 0U);
}

struct WikiAccess {
  const char* user;
  const char* space;
  int space_status;
  int trash_status;
};

class WikiPermissions : public ::testing::TestWithParam<WikiAccess> {};

TEST_P(WikiPermissions, Hold) {
  const auto& [user, space, space_status, trash_status] = GetParam();
  EXPECT_EQ(wiki_world().wiki_get(fmt::format("/rest/api/space/{}", space), user).status,
            space_status);
  EXPECT_EQ(wiki_world().wiki_get(fmt::format("/rest/api/space/{}/trash", space), user).status,
            trash_status);
  const auto listed =
      parsed(wiki_world().wiki_get(fmt::format("/rest/api/space?spaceKey={}", space), user));
  EXPECT_EQ(listed.at("size").as_int64(), space_status == 200 ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(
    Table, WikiPermissions,
    ::testing::Values(WikiAccess{"admin", "ENG", 200, 200}, WikiAccess{"scanner", "HR", 200, 200},
                      WikiAccess{"pat", "ENG", 200, 200}, WikiAccess{"pat", "HR", 200, 403},
                      WikiAccess{"ed", "ENG", 200, 403}, WikiAccess{"rita", "%7Erita", 200, 403},
                      WikiAccess{"rita", "HR", 404, 404}, WikiAccess{"", "ENG", 404, 404},
                      WikiAccess{"admin", "NONE", 404, 404}));

TEST(WikiCallers, AnonymousIsAnAnswer) {
  const auto anonymous = wiki_world().wiki_get("/rest/api/user/current", "");
  EXPECT_EQ(anonymous.status, 200);
  EXPECT_EQ(testing::text(parsed(anonymous).at("type")), "anonymous");
  EXPECT_EQ(
      testing::text(parsed(wiki_world().wiki_get("/rest/api/user/current", "rita")).at("username")),
      "rita");
  EXPECT_EQ(wiki_world().wiki_get("/rest/api/audit", "admin").status, 200);
  EXPECT_EQ(wiki_world().wiki_get("/rest/api/audit", "pat").status, 403);
  EXPECT_EQ(wiki_world().wiki_get("/rest/api/permissions/user/ed", "ed").status, 403);
}

TEST(WikiSearch, CqlFindsByTimeAndRefusesTheUnknown) {
  const auto total = [](const std::string& cql) {
    return parsed(wiki_world().wiki_get("/rest/api/search?limit=0&cql=" + percent_encode(cql)))
        .at("totalSize")
        .as_int64();
  };
  const auto pages = total("type = page");
  EXPECT_EQ(pages, 40);
  const auto early = total("type = page and lastmodified < \"2021-06-01 00:00\"");
  EXPECT_EQ(early + total("type=page and lastmodified >= \"2021-06-01 00:00\""), pages);
  EXPECT_EQ(total("space = ENG and type in (page, blogpost)") +
                total("space in (\"~rita\", HR) and type in (page, blogpost)"),
            52);
  const auto bad = wiki_world().wiki_get("/rest/api/content/search?cql=status%3Dcurrent");
  EXPECT_EQ(bad.status, 400);
  EXPECT_NE(bad.body.find("No field exists with the name: 'status'"), std::string::npos);
  EXPECT_NE(bad.body.find("\"reason\":\"Bad Request\""), std::string::npos);
}

TEST(WikiAttachments, BytesHaveTheSizeThatIsTold) {
  size_t seen = 0;
  for (const auto& page : wiki_world().wiki_site->pages()) {
    const auto list = parsed(wiki_world().wiki_get(
        fmt::format("/rest/api/content/{}/child/attachment?expand=version,container", page.id)));
    for (const auto& attachment : list.at("results").as_array()) {
      const auto bytes =
          wiki_world().wiki_get(testing::text(attachment.at("_links").at("download")));
      EXPECT_EQ(static_cast<int64_t>(bytes.body.size()),
                attachment.at("extensions").at("fileSize").as_int64());
      ++seen;
    }
  }
  EXPECT_GT(seen, 0U);
}

TEST(WikiSearch, ExpansionsOfTheContentHaveItsName) {
  const auto first = [](const std::string& expand) {
    return parsed(
               wiki_world().wiki_get("/rest/api/search?cql=type%3Dpage&limit=1&expand=" + expand))
        .at("results")
        .at(0)
        .at("content")
        .as_object();
  };
  const auto named = first("content.version,content.body.storage");
  EXPECT_GT(named.at("version").at("number").as_int64(), 0);
  EXPECT_TRUE(named.at("body").at("storage").at("value").is_string());
  EXPECT_FALSE(named.contains("space"));
  EXPECT_FALSE(first("version").contains("version"));
}

TEST(WikiContent, TheLastUpdateIsShownWhenAskedFor) {
  const auto id = std::to_string(wiki_world().wiki_site->pages().front().id);
  const auto get = [&](const std::string& path) {
    return parsed(wiki_world().wiki_get("/rest/api/content/" + id + path));
  };
  const auto plain = get("?expand=history,version");
  EXPECT_FALSE(plain.at("history").as_object().contains("lastUpdated"));
  EXPECT_TRUE(plain.at("history").at("_expandable").as_object().contains("lastUpdated"));
  EXPECT_EQ(get("?expand=history.lastUpdated").at("history").at("lastUpdated"),
            plain.at("version"));
  EXPECT_EQ(get("/history").at("lastUpdated"), plain.at("version"));
  EXPECT_EQ(wiki_world().wiki_get("/rest/api/content/99999999/history").status, 404);
}

TEST(WikiContent, EveryVersionAnswersAtItsOwnLink) {
  const auto& page = wiki_world().wiki_site->pages().front();
  const auto path = fmt::format("/rest/experimental/content/{}/version", page.id);
  const auto list = parsed(wiki_world().wiki_get(path)).at("results").as_array();
  EXPECT_EQ(list.size(), page.versions.size());
  for (const auto& version : list) {
    EXPECT_EQ(
        parsed(wiki_world().wiki_get(fmt::format("{}/{}", path, version.at("number").as_int64()))),
        version);
  }
  EXPECT_EQ(wiki_world().wiki_get(path + "/999").status, 404);
}

TEST(WikiChildren, TheKindsThatAreAskedForAreThoseOfTheLists) {
  size_t shown = 0;
  for (const auto& page : wiki_world().wiki_site->pages()) {
    const auto path = fmt::format("/rest/api/content/{}", page.id);
    const auto children =
        parsed(wiki_world().wiki_get(path + "/child?expand=page,comment.version,attachment"));
    EXPECT_EQ(children,
              parsed(wiki_world().wiki_get(path + "?expand=children.page,children.comment.version,"
                                                  "children.attachment"))
                  .at("children"));
    for (const std::string kind : {"page", "comment", "attachment"}) {
      const auto expand = kind == "comment" ? "?expand=version" : "";
      const auto& list = children.at(kind).at("results").as_array();
      EXPECT_EQ(
          list,
          parsed(wiki_world().wiki_get(path + "/child/" + kind + expand)).at("results").as_array());
      shown += list.size();
    }
    const auto some = parsed(wiki_world().wiki_get(path + "/child?expand=page")).as_object();
    EXPECT_FALSE(some.contains("comment"));
    EXPECT_TRUE(some.at("_expandable").as_object().contains("comment"));
  }
  EXPECT_GT(shown, 50U);
}

TEST(WikiUsers, ByNameAndByKey) {
  const auto ask = [](const std::string& query) {
    return testing::text(parsed(wiki_world().wiki_get("/rest/api/user?" + query)).at("userKey"));
  };
  EXPECT_EQ(ask("username=ed"), "2c9280839e460b0f019e460ba6440003");
  EXPECT_EQ(ask("key=2c9280839e460b0f019e460ba6440003"), "2c9280839e460b0f019e460ba6440003");
  EXPECT_EQ(wiki_world().wiki_get("/rest/api/user?username=noone").status, 404);
  EXPECT_EQ(wiki_world().wiki_get("/rest/api/user?username=ed", "").status, 403);
}

}  // namespace
}  // namespace spillguard::sim
