// Audit events of requests: who and from where come from the request, the rest from the handler.
#pragma once

#include <string>

#include "api/access.h"
#include "store/audit.h"

namespace spillguard::api {

// To be appended in the transaction of what it tells (store::append_audit), or alone (AuditLog).
// `details` is a JSON object without any found text; see store/audit.h.
inline store::AuditEvent audit_event(const ApiContext& context, const Caller& caller,
                                     const http::Request& request, store::AuditKind kind,
                                     std::string entity, std::string details = "{}") {
  return {.site_id = context.site.id,
          .actor = caller.identity.name,
          .address = request.remote_address,
          .kind = kind,
          .entity = std::move(entity),
          .details = std::move(details)};
}

}  // namespace spillguard::api
