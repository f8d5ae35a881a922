// Errors in the form of each product: {"errorMessages":[…],"errors":{}} for Jira,
// {"statusCode":…,"message":…,"reason":…} for Confluence.
#pragma once

#include <string_view>

#include "base/error.h"
#include "http/message.h"
#include "store/types.h"

namespace spillguard::api {

http::Response error_response(store::Product product, int status, std::string_view message);
// With the code's HTTP status, a challenge for 401 and Retry-After where a client should come back.
// Internal failures are logged and told in general words only.
http::Response error_response(store::Product product, const Error& error);

}  // namespace spillguard::api
