// Who may change what holds for a whole site: rules, settings, the list of explicit access, the
// queue, reviews that hold everywhere.
#pragma once

#include "api/access.h"
#include "store/permissions.h"

namespace spillguard::api {

// Administrators of the product, and whoever has explicit access.
inline Status require_app_admin(const ApiContext& context, const Caller& caller) {
  return require_product_admin(context, caller);
}

}  // namespace spillguard::api
