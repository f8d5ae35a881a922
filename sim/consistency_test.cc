// Walks both products as a client would and compares with what manifest and counts say.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "sim/manifest.h"
#include "sim/secrets.h"
#include "sim/test_client.h"

namespace spillguard::sim {
namespace {

using testing::parsed;
using testing::text;
using testing::World;
namespace bj = boost::json;

// product, scope, kind → number of parts
using Counted = std::map<std::tuple<std::string, std::string, std::string>, uint64_t>;
// "item/part/content/version" → text of the part
using Texts = std::map<std::string, std::string>;

struct Walk {
  Counted parts;
  std::map<std::pair<std::string, std::string>, uint64_t> items;
  Texts texts;

  void part(const std::string& product, const std::string& scope, const std::string& kind,
            const std::string& place, const std::string& content) {
    if (content.empty()) return;
    ++parts[{product, scope, kind}];
    texts[place] += content + "\n";
  }
};

// All strings of a value, as the ledger walks custom fields.
void collect_strings(const bj::value& value, std::string& out) {
  if (value.is_string()) {
    if (!value.get_string().empty()) out += text(value) + "\n";
  } else if (value.is_array()) {
    for (const auto& entry : value.get_array()) collect_strings(entry, out);
  } else if (value.is_object()) {
    for (const auto& [name, entry] : value.get_object()) {
      if (name != "self" && name != "avatarUrls" && name != "iconUrl") collect_strings(entry, out);
    }
  }
}

std::string either(const bj::value& item, std::string_view string_name, std::string_view id_name) {
  const auto words = text(item.at(string_name));
  const auto id = text(item.at(id_name));
  if (words.empty() || id.empty() || words == id) return words.empty() ? id : words;
  return words + "\n" + id;
}

void walk_issue(const World& world, const bj::value& issue, Walk& walk) {
  const auto key = text(issue.at("key"));
  const auto& fields = issue.at("fields").as_object();
  const auto scope = text(fields.at("project").at("key"));
  ++walk.items[{"jira", scope}];
  for (const auto* name : {"summary", "description", "environment"}) {
    walk.part("jira", scope, name, fmt::format("{}/{}/{}", key, name, name), text(fields.at(name)));
  }
  for (const auto& [name, value] : fields) {
    if (!std::string_view(name).starts_with("customfield_")) continue;
    std::string all;
    collect_strings(value, all);
    walk.part("jira", scope, "custom_field",
              fmt::format("{}/custom_field/{}", key, std::string_view(name)), all);
  }
  for (const auto& comment : fields.at("comment").at("comments").as_array()) {
    walk.part("jira", scope, "comment", key + "/comment/" + text(comment.at("id")),
              text(comment.at("body")));
  }
  const auto worklogs = parsed(world.jira_get("/rest/api/2/issue/" + key + "/worklog"));
  for (const auto& worklog : worklogs.at("worklogs").as_array()) {
    walk.part("jira", scope, "worklog", key + "/worklog/" + text(worklog.at("id")),
              text(worklog.at("comment")));
  }
  for (const auto& attachment : fields.at("attachment").as_array()) {
    walk.part("jira", scope, "attachment", key + "/attachment/" + text(attachment.at("id")),
              text(attachment.at("filename")));
  }
  for (const auto& history : issue.at("changelog").at("histories").as_array()) {
    for (const auto& item : history.at("items").as_array()) {
      const auto name = text(item.at("field"));
      const auto place =
          fmt::format("{}/history/{}", key, name == "Runbook" ? "customfield_10200" : name);
      walk.part("jira", scope, "history", place, either(item, "fromString", "from"));
      walk.part("jira", scope, "history", place, either(item, "toString", "to"));
    }
  }
}

void walk_jira(const World& world, Walk& walk) {
  for (size_t start = 0;;) {
    const auto page = parsed(world.jira_search(fmt::format(
        R"({{"jql":"order by id","startAt":{},"maxResults":50,"fields":["*all"],"expand":["changelog"]}})",
        start)));
    const auto& issues = page.at("issues").as_array();
    if (issues.empty()) return;
    for (const auto& issue : issues) walk_issue(world, issue, walk);
    start += issues.size();
  }
}

void walk_versions(const World& world, const std::string& id, const std::string& place,
                   const std::function<void(const bj::value&, int64_t)>& take) {
  const auto versions =
      parsed(world.wiki_get("/rest/experimental/content/" + id + "/version?limit=200"));
  for (const auto& version : versions.at("results").as_array()) {
    const auto number = version.at("number").as_int64();
    const auto body = world.wiki_get(
        fmt::format("/rest/api/content/{}?status=historical&version={}&expand=body.storage,version",
                    id, number));
    ASSERT_EQ(body.status, 200) << place;
    take(parsed(body), number);
  }
}

void walk_page(const World& world, const std::string& scope, const bj::value& listed, Walk& walk) {
  const auto id = text(listed.at("id"));
  const auto type = text(listed.at("type"));
  ++walk.items[{"confluence", scope}];
  walk_versions(world, id, id, [&](const bj::value& version, int64_t number) {
    walk.part("confluence", scope, "title", fmt::format("{}/title/{}/{}", id, id, number),
              text(version.at("title")));
    walk.part("confluence", scope, type, fmt::format("{}/{}/{}/{}", id, type, id, number),
              text(version.at("body").at("storage").at("value")));
  });
  const auto comments = parsed(world.wiki_get(
      "/rest/api/content/" + id +
      "/child/comment?depth=all&location=inline&location=footer&location=resolved&limit=200"));
  for (const auto& comment : comments.at("results").as_array()) {
    const auto comment_id = text(comment.at("id"));
    walk_versions(world, comment_id, id, [&](const bj::value& version, int64_t number) {
      walk.part("confluence", scope, "comment",
                fmt::format("{}/comment/{}/{}", id, comment_id, number),
                text(version.at("body").at("storage").at("value")));
    });
  }
  const auto attachments =
      parsed(world.wiki_get("/rest/api/content/" + id + "/child/attachment?limit=200"));
  for (const auto& attachment : attachments.at("results").as_array()) {
    walk.part("confluence", scope, "attachment", id + "/attachment/" + text(attachment.at("id")),
              text(attachment.at("title")));
  }
}

void walk_wiki(const World& world, Walk& walk) {
  const auto spaces = parsed(world.wiki_get("/rest/api/space?limit=100"));
  for (const auto& space : spaces.at("results").as_array()) {
    const auto key = text(space.at("key"));
    for (const auto* type : {"page", "blogpost"}) {
      for (size_t start = 0;;) {
        const auto list = parsed(
            world.wiki_get(fmt::format("/rest/api/content?type={}&spaceKey={}&start={}&limit=9",
                                       type, percent_encode(key), start)));
        const auto& results = list.at("results").as_array();
        if (results.empty()) break;
        for (const auto& page : results) walk_page(world, key, page, walk);
        start += results.size();
      }
    }
  }
}

// Storage format as it reads: tags away, CDATA and attributes kept, entities decoded.
std::string readable_text(std::string storage) {
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (size_t at = storage.find(from); at != std::string::npos;
         at = storage.find(from, at + to.size())) {
      storage.replace(at, from.size(), to);
    }
  };
  replace("<strong>", "");
  replace("</strong>", "");
  replace("&lt;", "<");
  replace("&gt;", ">");
  replace("&quot;", "\"");
  replace("&amp;", "&");
  return storage;
}

class Consistency : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    world_ = new World({.seed = 7, .issues = 240, .plants_per_kind = 21},
                       {.seed = 7,
                        .amounts = {.spaces = 3, .pages = 75, .blogs = 30, .max_versions = 6},
                        .plants_per_kind = 21});
    walk_ = new Walk;
    walk_jira(*world_, *walk_);
    walk_wiki(*world_, *walk_);
  }
  static void TearDownTestSuite() {
    delete walk_;
    delete world_;
  }
  static World* world_;
  static Walk* walk_;
};

