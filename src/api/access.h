// Who is calling and what they may do here. The host decides, asked with the caller's own
// credential.
#pragma once

#include <string>
#include <vector>

#include "api/context.h"
#include "base/error.h"
#include "http/message.h"

namespace spillguard::api {

struct Caller {
  hosts::Identity identity;
  hosts::CallerCredential credential;
  bool by_session = false;  // logged in at our own login
};

// The credential of a request that has none of our own sessions: the Authorization header, else the
// host's session cookies (an allow-list of names).
hosts::CallerCredential credential_of(const http::Request& request);

// By the Authorization header, else by a session of our own (api/session.h), else by the host's.
// kUnauthenticated without a valid credential; kPermissionDenied for a cross-site request.
Result<Caller> authenticate(const ApiContext& context, const http::Request& request);

// Cross-site request forgery, as the hosts do it: requests that change something and come with
// cookies only must say X-Atlassian-Token: no-check or carry JSON, and come from our own origin.
// With Basic, which browsers add by themselves as well, one that says that it comes from a page of
// another origin must have that header.
Status check_xsrf(const ApiContext& context, const http::Request& request);
// The same for a request that comes with one of our sessions: the session's token must be in its
// header.
Status check_session_xsrf(const ApiContext& context, const http::Request& request,
                          std::string_view xsrf_token);

// What an action needs; docs/api.md has the table, tests/service/test_matrix.py holds it against
// the server. Explicit access is what somebody gave in the settings (store/permissions.h).
enum class Right {
  kManage,  // product administrators, and those with explicit access to the site
  kScope,   // administrators of product or scope; explicit access to site or scope, if they see it
  kReview,  // as kScope, and on Confluence whoever may edit in the space
};

// kPermissionDenied unless the caller administers the product or has explicit access to the site.
Status require_manage(const ApiContext& context, const Caller& caller);
// For what explicit access does not give (the product's own audit log).
Status require_product_admin(const ApiContext& context, const Caller& caller);
// kNotFound when the caller can not see the scope, kPermissionDenied when they see it only.
Status require_scope(const ApiContext& context, const Caller& caller, Right right,
                     const std::string& scope_key);

// Whether the caller has explicit access to the site, or to a scope of it.
Result<bool> has_explicit_access(const ApiContext& context, const Caller& caller,
                                 int64_t scope_id = 0);
// The scopes of the site in which the caller has Right::kScope, as the store lists them.
Result<std::vector<store::Scope>> allowed_scopes(const ApiContext& context, const Caller& caller);

}  // namespace spillguard::api
