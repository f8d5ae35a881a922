// Walks both products as a client would and compares with what manifest and counts say.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "sim/manifest.h"
#include "sim/secrets.h"
#include "sim/test_walk.h"

namespace spillguard::sim {
namespace {

using testing::counted_of;
using testing::readable_text;
using testing::text;
using testing::Walk;
using testing::walk_jira;
using testing::walk_wiki;
using testing::World;
namespace bj = boost::json;

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
  EXPECT_EQ(counted_of(counts), walk_->parts);
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
