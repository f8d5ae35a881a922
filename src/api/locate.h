// From the keys and ids in requests to scopes and items, in the store or else on the host.
#pragma once

#include <optional>
#include <string>

#include "api/access.h"

namespace spillguard::api {

// The scope of a key, after the caller was found to have the right in it. Scopes that were never
// listed are asked from the host.
Result<store::Scope> allowed_scope(const ApiContext& context, const Caller& caller,
                                   const std::string& key, Right right = Right::kScope);

struct LocatedItem {
  store::Scope scope;
  hosts::ItemRef ref;                // id, key and kind are always there
  std::optional<store::Item> known;  // its row, when it was scanned or scheduled before
};
// The item of a key or id, in a scope in which the caller has the right, and visible to the caller.
Result<LocatedItem> allowed_item(const ApiContext& context, const Caller& caller,
                                 const std::string& key_or_id, Right right = Right::kScope);

}  // namespace spillguard::api
