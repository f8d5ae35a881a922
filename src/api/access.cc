#include "api/access.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "api/session.h"
#include "base/strings.h"
#include "store/permissions.h"

namespace spillguard::api {
namespace {

bool changes_something(const http::Request& request) {
  return request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
}

std::string_view media_type(const http::Request& request) {
  const std::string_view value = request.headers.get("Content-Type").value_or("");
  return trim(value.substr(0, value.find(';')));
}

// "https://host:port" of an Origin or Referer, lower case.
std::string origin_of(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return to_lower(url);
  const size_t path = url.find('/', scheme + 3);
  return to_lower(url.substr(0, path));
}

}  // namespace

hosts::CallerCredential credential_of(const http::Request& request) {
  hosts::CallerCredential credential;
  if (const auto authorization = request.headers.get("Authorization")) {
    credential.authorization = Secret(std::string(*authorization));
    return credential;
  }
  credential.cookies = hosts::allowed_cookies(request.headers.get("Cookie").value_or(""));
  return credential;
}

namespace {

// The page that a browser says the request comes from is one of ours: at the host's address, or at
// the address that the request itself was sent to. No page can choose the latter.
bool is_own_origin(const ApiContext& context, const http::Request& request, std::string_view from) {
  const std::string origin = origin_of(from);
  if (origin == origin_of(context.public_url)) return true;
  const std::string host = to_lower(request.headers.get("Host").value_or(""));
  return !host.empty() && (origin == "https://" + host || origin == "http://" + host);
}

}  // namespace

Status check_xsrf(const ApiContext& context, const http::Request& request) {
  if (!changes_something(request)) return {};
  const std::string token = to_lower(request.headers.get("X-Atlassian-Token").value_or(""));
  const bool no_check = token == "no-check" || token == "nocheck";
  const auto origin = request.headers.get("Origin");
  const auto from = origin ? origin : request.headers.get("Referer");
  const bool foreign = from && !is_own_origin(context, request, *from);
  if (const auto authorization = request.headers.get("Authorization")) {
    // Browsers add a Basic login by themselves, too, to whatever a page sends to us. A header of
    // its own no page of another origin can send without being asked about it.
    const bool ambient = starts_with_ignore_case(trim(*authorization), "basic ");
    if (!ambient || !foreign || no_check) return {};
    return fail(Code::kPermissionDenied,
                "XSRF check failed: the request comes from a page of another site; scripts send "
                "the header X-Atlassian-Token: no-check.");
  }
  if (!no_check && !equals_ignore_case(media_type(request), "application/json")) {
    return fail(
        Code::kPermissionDenied,
        "XSRF check failed: send the header X-Atlassian-Token: no-check, or log in with Basic "
        "or Bearer instead of cookies.");
  }
  if (foreign) {
    return fail(Code::kPermissionDenied, "XSRF check failed: the request comes from another site.");
  }
  return {};
}

Status check_session_xsrf(const ApiContext& context, const http::Request& request,
                          std::string_view xsrf_token) {
  if (!changes_something(request)) return {};
  const auto origin = request.headers.get("Origin");
  const auto from = origin ? origin : request.headers.get("Referer");
  if (from && !is_own_origin(context, request, *from)) {
    return fail(Code::kPermissionDenied, "XSRF check failed: the request comes from another site.");
  }
  if (equal_constant_time(request.headers.get(kXsrfHeader).value_or(""), xsrf_token)) return {};
  return fail(
      Code::kPermissionDenied,
      fmt::format("XSRF check failed: send the session's xsrfToken (GET session tells it) in "
                  "the header {}.",
                  kXsrfHeader));
}

namespace {

// With the right of whatever the request has; empty when that is nothing.
Result<Caller> caller_of(const ApiContext& context, const http::Request& request) {
  Caller caller;
  if (!request.headers.has("Authorization")) {
    SG_ASSIGN(auto session, session_of(context, request));
    if (session) {
      SG_TRY(check_session_xsrf(context, request, session->xsrf_token));
      caller.credential = std::move(session->credential);
      caller.by_session = true;
      return caller;
    }
  }
  SG_TRY(check_xsrf(context, request));
  caller.credential = credential_of(request);
  return caller;
}

}  // namespace

Result<Caller> authenticate(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(auto caller, caller_of(context, request));
  if (caller.credential.empty()) {
    return fail(
        Code::kUnauthenticated,
        fmt::format("Log in with the name and password (Basic) or a personal access token (Bearer) "
                    "of your {} account.",
                    context.is_jira() ? "Jira" : "Confluence"));
  }
  SG_ASSIGN(caller.identity,
            context.callers.authenticate(caller.credential, request.remote_address));
  return caller;
}

Result<bool> has_explicit_access(const ApiContext& context, const Caller& caller,
                                 int64_t scope_id) {
  store::Permissions permissions(context.store.database());
  SG_ASSIGN(auto entries, permissions.list(context.site.id));
  if (scope_id != 0) {
    SG_ASSIGN(const auto own, permissions.list(context.site.id, scope_id));
    entries.insert(entries.end(), own.begin(), own.end());
  }
  using Type = store::EntityPermission::Type;
  bool any_group = false;
  for (const store::EntityPermission& entry : entries) {
    // By key: names are given anew to others. Hosts from before keys have the name as key.
    if (entry.type == Type::kUser && entry.id_or_key == caller.identity.key) return true;
    any_group = any_group || entry.type == Type::kGroup;
  }
  if (!any_group) return false;
  SG_ASSIGN(const auto groups, context.callers.groups(caller.credential));
  return std::any_of(entries.begin(), entries.end(), [&](const store::EntityPermission& entry) {
    return entry.type == Type::kGroup &&
           std::find(groups.begin(), groups.end(), entry.id_or_key) != groups.end();
  });
}

Status require_product_admin(const ApiContext& context, const Caller& caller) {
  SG_ASSIGN(const bool admin, context.callers.is_product_admin(caller.credential));
  if (admin) return {};
  return fail(
      Code::kPermissionDenied,
      fmt::format("{} is not an administrator of this {}; ask one to do this or to make you one.",
                  caller.identity.name, context.is_jira() ? "Jira" : "Confluence"));
}

Status require_manage(const ApiContext& context, const Caller& caller) {
  SG_ASSIGN(const bool admin, context.callers.is_product_admin(caller.credential));
  if (admin) return {};
  SG_ASSIGN(const bool listed, has_explicit_access(context, caller));
  if (listed) return {};
  return fail(Code::kPermissionDenied,
              fmt::format("{} is not an administrator of this {} and has no explicit access; ask "
                          "an administrator for one of the two.",
                          caller.identity.name, context.is_jira() ? "Jira" : "Confluence"));
}

namespace {

// Explicit access counts for who can see the scope, and its own entries when we know the scope.
Result<bool> explicit_in_scope(const ApiContext& context, const Caller& caller,
                               const std::string& scope_key) {
  const auto scope = context.store.scope_by_key(context.site.id, scope_key);
  if (!scope && scope.error().code != Code::kNotFound) return fail(scope.error());
  return has_explicit_access(context, caller, scope ? scope->id : 0);
}

}  // namespace

Status require_scope(const ApiContext& context, const Caller& caller, Right right,
                     const std::string& scope_key) {
  // The host's own 404 comes first: what follows is for those who see the scope.
  SG_ASSIGN(const bool admin, context.callers.is_scope_admin(caller.credential, scope_key));
  if (admin) return {};
  SG_ASSIGN(const bool listed, explicit_in_scope(context, caller, scope_key));
  if (listed) return {};
  if (right == Right::kReview && !context.is_jira()) {
    SG_ASSIGN(const bool edits, context.callers.can_edit_scope(caller.credential, scope_key));
    if (edits) return {};
  }
  return fail(
      Code::kPermissionDenied,
      fmt::format(
          "{0} does not administer the {1} {2} and has no explicit access{3}; ask an "
          "administrator of the {1}.",
          caller.identity.name, context.scope_word(), scope_key,
          right == Right::kReview && !context.is_jira() ? ", nor may they edit in it" : ""));
}

Result<std::vector<store::Scope>> allowed_scopes(const ApiContext& context, const Caller& caller) {
  SG_ASSIGN(auto scopes, context.store.scopes(context.site.id));
  SG_ASSIGN(const bool admin, context.callers.is_product_admin(caller.credential));
  if (admin) return scopes;
  SG_ASSIGN(const auto visible, context.callers.visible_scopes(caller.credential));
  const std::unordered_set<std::string> seen(visible.begin(), visible.end());
  std::erase_if(scopes, [&](const store::Scope& scope) { return !seen.contains(scope.key); });
  SG_ASSIGN(const bool listed, has_explicit_access(context, caller));
  if (listed) return scopes;
  SG_ASSIGN(const bool administers, context.callers.may_administer_any(caller.credential));
  std::vector<store::Scope> allowed;
  for (store::Scope& scope : scopes) {
    // A scope that went out of sight a moment ago is none of theirs.
    auto may = administers ? context.callers.is_scope_admin(caller.credential, scope.key)
                           : Result<bool>(false);
    if (!may && may.error().code == Code::kNotFound) continue;
    if (!may) return fail(std::move(may).error());
    if (!*may) {
      SG_ASSIGN(may, has_explicit_access(context, caller, scope.id));
    }
    if (*may) allowed.push_back(std::move(scope));
  }
  return allowed;
}

}  // namespace spillguard::api
