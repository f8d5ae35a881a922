// After many changes the simulator's own account is what a client reads.
#include "sim/churn.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "sim/test_walk.h"
#include "sim/truth.h"

namespace spillguard::sim {
namespace {

namespace bj = boost::json;
using testing::counted_of;
using testing::parsed;
using testing::readable_text;
using testing::text;
using testing::Walk;
using testing::World;

constexpr TimeMs kChangesBegin = 1'720'000'000'000;

class ChurnTest : public ::testing::Test {
 protected:
  ChurnTest()
      : world_(testing::small_world()),
        churn_(*world_.jira_site, *world_.wiki_site,
               {.seed = 5, .clock = [this] { return now_ += 1000; }},
               [this](const ChangeDone& change) { heard_.push_back(change.kind); }) {}

  Walk walk() {
    Walk walk;
    walk_jira(world_, walk);
    walk_wiki(world_, walk);
    return walk;
  }

  TimeMs now_ = kChangesBegin;
  World world_;
  std::vector<std::string> heard_;
  Churn churn_;
};

TEST_F(ChurnTest, TheTruthIsWhatAClientCounts) {
  const auto made = churn_.run(700);
  EXPECT_GT(made.size(), 690U);
  EXPECT_EQ(heard_.size(), made.size());
  std::set<std::string> kinds(heard_.begin(), heard_.end());
  for (const auto kind : Churn::kinds("")) {
    const bool on_request =
        kind == "restrict_issue" || kind == "restrict_page" || kind == "touch_issue";
    EXPECT_EQ(kinds.contains(std::string(kind)), !on_request) << kind;
  }
  const auto found = walk();
  const auto truth = bj::parse(truth_json(*world_.jira_site, *world_.wiki_site, churn_));
  EXPECT_EQ(counted_of(truth), found.parts);
  for (const auto& entry : truth.at("items").as_array()) {
    const auto key = std::pair(text(entry.at("product")), text(entry.at("scope")));
    const auto items = entry.at("items").to_number<uint64_t>();
    EXPECT_EQ(items, found.items.contains(key) ? found.items.at(key) : 0) << key.second;
  }
}

TEST_F(ChurnTest, EverySecretIsWhereTheTruthSays) {
  churn_.run(500);
  const auto found = walk();
  std::map<std::string, size_t> states;
  std::set<std::string> products;
  const auto all = plants_text(*world_.jira_site, *world_.wiki_site, churn_);
  for (const auto line : split(all, '\n')) {
    if (line.empty()) continue;
    const auto plant = bj::parse(bj::string_view(line.data(), line.size()));
    if (text(plant.at("part")) == "attachment") continue;  // in bytes, which the walk leaves alone
    ++states[text(plant.at("state"))];
    std::set<std::string> told;
    for (const auto& place : plant.at("places").as_array()) {
      auto where = fmt::format("{}/{}/{}", text(plant.at("item")), text(place.at("part")),
                               text(place.at("content")));
      if (text(plant.at("product")) == "confluence")
        where += fmt::format("/{}", place.at("version").as_int64());
      told.insert(std::move(where));
    }
    const auto secret = text(plant.at("secret"));
    std::set<std::string> seen;
    for (const auto& [where, content] : found.texts) {
      if (content.find(secret) != std::string::npos ||
          readable_text(content).find(secret) != std::string::npos)
        seen.insert(where);
    }
    if (text(plant.at("state")) == "trashed") told.clear();
    EXPECT_EQ(told, seen) << text(plant.at("state")) << " " << line;
  }
  EXPECT_GT(states["current"], 100U);
  EXPECT_GT(states["history"], 20U);
  EXPECT_GT(states["gone"], 2U);
}

TEST_F(ChurnTest, TheSeedDecidesWhatIsChanged) {
  auto again_world = testing::small_world();
  TimeMs now = 0;
  Churn again(*again_world.jira_site, *again_world.wiki_site,
              {.seed = 5, .clock = [&] { return now += 17; }}, nullptr);
  churn_.run(120);
  again.run(120);
  const auto one = churn_.journal();
  const auto two = again.journal();
  ASSERT_EQ(one.size(), two.size());
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].kind, two[i].kind) << i;
    EXPECT_EQ(one[i].item, two[i].item) << i;
    EXPECT_EQ(one[i].content, two[i].content) << i;
  }
}

