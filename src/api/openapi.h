// The API's own description (openapi/*.json), for one product: the parts joined, with that
// product's words, and the page that shows it.
#pragma once

#include <string>

#include "base/error.h"
#include "http/message.h"
#include "store/types.h"

namespace spillguard::api {

// OpenAPI 3.1 as JSON. `base`: what stands in front of its paths, "/jira/rest/security/latest".
// An error is a mistake in the parts, which a test would have found.
Result<std::string> openapi_document(store::Product product, const std::string& base);
// docs.html or docs.js, with the headers that keep others from using them.
http::Response docs_response(const std::string& file);

}  // namespace spillguard::api
