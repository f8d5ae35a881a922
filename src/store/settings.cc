#include "store/sql.h"
#include "store/store.h"

namespace spillguard::store {

Result<std::optional<std::string>> Store::setting(std::string_view name) {
  std::optional<std::string> value;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    value.reset();
    SG_ASSIGN(auto row, bound(connection, "SELECT value FROM settings WHERE name = $1", name));
    SG_ASSIGN(const bool found, row->step());
    if (found) value = row->text(0);
    return {};
  }));
  return value;
}

Status Store::set_setting(std::string_view name, std::string_view value) {
  const TimeMs now = clock_();
  return database_.write([&](db::Connection& connection) {
    return run(connection,
               "INSERT INTO settings (name, value, changed_at) VALUES ($1, $2, $3) "
               "ON CONFLICT (name) DO UPDATE SET value = excluded.value, "
               "changed_at = excluded.changed_at",
               name, value, now);
  });
}

}  // namespace spillguard::store
