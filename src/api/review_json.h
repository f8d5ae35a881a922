// Reviews as JSON, shared by those of a scope and those of the whole site.
#pragma once

#include <cstdint>
#include <string>

#include "api/context.h"
#include "http/message.h"
#include "store/reviews.h"

namespace spillguard::api {

// The details of an audit event: rule, fingerprint, reason, expiry; never the text.
std::string review_details(const store::Review& review);
// kInvalidArgument unless the request says confirm=true.
Status require_confirmation(const http::Request& request);
// A page of those that hold: `size` of them after the fingerprint `after`.
Result<std::string> reviews_json(const ApiContext& context, const http::Request& request,
                                 int64_t scope_id);

}  // namespace spillguard::api
