// Explicit access: users and groups that may use the API of a site without administering it, as
// somebody listed them in the settings.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "db/database.h"

namespace spillguard::store {

struct EntityPermission {
  enum class Type { kUser, kGroup };
  Type type = Type::kUser;
  std::string id_or_key;  // the user's key (on old hosts: name), or the group's name
  auto operator<=>(const EntityPermission&) const = default;
};

class Permissions {
 public:
  explicit Permissions(db::Database& database) : database_(database) {}

  // Of the whole site (scope_id 0) or of one scope; users first, then by name.
  Result<std::vector<EntityPermission>> list(int64_t site_id, int64_t scope_id = 0);

 private:
  db::Database& database_;
};

// What was there goes, the new list takes its place; the same entry twice counts once. In the
// caller's transaction, beside its audit event.
Status replace_permissions(db::Connection& connection, int64_t site_id, int64_t scope_id,
                           std::span<const EntityPermission> entries);

}  // namespace spillguard::store
