#include "hosts/confluence_host.h"

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "base/strings.h"
#include "hosts/jira_issue.h"

namespace spillguard::hosts {

namespace {

constexpr int64_t kSpacePage = 500;
constexpr int64_t kVersionPage = 200;

Identity confluence_identity(const Json& me) {
  return {.name = me["username"].text(),
          .key = me["userKey"].text(),
          .display_name = me["displayName"].text(),
          .time_zone = {}};
}

bool is_known_user(const Json& me, const Identity& identity) {
  return me["type"].string() == "known" && !identity.name.empty() && !identity.key.empty();
}

HostScope confluence_scope(JsonView space) {
  return {
      .id = space["id"].text(),
      .key = space["key"].text(),
      .name = space["name"].text(),
      .personal = space["type"].string() == "personal" || space["key"].string().starts_with('~'),
      .archived = space["status"].string() == "archived"};
}

Question current_user() { return {.path = {"rest", "api", "user", "current"}}; }

}  // namespace

Result<Identity> ConfluenceHost::identify() {
  SG_ASSIGN(const auto answer, transport_.ask(current_user()));
  Identity identity = confluence_identity(answer.json);
  if (!is_known_user(answer.json, identity)) {
    return fail(Code::kUnauthenticated,
                options().name + ": the host takes us for anonymous; check the credential");
  }
  if (transport_.expected_identity().empty()) transport_.expect_identity(identity.name);
  if (transport_.expected_identity() != identity.name) {
    return fail(Code::kUnauthenticated, "identity changed: the host takes us for " + identity.name +
                                            " instead of " + transport_.expected_identity());
  }
  return identity;
}

Status ConfluenceHost::confirm_identity(int64_t max_age_ms) {
  if (transport_.named_within(max_age_ms)) return {};
  SG_TRY(identify());
  return {};
}

Result<TimeMs> ConfluenceHost::host_time() {
  // No question tells it; every answer's Date does, if a proxy's clock is right.
  if (transport_.date() == 0) SG_TRY(identify());
  const TimeMs date = transport_.date();
  return date > 0 ? date : now_ms();
}

Status ConfluenceHost::ensure_identity() {
  if (!transport_.expected_identity().empty()) return {};
  SG_TRY(identify());
  return {};
}

Status ConfluenceHost::each_result(Question question, int64_t limit, Failure* failure,
                                   const std::function<Status(JsonView)>& each) {
  const Query query = question.query;
  int64_t start = 0;
  while (true) {
    Failure failed;
    question.query = query;
    question.query.emplace_back("start", std::to_string(start));
    question.query.emplace_back("limit", std::to_string(limit));
    question.attempts = limit > 1 ? 2 : 0;
    question.failure = &failed;
    auto answer = transport_.ask(question);
    if (!answer) {
      if (!ends_reading(answer.error(), failed) && failed.smaller && limit > 1) {
        limit = std::max<int64_t>(1, limit / 4);
        continue;
      }
      if (failure != nullptr) *failure = failed;
      return fail(std::move(answer).error());
    }
    const JsonView results = answer->json["results"];
    if (!results.is_array()) return fail(Code::kCorrupt, "the host's list has no results");
    for (size_t i = 0; i < results.size(); ++i) SG_TRY(each(results.at(i)));
    // The next link's own offset is not to be trusted, and it may be there though nothing follows.
    if (results.size() == 0 || !answer->json["_links"]["next"].is_string()) return {};
    start += static_cast<int64_t>(results.size());
  }
}

Result<std::vector<HostScope>> ConfluenceHost::list_scopes() {
  SG_TRY(ensure_identity());
  std::vector<HostScope> scopes;
  std::set<std::string> seen;
  // Without a status it is not certain whether archived spaces are listed: both are asked for.
  for (const char* status : {"current", "archived"}) {
    for (const char* type : {"global", "personal"}) {
      const Question question{.path = {"rest", "api", "space"},
                              .query = {{"type", type}, {"status", status}}};
      SG_TRY(each_result(question, kSpacePage, nullptr, [&](JsonView space) -> Status {
        HostScope scope = confluence_scope(space);
        if (scope.key.empty() || !seen.insert(scope.key).second) return {};
        if (std::string_view(status) == "archived" && !space["status"].exists()) {
          scope.archived = true;
        }
        scopes.push_back(std::move(scope));
        return {};
      }));
    }
  }
  return scopes;
}

Result<HostScope> ConfluenceHost::find_scope(const std::string& key) {
  SG_TRY(ensure_identity());
  SG_ASSIGN(const auto answer, transport_.ask({.path = {"rest", "api", "space", key}}));
  HostScope scope = confluence_scope(answer.json.root());
  // Keys differ by case, whatever the host's database thinks of that.
  if (scope.key != key) return fail(Code::kNotFound, "no space " + key);
  return scope;
}

Result<Answer> ConfluenceHost::ask_content(const ItemRef& item, bool body, Failure* failure) {
  Question question{.path = {"rest", "api", "content", item.id},
                    .query = {{"expand", body ? "body.storage,version,history,space,metadata.labels"
                                              : "version,history,space"}},
                    .failure = failure};
  if (!item.status.empty()) question.query.emplace_back("status", item.status);
  return transport_.ask(question);
}

Status ConfluenceHost::read_space(const PageRequest& request, ItemSink& sink) {
  const HostScope& scope = request.scope;
  SG_ASSIGN(const auto answer, transport_.ask({.path = {"rest", "api", "space", scope.key},
                                               .query = {{"expand", "description.plain"}}}));
  const JsonView space = answer.json.root();
  if (space["key"].text() != scope.key) return fail(Code::kNotFound, "no space " + scope.key);
  ItemRef ref;
  ref.id = "scope:" + scope.id;
  ref.key = scope.key;
  ref.kind = ItemKind::kPage;
  ref.scope_id = scope.id;
  ref.scope_key = scope.key;
  ref.title = space["name"].text();
  ref.link = "/spaces/viewspacesummary.action?key=" + percent_encode(scope.key);
  return emit_scope(
      std::move(ref),
      {{"scope_description", scope.id, space["description"]["plain"]["value"].text()}}, request,
      sink);
}

Result<std::vector<ContentVersion>> ConfluenceHost::list_versions(const std::string& id,
                                                                  Failure* failure) {
  std::vector<ContentVersion> versions;
  std::set<int64_t> seen;
  SG_TRY(each_result({.path = {"rest", "experimental", "content", id, "version"}}, kVersionPage,
                     failure, [&](JsonView record) -> Status {
                       if (record["number"].integer() < 1) return {};
                       ContentVersion version = ContentVersion::read(record);
                       if (seen.insert(version.number).second) versions.push_back(version);
                       return {};
                     }));
  return versions;
}

Result<std::vector<int64_t>> ConfluenceHost::version_numbers(const std::string& item_id) {
  SG_ASSIGN(const auto versions, list_versions(item_id, nullptr));
  std::vector<int64_t> numbers;
  numbers.reserve(versions.size());
  for (const ContentVersion& version : versions) numbers.push_back(version.number);
  return numbers;
}

Result<ItemRef> ConfluenceHost::find_item(const std::string& key_or_id) {
  SG_TRY(ensure_identity());
  ItemRef asked;
  asked.id = key_or_id;
  auto answer = ask_content(asked, false, nullptr);
  // Drafts and what is in the trash are there only when asked for by that name.
  for (const auto& [status, wanted] :
       {std::pair("draft", options().drafts), std::pair("trashed", options().trash)}) {
    if (answer || answer.error().code != Code::kNotFound || !wanted) continue;
    asked.status = status;
    answer = ask_content(asked, false, nullptr);
  }
  if (!answer) return fail(std::move(answer).error());
  return confluence_ref(answer->json.root());
}

Result<ItemRef> ConfluenceHost::find_owner(const std::string& id) {
  SG_TRY(ensure_identity());
  // In the trash, too: what was put there is read again with what it hung on.
  SG_ASSIGN(const auto answer,
            transport_.ask({.path = {"rest", "api", "content", id},
                            .query = {{"status", "any"}, {"expand", "version,container"}}}));
  const std::string_view type = answer.json["type"].string();
  if (type == "page" || type == "blogpost") return find_item(id);
  const std::string owner = answer.json["container"]["id"].text();
  if (owner.empty()) return fail(Code::kNotFound, "content " + id + " belongs to no page");
  return find_item(owner);
}

Result<Identity> ConfluenceHost::caller_identity(const CallerCredential& caller) {
  SG_ASSIGN(const auto answer, transport_.ask_as(caller, current_user()));
  Identity identity = confluence_identity(answer.json);
  if (answer.status != 200 || !is_known_user(answer.json, identity) ||
      (!answer.user.empty() && answer.user != identity.name)) {
    return fail(Code::kUnauthenticated, std::string(kLoginRefused));
  }
  return identity;
}

Result<bool> ConfluenceHost::is_product_admin(const CallerCredential& caller) {
  SG_ASSIGN(const auto audit, transport_.ask_as(caller, {.path = {"rest", "api", "audit"},
                                                         .query = {{"limit", "1"}}}));
  if (audit.status == 200) return audit.json["results"].is_array();
  if (audit.status == 403) return false;
  // No audit log here: only administrators may list somebody's global permissions.
  SG_ASSIGN(const auto me, caller_identity(caller));
  SG_ASSIGN(const auto permissions,
            transport_.ask_as(caller, {.path = {"rest", "api", "permissions", "user", me.name}}));
  return permissions.status == 200;
}

Result<bool> ConfluenceHost::is_scope_admin(const CallerCredential& caller,
                                            const std::string& scope_key) {
  SG_ASSIGN(const bool visible, can_view_scope(caller, scope_key));
  if (!visible) {
    return fail(Code::kNotFound, "no space " + scope_key + ", or it is not visible to you");
  }
  // The trash is open to the space's administrators alone.
  SG_ASSIGN(const auto trash,
            transport_.ask_as(caller, {.path = {"rest", "api", "space", scope_key, "trash"},
                                       .query = {{"limit", "1"}}}));
  if (trash.status == 200 && trash.json["results"].is_array()) return true;
  return is_product_admin(caller);
}

Result<bool> ConfluenceHost::can_view_scope(const CallerCredential& caller,
                                            const std::string& scope_key) {
  if (scope_key.empty()) return false;
  SG_ASSIGN(const auto space,
            transport_.ask_as(caller, {.path = {"rest", "api", "space", scope_key}}));
  return space.status == 200 && space.json["key"].text() == scope_key;
}

Result<bool> ConfluenceHost::can_view_item(const CallerCredential& caller,
                                           const std::string& item_id) {
  if (item_id.empty()) return false;
  SG_ASSIGN(const auto content,
            transport_.ask_as(caller, {.path = {"rest", "api", "content", item_id},
                                       .query = {{"status", "any"}, {"expand", "version"}}}));
  return content.status == 200 && content.json["id"].text() == item_id;
}

}  // namespace spillguard::hosts
