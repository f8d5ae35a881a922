// The REST API of one site under /rest/security/latest (and 1.0): the documented API of the two
// products, see docs/api.md.
#pragma once

#include "api/context.h"
#include "http/server.h"

namespace spillguard::api {

// A handler for the site's listener. `context` outlives it.
http::Handler make_api(const ApiContext& context);

}  // namespace spillguard::api
