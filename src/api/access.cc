#include "api/access.h"

#include <fmt/format.h>

#include "base/strings.h"

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

Status check_xsrf(const ApiContext& context, const http::Request& request) {
  if (!changes_something(request) || request.headers.has("Authorization")) return {};
  const std::string token = to_lower(request.headers.get("X-Atlassian-Token").value_or(""));
  if (token != "no-check" && token != "nocheck" &&
      !equals_ignore_case(media_type(request), "application/json")) {
    return fail(
        Code::kPermissionDenied,
        "XSRF check failed: send the header X-Atlassian-Token: no-check, or log in with Basic "
        "or Bearer instead of cookies.");
  }
  const auto origin = request.headers.get("Origin");
  const auto from = origin ? origin : request.headers.get("Referer");
  if (from && origin_of(*from) != origin_of(context.public_url)) {
    return fail(Code::kPermissionDenied, "XSRF check failed: the request comes from another site.");
  }
  return {};
}

Result<Caller> authenticate(const ApiContext& context, const http::Request& request) {
  SG_TRY(check_xsrf(context, request));
  Caller caller;
  caller.credential = credential_of(request);
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

Status require_product_admin(const ApiContext& context, const Caller& caller) {
  SG_ASSIGN(const bool admin, context.callers.is_product_admin(caller.credential));
  if (admin) return {};
  return fail(
      Code::kPermissionDenied,
      fmt::format("{} is not an administrator of this {}; ask one to do this or to make you one.",
                  caller.identity.name, context.is_jira() ? "Jira" : "Confluence"));
}

Status require_scope_admin(const ApiContext& context, const Caller& caller,
                           const std::string& scope_key) {
  SG_ASSIGN(const bool admin, context.callers.is_scope_admin(caller.credential, scope_key));
  if (admin) return {};
  return fail(Code::kPermissionDenied,
              fmt::format("{0} does not administer the {1} {2}; ask an administrator of the {1}.",
                          caller.identity.name, context.scope_word(), scope_key));
}

}  // namespace spillguard::api
