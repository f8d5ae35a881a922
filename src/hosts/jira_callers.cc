// What a caller may see and edit in Jira, beyond single yes and no.
#include <algorithm>

#include "hosts/jira_host.h"

namespace spillguard::hosts {
namespace {

// So many ids in one address: proxies take 8 KB.
constexpr size_t kIdsInSearch = 250;

}  // namespace

Result<bool> JiraHost::can_edit_scope(const CallerCredential& caller,
                                      const std::string& scope_key) {
  if (scope_key.empty()) return false;
  SG_ASSIGN(const auto answer, permissions(caller, scope_key));
  return answer.status == 200 &&
         answer.json["permissions"]["EDIT_ISSUES"]["havePermission"].boolean();
}

Result<bool> JiraHost::may_administer_any(const CallerCredential& caller) {
  // Without a project a permission of projects means: in at least one of them.
  SG_ASSIGN(const auto answer, permissions(caller, ""));
  return answer.status != 200 ||
         answer.json["permissions"]["ADMINISTER_PROJECTS"]["havePermission"].boolean(true);
}

Result<std::vector<std::string>> JiraHost::caller_groups(const CallerCredential& caller) {
  SG_ASSIGN(const auto answer, transport_.ask_as(caller, {.path = {"rest", "api", "2", "myself"},
                                                          .query = {{"expand", "groups"}}}));
  std::vector<std::string> groups;
  const JsonView items = answer.json["groups"]["items"];
  for (size_t i = 0; i < items.size(); ++i) groups.push_back(items.at(i)["name"].text());
  return groups;
}

Result<std::vector<std::string>> JiraHost::visible_scopes(const CallerCredential& caller) {
  SG_ASSIGN(const auto answer, transport_.ask_as(caller, {.path = {"rest", "api", "2", "project"},
                                                          .query = {{"includeArchived", "true"}}}));
  std::vector<std::string> keys;
  const JsonView list = answer.json.root();
  for (size_t i = 0; list.is_array() && i < list.size(); ++i) {
    keys.push_back(list.at(i)["key"].text());
  }
  return keys;
}

Result<std::vector<std::string>> JiraHost::visible_items(const CallerCredential& caller,
                                                         const std::vector<std::string>& item_ids) {
  std::vector<std::string> visible;
  for (size_t begin = 0; begin < item_ids.size(); begin += kIdsInSearch) {
    const size_t end = std::min(item_ids.size(), begin + kIdsInSearch);
    std::string list;
    for (size_t i = begin; i < end; ++i) {
      // Ids are numbers; anything else has no place in a query.
      if (item_ids[i].find_first_not_of("0123456789") != std::string::npos) continue;
      if (!list.empty()) list += ',';
      list += item_ids[i];
    }
    if (list.empty()) continue;
    // Without validation: an id that the caller can not see is an error otherwise.
    auto answer = transport_.ask_as(caller, {.path = {"rest", "api", "2", "search"},
                                             .query = {{"jql", "id in (" + list + ")"},
                                                       {"fields", "project"},
                                                       {"maxResults", std::to_string(kIdsInSearch)},
                                                       {"validateQuery", "false"}}});
    if (!answer) return fail(std::move(answer).error());
    const JsonView issues = answer->json["issues"];
    for (size_t i = 0; i < issues.size(); ++i) visible.push_back(issues.at(i)["id"].text());
  }
  return visible;
}

}  // namespace spillguard::hosts
