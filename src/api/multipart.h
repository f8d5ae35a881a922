// The files of a form as of RFC 7578 (multipart/form-data), as curl -F and browsers send it.
#pragma once

#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace spillguard::api {

// The content of the part `name`; of a body that is no form, the body itself. kInvalidArgument says
// what is missing. The view points into the request.
Result<std::string_view> uploaded_file(const http::Request& request, std::string_view name);

}  // namespace spillguard::api
