#include "store/permissions.h"

#include "store/sql.h"

namespace spillguard::store {

Result<std::vector<EntityPermission>> Permissions::list(int64_t site_id, int64_t scope_id) {
  std::vector<EntityPermission> entries;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    entries.clear();
    SG_ASSIGN(auto rows, bound(connection,
                               "SELECT type, id_or_key FROM entity_permissions WHERE site_id = $1 "
                               "AND scope_id = $2 ORDER BY type, id_or_key",
                               site_id, scope_id));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) return {};
      entries.push_back({.type = rows->integer(0) == 0 ? EntityPermission::Type::kUser
                                                       : EntityPermission::Type::kGroup,
                         .id_or_key = std::string(rows->text(1))});
    }
  }));
  return entries;
}

Status replace_permissions(db::Connection& connection, int64_t site_id, int64_t scope_id,
                           std::span<const EntityPermission> entries) {
  SG_TRY(run(connection, "DELETE FROM entity_permissions WHERE site_id = $1 AND scope_id = $2",
             site_id, scope_id));
  for (const EntityPermission& entry : entries) {
    SG_TRY(run(connection,
               "INSERT INTO entity_permissions (site_id, scope_id, type, id_or_key) VALUES ($1, "
               "$2, $3, $4) ON CONFLICT DO NOTHING",
               site_id, scope_id, entry.type == EntityPermission::Type::kUser ? 0 : 1,
               entry.id_or_key));
  }
  return {};
}

}  // namespace spillguard::store
