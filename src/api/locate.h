// From the keys and ids in requests to scopes and items, in the store or else on the host.
#pragma once

#include <optional>
#include <string>

#include "api/access.h"

namespace spillguard::api {

// The scope of a key, after the caller was found to administer it. Scopes that were never listed
// are asked from the host.
Result<store::Scope> administered_scope(const ApiContext& context, const Caller& caller,
                                        const std::string& key);

struct LocatedItem {
  store::Scope scope;
  hosts::ItemRef ref;                // id, key and kind are always there
  std::optional<store::Item> known;  // its row, when it was scanned or scheduled before
};
// The item of a key or id, in a scope that the caller administers and visible to the caller.
Result<LocatedItem> administered_item(const ApiContext& context, const Caller& caller,
                                      const std::string& key_or_id);

}  // namespace spillguard::api
