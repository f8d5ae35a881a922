// What there is beside issues and pages: found by who may see it, and by nobody else.
#include "sim/extras.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/json_writer.h"
#include "sim/churn.h"
#include "sim/test_walk.h"
#include "sim/truth.h"

namespace spillguard::sim {
namespace {

namespace bj = boost::json;
using testing::counted_of;
using testing::parsed;
using testing::readable_text;
using testing::text;
using testing::World;

constexpr size_t kExtras = 3;

World extra_world() {
  World world({.issues = 120, .plants_per_kind = 0},
              {.amounts = {.spaces = 3, .pages = 40, .blogs = 12, .max_versions = 5},
               .plants_per_kind = 0});
  add_jira_extras(*world.jira_site, 3, kExtras);
  add_wiki_extras(*world.wiki_site, 3, kExtras);
  return world;
}

// All strings in the JSON of some answers.
void add_strings(const bj::value& value, std::string& out) {
  if (value.is_string()) {
    out += readable_text(text(value)) + "\n";
  } else if (value.is_array()) {
    for (const auto& entry : value.get_array()) add_strings(entry, out);
  } else if (value.is_object()) {
    for (const auto& [name, entry] : value.get_object()) add_strings(entry, out);
  }
}

std::string strings_of(const std::vector<http::Response>& answers) {
  std::string out;
  for (const auto& answer : answers) {
    if (answer.status == 200) add_strings(parsed(answer), out);
  }
  return out;
}

std::string read_issue(const World& world, const std::string& id, std::string_view user) {
  const auto path = "/rest/api/2/issue/" + id;
  std::vector<http::Response> answers = {world.jira_get(path + "?expand=changelog", user),
                                         world.jira_get(path + "/remotelink", user)};
  const auto keys = world.jira_get(path + "/properties", user);
  if (keys.status == 200) {
    const auto list = parsed(keys);
    for (const auto& key : list.at("keys").as_array())
      answers.push_back(world.jira_get(path + "/properties/" + text(key.at("key")), user));
  }
  return strings_of(answers);
}

std::string read_content(const World& world, const std::string& id, std::string_view user) {
  const auto path = "/rest/api/content/" + id;
  return strings_of(
      {world.wiki_get(path + "?status=any&expand=body.storage,metadata.labels", user),
       world.wiki_get(path + "/property?limit=100", user),
       world.wiki_get("/rest/experimental/content/" + id + "/version", user),
       world.wiki_get(path + "/child/attachment?limit=100", user),
       world.wiki_get(path + "/child/comment?depth=all&limit=100&location=inline&location=resolved"
                             "&expand=extensions.inlineProperties",
                      user)});
}

std::string read_scope(const World& world, const bj::value& plant) {
  if (text(plant.at("product")) == "jira")
    return strings_of({world.jira_get("/rest/api/2/project/" + text(plant.at("scope")))});
  return strings_of({world.wiki_get("/rest/api/space/" + percent_encode(text(plant.at("scope"))) +
                                    "?expand=description.plain")});
}

TEST(SimExtras, SecretsAreFoundByWhoMaySeeThem) {
  const auto world = extra_world();
  const Churn churn(*world.jira_site, *world.wiki_site, {}, nullptr);
  const auto all = plants_text(*world.jira_site, *world.wiki_site, churn);
  std::map<std::string, size_t> states;
  std::set<std::string> parts;
  for (const auto line : split(all, '\n')) {
    if (line.empty()) continue;
    const auto plant = bj::parse(bj::string_view(line.data(), line.size()));
    const auto secret = text(plant.at("secret"));
    const auto state = text(plant.at("state"));
    const auto id = text(plant.at("itemId"));
    const bool jira = text(plant.at("product")) == "jira";
    ++states[state];
    parts.insert(text(plant.at("part")));
    const auto read = [&](std::string_view user) {
      if (id.starts_with("scope:")) return read_scope(world, plant);
      return jira ? read_issue(world, id, user) : read_content(world, id, user);
    };
    if (text(plant.at("part")) == "attachment") {
      // In the bytes, not in what the host says of the file.
      EXPECT_EQ(read("admin").find(secret), std::string::npos) << line;
      EXPECT_FALSE(text(plant.at("place")).empty()) << line;
      --states[state];
      continue;
    }
    // Another's draft is for nobody but him; what is archived is there for who knows its key.
    if (state == "foreign_draft") {
      EXPECT_EQ(read("scanner").find(secret), std::string::npos) << line;
      EXPECT_NE(read("ed").find(secret), std::string::npos) << line;
    } else if (state == "hidden") {
      EXPECT_EQ(read("scanner").find(secret), std::string::npos) << line;
      EXPECT_NE(read("admin").find(secret), std::string::npos) << line;
    } else {
      EXPECT_NE(read("scanner").find(secret), std::string::npos) << line;
    }
    if (state == "trashed") {
      EXPECT_EQ(read("ed").find(secret), std::string::npos);
    }
  }
  EXPECT_EQ(states["draft"], kExtras);
  EXPECT_EQ(states["foreign_draft"], kExtras);
  EXPECT_EQ(states["trashed"], kExtras);
  EXPECT_GE(states["hidden"], 2 * kExtras);
  EXPECT_GE(states["archived"], kExtras);
  for (const char* part :
       {"label", "remote_link", "property", "attachment_name", "history", "scope_description",
        "version", "component", "version_message", "selection", "attachment_comment", "attachment"})
    EXPECT_TRUE(parts.contains(part)) << part;
}

TEST(SimExtras, CountsAreStillWhatAClientCounts) {
  const auto world = extra_world();
  const Churn churn(*world.jira_site, *world.wiki_site, {}, nullptr);
  testing::Walk walk;
  walk_jira(world, walk);
  walk_wiki(world, walk);
  auto truth = bj::parse(truth_json(*world.jira_site, *world.wiki_site, churn));
  auto told = counted_of(truth);
  // The walk does not ask for archived spaces.
  std::erase_if(told, [](const auto& entry) { return std::get<1>(entry.first) == "OLD"; });
  EXPECT_EQ(told, walk.parts);
  EXPECT_EQ(counted_of(truth.at("trash")).size(),
            2 * truth.at("trash").at("items").as_array().size());
  uint64_t drafts = 0;
  for (const auto& entry : truth.at("drafts").at("items").as_array())
    drafts += entry.at("items").to_number<uint64_t>();
  EXPECT_EQ(drafts, kExtras);
  truth.as_object()["parts"] = truth.at("more_parts");
  const auto more = counted_of(truth);
  std::map<std::string, uint64_t> kinds;
  for (const auto& [key, number] : more) kinds[std::get<2>(key)] += number;
  EXPECT_GE(kinds["remote_link"], kExtras);
  EXPECT_GE(kinds["link"], 2U);
  // One may be of an issue that was archived.
  EXPECT_GT(kinds["property"], kExtras);
  EXPECT_EQ(kinds["component"], kExtras);
  EXPECT_EQ(kinds["attachment_name"], [&] {
    uint64_t files = 0;
    for (const auto& [key, number] : told) files += std::get<2>(key) == "attachment" ? number : 0;
    return files;
  }());
}

TEST(SimExtras, ArchivedThingsAreListedOnRequestOnly) {
  const auto world = extra_world();
  const auto has = [](const http::Response& answer, const std::string& word) {
    return answer.body.find("\"" + word + "\"") != std::string::npos;
  };
  EXPECT_FALSE(has(world.jira_get("/rest/api/2/project"), "ARC"));
  EXPECT_TRUE(has(world.jira_get("/rest/api/2/project?includeArchived=true"), "ARC"));
  EXPECT_EQ(parsed(world.jira_get("/rest/api/2/search?jql=project%3DARC")).at("total"), 0);
  EXPECT_EQ(world.jira_get("/rest/api/2/issue/ARC-1").status, 200);
  EXPECT_FALSE(has(world.wiki_get("/rest/api/space?limit=50"), "OLD"));
  EXPECT_TRUE(has(world.wiki_get("/rest/api/space?limit=50&status=archived"), "OLD"));
  EXPECT_EQ(parsed(world.wiki_get("/rest/api/content/search?cql=space%3DOLD")).at("size"), 0);
  EXPECT_EQ(parsed(world.wiki_get("/rest/api/search?cql=space%3DOLD&includeArchivedSpaces=true"))
                .at("size"),
            static_cast<int64_t>(kExtras));
  EXPECT_EQ(world.wiki_get("/rest/api/space/~aruse%40slac.example.edu").status, 200);
}

TEST(SimExtras, PermissionHelpers) {
  const auto world = extra_world();
  EXPECT_EQ(world.wiki_get("/rest/api/space/ENG/permissions", "ed").status, 500);
  EXPECT_NE(world.wiki_get("/rest/api/space/ENG/permissions").body.find("administer"),
            std::string::npos);
  auto call = testing::make_request("POST", "/confluence/rpc/json-rpc/confluenceservice-v2", "ed");
  call.headers.add("Content-Type", "application/json");
  call.body =
      R"({"jsonrpc":"2.0","method":"getPermissionsForUser","params":["ENG","rita"],"id":1})";
  EXPECT_NE(world.wiki->handle(call).body.find(R"(["VIEWSPACE"])"), std::string::npos);
  EXPECT_EQ(world.jira_get("/rest/api/2/index/summary", "ed").status, 403);
  EXPECT_EQ(parsed(world.jira_get("/rest/api/2/index/summary"))
                .at("issueIndex")
                .at("countInIndex")
                .as_int64(),
            static_cast<int64_t>(world.jira_site->records().size()));
}

TEST(SimExtras, FeedsOfWorklogs) {
  const auto world = extra_world();
  const auto feed = parsed(world.jira_get("/rest/api/2/worklog/updated?since=0"));
  const auto& values = feed.at("values").as_array();
  ASSERT_GT(values.size(), 5U);
  auto request = testing::make_request("POST", "/jira/rest/api/2/worklog/list", "scanner");
  request.headers.add("Content-Type", "application/json");
  request.body = fmt::format(R"({{"ids":[{}]}})", values[0].at("worklogId").as_int64());
  EXPECT_EQ(parsed(world.jira->handle(request)).as_array().size(), 1U);
}

}  // namespace
}  // namespace spillguard::sim