TEST_F(ChurnTest, MovedIssuesAnswerUnderOldKeys) {
  const auto moved = churn_.run(1, "jira", "move_issue").at(0);
  const auto renamed = churn_.run(1, "jira", "rename_project").at(0);
  const auto answer = parsed(world_.jira_get("/rest/api/2/issue/" + moved.before));
  EXPECT_EQ(text(answer.at("id")), moved.item);
  EXPECT_EQ(text(answer.at("key")),
            world_.jira_site->key_of(world_.jira_site->records()[moved.index]));
  const auto project = parsed(world_.jira_get("/rest/api/2/project/" + renamed.before));
  EXPECT_EQ(text(project.at("key")), renamed.scope);
  // Issues that nobody touched show the new key as well.
  const auto found = parsed(world_.jira_search(fmt::format(
      R"({{"jql":"project = {}","maxResults":5,"fields":["project"]}})", renamed.before)));
  ASSERT_FALSE(found.at("issues").as_array().empty());
  for (const auto& issue : found.at("issues").as_array()) {
    EXPECT_TRUE(text(issue.at("key")).starts_with(renamed.scope + "-"));
    EXPECT_EQ(text(issue.at("fields").at("project").at("key")), renamed.scope);
  }
}

TEST_F(ChurnTest, DeletedAndRestrictedIsNotThere) {
  const auto issue = churn_.run(1, "jira", "delete_issue").at(0);
  EXPECT_EQ(world_.jira_get("/rest/api/2/issue/" + issue.item).status, 404);
  const auto hidden = churn_.run(1, "jira", "restrict_issue").at(0);
  EXPECT_EQ(world_.jira_get("/rest/api/2/issue/" + hidden.item).status, 404);
  EXPECT_EQ(world_.jira_get("/rest/api/2/issue/" + hidden.item, "admin").status, 200);
  const auto page = churn_.run(1, "confluence", "trash_page").at(0);
  const auto path = "/rest/api/content/" + page.item;
  EXPECT_EQ(world_.wiki_get(path).status, 404);
  EXPECT_EQ(world_.wiki_get(path + "?status=trashed").status, 200);
  EXPECT_EQ(world_.wiki_get(path + "?status=trashed", "ed").status, 404);
  EXPECT_NE(world_.wiki_get("/rest/api/space/" + percent_encode(page.scope) + "/trash")
                .body.find(page.item),
            std::string::npos);
  churn_.run(1, "confluence", "purge_page");
  EXPECT_EQ(world_.wiki_get(path + "?status=any").status, 404);
}

TEST_F(ChurnTest, AnIndexBehindKnowsWhatWas) {
  JiraApiOptions options;
  options.clock = [this] { return now_; };
  const JiraApi api(*world_.jira_site, *world_.jira_auth, options);
  const auto search = [&](int64_t lag) {
    auto request = testing::make_request(
        "GET", "/jira/rest/api/2/search?maxResults=200&fields=updated&jql=order+by+id", "scanner");
    if (lag > 0) request.headers.set("X-Sim-Lag", std::to_string(lag));
    return parsed(api.handle(request));
  };
  const auto before = search(0).at("total").as_int64();
  churn_.run(3, "jira", "create_issue");
  churn_.run(1, "jira", "delete_issue");
  EXPECT_EQ(search(0).at("total").as_int64(), before + 2);
  const auto late = search(60'000);
  // It still counts the deleted one, which does not come.
  EXPECT_EQ(late.at("total").as_int64(), before);
  EXPECT_GE(late.at("issues").as_array().size(), static_cast<size_t>(before - 1));
  now_ += 120'000;
  EXPECT_EQ(search(60'000).at("total").as_int64(), before + 2);
}

}  // namespace
}  // namespace spillguard::sim
