#include "hosts/jira_host.h"

#include "base/time.h"

namespace spillguard::hosts {

namespace {

// A new custom field is known to the next reading after this time at the latest.
constexpr int64_t kFieldsKeptMs = 10 * 60 * 1000;
// Clocks drift apart slowly.
constexpr int64_t kTimeKeptMs = 60 * 60 * 1000;

Identity jira_identity(const Json& me) {
  return {.name = me["name"].text(),
          .key = me["key"].text(),
          .display_name = me["displayName"].text(),
          .time_zone = me["timeZone"].text()};
}

HostScope jira_scope(JsonView project) {
  return {.id = project["id"].text(),
          .key = project["key"].text(),
          .name = project["name"].text(),
          .personal = false,
          .archived = project["archived"].boolean()};
}

bool has_permission(const Json& permissions, std::string_view name) {
  return permissions["permissions"][name]["havePermission"].boolean();
}

}  // namespace

Result<Identity> JiraHost::identify() {
  SG_ASSIGN(const auto answer, transport_.ask({.path = {"rest", "api", "2", "myself"}}));
  Identity identity = jira_identity(answer.json);
  if (identity.name.empty() || identity.key.empty()) {
    return fail(Code::kUnauthenticated,
                options().name + ": the host does not know who we are; check the credential");
  }
  if (transport_.expected_identity().empty()) transport_.expect_identity(identity.name);
  if (transport_.expected_identity() != identity.name) {
    return fail(Code::kUnauthenticated, "identity changed: the host takes us for " + identity.name +
                                            " instead of " + transport_.expected_identity());
  }
  return identity;
}

Status JiraHost::confirm_identity(int64_t max_age_ms) {
  if (transport_.named_within(max_age_ms)) return {};
  SG_TRY(identify());
  return {};
}

Result<TimeMs> JiraHost::host_time() {
  {
    const std::lock_guard lock(mutex_);
    if (time_read_ != 0 && monotonic_ms() - time_read_ < kTimeKeptMs) {
      return monotonic_ms() + time_offset_;
    }
  }
  // The application's own clock; a proxy's Date may be another. Free of rate limits.
  auto info = transport_.ask({.path = {"rest", "api", "2", "serverInfo"}});
  if (!info && info.error().code == Code::kUnauthenticated) return fail(std::move(info).error());
  TimeMs time = info ? info->json["serverTime"].time() : 0;
  if (time == 0) time = transport_.date();
  if (time == 0 && !info) return fail(std::move(info).error());
  if (time == 0) return fail(Code::kCorrupt, "the host does not tell its time (serverInfo, Date)");
  const std::lock_guard lock(mutex_);
  time_read_ = monotonic_ms();
  time_offset_ = time - time_read_;
  return time;
}

Status JiraHost::ensure_identity() {
  if (!transport_.expected_identity().empty()) return {};
  SG_TRY(identify());
  return {};
}

Result<std::vector<HostScope>> JiraHost::list_scopes() {
  SG_TRY(ensure_identity());
  SG_ASSIGN(const auto answer, transport_.ask({.path = {"rest", "api", "2", "project"},
                                               .query = {{"includeArchived", "true"}}}));
  const JsonView list = answer.json.root();
  if (!list.is_array()) return fail(Code::kCorrupt, "the host's list of projects is no list");
  std::vector<HostScope> scopes;
  for (size_t i = 0; i < list.size(); ++i) {
    HostScope scope = jira_scope(list.at(i));
    if (!scope.id.empty() && !scope.key.empty()) scopes.push_back(std::move(scope));
  }
  return scopes;
}

Result<HostScope> JiraHost::find_scope(const std::string& key) {
  SG_TRY(ensure_identity());
  SG_ASSIGN(const auto answer, transport_.ask({.path = {"rest", "api", "2", "project", key}}));
  HostScope scope = jira_scope(answer.json.root());
  if (scope.id.empty() || scope.key.empty()) {
    return fail(Code::kCorrupt, "the host's project " + key + " has no id or key");
  }
  return scope;
}

Result<std::shared_ptr<const JiraFields>> JiraHost::fields() {
  {
    const std::lock_guard lock(mutex_);
    if (fields_ != nullptr && monotonic_ms() - fields_read_ < kFieldsKeptMs) return fields_;
  }
  SG_ASSIGN(const auto answer, transport_.ask({.path = {"rest", "api", "2", "field"}}));
  auto read = std::make_shared<const JiraFields>(answer.json.root());
  const std::lock_guard lock(mutex_);
  fields_ = read;
  fields_read_ = monotonic_ms();
  return read;
}

Status JiraHost::read_version(const ItemRef& item, TimeMs /*created_when*/, ItemSink& /*sink*/) {
  return fail(Code::kUnsupported, item.key + ": issues have no versions to scan");
}

Result<int64_t> JiraHost::find_version(const ItemRef& item, TimeMs /*created_when*/) {
  return fail(Code::kUnsupported, item.key + ": issues have no versions");
}

Result<Identity> JiraHost::caller_identity(const CallerCredential& caller) {
  SG_ASSIGN(const auto answer, transport_.ask_as(caller, {.path = {"rest", "api", "2", "myself"}}));
  Identity identity = jira_identity(answer.json);
  // A 200 without an identity is anonymous; a name that differs from the header's is a proxy's
  // cached answer to somebody else.
  if (answer.status != 200 || identity.name.empty() || identity.key.empty() ||
      answer.user != identity.name) {
    return fail(Code::kUnauthenticated, std::string(kLoginRefused));
  }
  return identity;
}

Result<Transport::CallerAnswer> JiraHost::permissions(const CallerCredential& caller,
                                                      const std::string& project_key) {
  Question question{.path = {"rest", "api", "2", "mypermissions"}};
  if (!project_key.empty()) question.query.emplace_back("projectKey", project_key);
  SG_ASSIGN(auto answer, transport_.ask_as(caller, question));
  if (answer.status == 200 && answer.user.empty()) {
    return fail(Code::kUnauthenticated, "the host does not say whom it takes the caller for");
  }
  return answer;
}

Result<bool> JiraHost::is_product_admin(const CallerCredential& caller) {
  SG_ASSIGN(const auto answer, permissions(caller, ""));
  return answer.status == 200 &&
         (has_permission(answer.json, "ADMINISTER") || has_permission(answer.json, "SYSTEM_ADMIN"));
}

Result<bool> JiraHost::is_scope_admin(const CallerCredential& caller,
                                      const std::string& scope_key) {
  if (scope_key.empty()) return fail(Code::kNotFound, "no project named");
  SG_ASSIGN(const auto answer, permissions(caller, scope_key));
  const bool known = answer.status == 200;
  if (known &&
      (has_permission(answer.json, "ADMINISTER_PROJECTS") ||
       has_permission(answer.json, "ADMINISTER") || has_permission(answer.json, "SYSTEM_ADMIN"))) {
    return true;
  }
  if (!known || !has_permission(answer.json, "BROWSE_PROJECTS")) {
    return fail(Code::kNotFound, "no project " + scope_key + ", or it is not visible to you");
  }
  return false;
}

Result<bool> JiraHost::can_view_scope(const CallerCredential& caller,
                                      const std::string& scope_key) {
  // Without a project the host would answer for "any project".
  if (scope_key.empty()) return false;
  SG_ASSIGN(const auto answer, permissions(caller, scope_key));
  return answer.status == 200 &&
         (has_permission(answer.json, "BROWSE_PROJECTS") ||
          has_permission(answer.json, "ADMINISTER") || has_permission(answer.json, "SYSTEM_ADMIN"));
}

Result<bool> JiraHost::can_view_item(const CallerCredential& caller, const std::string& item_id) {
  if (item_id.empty()) return false;
  SG_ASSIGN(const auto answer,
            transport_.ask_as(caller, {.path = {"rest", "api", "2", "issue", item_id},
                                       .query = {{"fields", "project"}}}));
  return answer.status == 200 && !answer.json["id"].text().empty();
}

}  // namespace spillguard::hosts
