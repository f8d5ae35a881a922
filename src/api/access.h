// Who is calling and what they may do here. The host decides, asked with the caller's own
// credential.
#pragma once

#include <string>

#include "api/context.h"
#include "base/error.h"
#include "http/message.h"

namespace spillguard::api {

struct Caller {
  hosts::Identity identity;
  hosts::CallerCredential credential;
};

// The credential of a request: the Authorization header, else the host's session cookies (an
// allow-list of names).
hosts::CallerCredential credential_of(const http::Request& request);

// kUnauthenticated without a valid credential; kPermissionDenied for a cross-site request.
Result<Caller> authenticate(const ApiContext& context, const http::Request& request);

// Cross-site request forgery, as the hosts do it: requests that change something and come with
// cookies only must say X-Atlassian-Token: no-check or carry JSON, and come from our own origin.
Status check_xsrf(const ApiContext& context, const http::Request& request);

Status require_product_admin(const ApiContext& context, const Caller& caller);
// kNotFound when the caller can not see the scope, kPermissionDenied when they do not administer
// it.
Status require_scope_admin(const ApiContext& context, const Caller& caller,
                           const std::string& scope_key);

}  // namespace spillguard::api
