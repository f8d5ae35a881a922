// What a caller may see and edit in Confluence, beyond single yes and no.
#include <algorithm>

#include "base/json_writer.h"
#include "base/strings.h"
#include "hosts/confluence_host.h"

namespace spillguard::hosts {
namespace {

constexpr int64_t kCallerPage = 200;
constexpr int64_t kMostScopes = 100'000;
constexpr int64_t kMostGroups = 10'000;
constexpr size_t kIdsInCql = 100;

// {"jsonrpc":"2.0","method":"getPermissionsForUser","params":["KEY","user"],"id":1}
std::string permissions_call(const std::string& space_key, const std::string& user) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.field("jsonrpc", "2.0");
  json.field("method", "getPermissionsForUser");
  json.key("params");
  json.begin_array();
  json.value(space_key);
  json.value(user);
  json.end_array();
  json.field("id", 1);
  json.end_object();
  return body;
}

bool has_text(JsonView list, std::string_view wanted) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (list.at(i).string() == wanted) return true;
  }
  return false;
}

// [{"operation":"create","targetType":"page"}…]
bool may_write_pages(JsonView operations) {
  for (size_t i = 0; i < operations.size(); ++i) {
    const JsonView one = operations.at(i);
    const auto operation = one["operation"].string();
    if ((operation == "create" || operation == "update") && one["targetType"].string() == "page") {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<bool> ConfluenceHost::can_edit_scope(const CallerCredential& caller,
                                            const std::string& scope_key) {
  SG_ASSIGN(const bool visible, can_view_scope(caller, scope_key));
  if (!visible) return false;
  SG_ASSIGN(const auto me, caller_identity(caller));
  const auto rpc = transport_.ask_as(caller, {.path = {"rpc", "json-rpc", "confluenceservice-v2"},
                                              .body = permissions_call(scope_key, me.name)});
  if (rpc && rpc->status == 200 && rpc->json["result"].is_array()) {
    return has_text(rpc->json["result"], "EDITSPACE");
  }
  // The remote API may be switched off.
  SG_ASSIGN(const auto space,
            transport_.ask_as(caller, {.path = {"rest", "api", "space", scope_key},
                                       .query = {{"expand", "operations"}}}));
  return space.status == 200 && may_write_pages(space.json["operations"]);
}

Status ConfluenceHost::each_result_as(const CallerCredential& caller, Question question,
                                      int64_t most, const std::function<void(JsonView)>& each) {
  const Query query = question.query;
  int64_t start = 0;
  while (start < most) {
    question.query = query;
    question.query.emplace_back("start", std::to_string(start));
    question.query.emplace_back("limit", std::to_string(kCallerPage));
    SG_ASSIGN(const auto answer, transport_.ask_as(caller, question));
    if (answer.status != 200) return {};
    const JsonView results = answer.json["results"];
    for (size_t i = 0; i < results.size(); ++i) each(results.at(i));
    if (results.size() == 0 || !answer.json["_links"]["next"].is_string()) return {};
    start += static_cast<int64_t>(results.size());
  }
  return {};
}

Result<std::vector<std::string>> ConfluenceHost::caller_groups(const CallerCredential& caller) {
  SG_ASSIGN(const auto me, caller_identity(caller));
  std::vector<std::string> groups;
  SG_TRY(each_result_as(
      caller, {.path = {"rest", "api", "user", "memberof"}, .query = {{"username", me.name}}},
      kMostGroups, [&](JsonView group) { groups.push_back(group["name"].text()); }));
  return groups;
}

Result<std::vector<std::string>> ConfluenceHost::visible_scopes(const CallerCredential& caller) {
  std::vector<std::string> keys;
  for (const char* status : {"current", "archived"}) {
    SG_TRY(each_result_as(caller, {.path = {"rest", "api", "space"}, .query = {{"status", status}}},
                          kMostScopes,
                          [&](JsonView space) { keys.push_back(space["key"].text()); }));
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

Result<std::vector<std::string>> ConfluenceHost::visible_items(
    const CallerCredential& caller, const std::vector<std::string>& item_ids) {
  std::vector<std::string> visible;
  for (size_t begin = 0; begin < item_ids.size(); begin += kIdsInCql) {
    const size_t end = std::min(item_ids.size(), begin + kIdsInCql);
    std::string list;
    for (size_t i = begin; i < end; ++i) {
      if (item_ids[i].find_first_not_of("0123456789") != std::string::npos) continue;
      if (!list.empty()) list += ',';
      list += item_ids[i];
    }
    if (list.empty()) continue;
    SG_TRY(each_result_as(
        caller,
        {.path = {"rest", "api", "content", "search"}, .query = {{"cql", "id in (" + list + ")"}}},
        static_cast<int64_t>(kIdsInCql),
        [&](JsonView content) { visible.push_back(content["id"].text()); }));
  }
  return visible;
}

}  // namespace spillguard::hosts