World* Consistency::world_ = nullptr;
Walk* Consistency::walk_ = nullptr;

TEST_F(Consistency, CountsAreWhatAClientCounts) {
  const auto counts = bj::parse(counts_text(*world_->jira_site, *world_->wiki_site));
  Counted told;
  for (const auto& entry : counts.at("parts").as_array()) {
    told[{text(entry.at("product")), text(entry.at("scope")), text(entry.at("kind"))}] =
        entry.at("parts").to_number<uint64_t>();
  }
  EXPECT_EQ(told, walk_->parts);
  std::map<std::pair<std::string, std::string>, uint64_t> items;
  for (const auto& entry : counts.at("items").as_array()) {
    items[{text(entry.at("product")), text(entry.at("scope"))}] =
        entry.at("items").to_number<uint64_t>();
  }
  EXPECT_EQ(items, walk_->items);
}

TEST_F(Consistency, EverySecretIsAtItsPlaceAndNowhereElse) {
  const auto manifest = manifest_text(*world_->jira_site, *world_->wiki_site);
  std::set<std::string> rules;
  std::set<std::string> parts;
  size_t lines = 0;
  for (const auto line : split(manifest, '\n')) {
    if (line.empty()) continue;
    ++lines;
    const auto entry = bj::parse(bj::string_view(line.data(), line.size()));
    const auto secret = text(entry.at("secret"));
    const auto item = text(entry.at("item"));
    std::set<std::string> places;
    const auto place =
        fmt::format("{}/{}/{}", item, text(entry.at("part")), text(entry.at("content")));
    if (entry.as_object().contains("versions")) {
      for (const auto& version : entry.at("versions").as_array())
        places.insert(fmt::format("{}/{}", place, version.as_int64()));
      EXPECT_EQ(entry.at("version").as_int64(), entry.at("versions").at(0).as_int64());
    } else {
      places.insert(place);
    }
    std::set<std::string> found;
    for (const auto& [where, content] : walk_->texts) {
      if (content.find(secret) != std::string::npos ||
          readable_text(content).find(secret) != std::string::npos)
        found.insert(where);
    }
    EXPECT_EQ(found, places) << text(entry.at("rule"));
    rules.insert(text(entry.at("rule")));
    parts.insert(text(entry.at("part")));
  }
  EXPECT_EQ(lines, 16U * 21U);
  EXPECT_EQ(rules.size(), secret_kind_count());
  EXPECT_EQ(parts,
            (std::set<std::string>{"summary", "description", "environment", "custom_field",
                                   "comment", "worklog", "history", "page", "blogpost", "title"}));
}

TEST_F(Consistency, TheSeedDecidesEverything) {
  const World again({.seed = 7, .issues = 240, .plants_per_kind = 21, .max_kept_issues = 0},
                    {.seed = 7,
                     .amounts = {.spaces = 3, .pages = 75, .blogs = 30, .max_versions = 6},
                     .plants_per_kind = 21});
  // Made again for each answer, in another order, gives the same as kept.
  const auto path =
      "/rest/api/2/"
      "search?maxResults=100&fields=*all&expand=changelog&jql=order%20by%20updated%20desc";
  EXPECT_EQ(again.jira_get(path).body, world_->jira_get(path).body);
  EXPECT_EQ(manifest_text(*again.jira_site, *again.wiki_site),
            manifest_text(*world_->jira_site, *world_->wiki_site));
  const World other({.seed = 8, .issues = 240}, {.seed = 8, .amounts = {.pages = 30}});
  EXPECT_NE(other.jira_get(path).body, world_->jira_get(path).body);
}

}  // namespace
}  // namespace spillguard::sim
