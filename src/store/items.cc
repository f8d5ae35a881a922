#include <fmt/format.h>

#include "base/strings.h"
#include "store/item_rows.h"
#include "store/sql.h"
#include "store/store.h"

namespace spillguard::store {
namespace {

const std::string& item_select() {
  static const std::string text =
      fmt::format("SELECT {} FROM items i LEFT JOIN rules_versions v ON v.id = i.rules_id WHERE ",
                  kItemColumns);
  return text;
}

// The first item that `condition` selects; not found is no error.
template <typename... Args>
Result<std::optional<Item>> select_item(db::Connection& connection, std::string_view condition,
                                        const Args&... args) {
  SG_ASSIGN(auto row, bound(connection, item_select() + std::string(condition), args...));
  SG_ASSIGN(const bool found, row->step());
  if (!found) return std::nullopt;
  return read_item(*row);
}

Result<std::optional<Item>> select_by_host_id(db::Connection& connection, int64_t site_id,
                                              std::string_view host_id) {
  return select_item(connection, "i.site_id = $1 AND i.host_id = $2", site_id, host_id);
}

// What the row was at and the marks of its contents.
Result<std::optional<KnownItem>> select_known(db::Connection& connection, int64_t site_id,
                                              std::string_view host_id) {
  SG_ASSIGN(auto row, bound(connection,
                            "SELECT i.id, i.updated, i.version, coalesce(v.version, ''), "
                            "i.content_rows, i.state = $3 OR i.content_stale = 1, i.scope_id, "
                            "i.key FROM items i LEFT JOIN rules_versions v ON v.id = i.rules_id "
                            "WHERE i.site_id = $1 AND i.host_id = $2 AND i.gone_at = 0",
                            site_id, host_id, static_cast<int>(ScanState::kError)));
  SG_ASSIGN(const bool found, row->step());
  if (!found) return std::nullopt;
  KnownItem known;
  known.id = row->integer(0);
  if (row->integer(5) == 0) {
    known.updated = row->integer(1);
    known.version = row->integer(2);
  }
  known.rules_version = row->text(3);
  known.scope_id = row->integer(6);
  known.key = row->text(7);
  if (row->integer(4) == 0) return known;
  SG_ASSIGN(auto marks, bound(connection,
                              "SELECT content_kind, content_id, highest_read FROM contents "
                              "WHERE item_id = $1",
                              known.id));
  while (true) {
    SG_ASSIGN(const bool more, marks->step());
    if (!more) return known;
    known.highest.emplace(fmt::format("{}/{}", marks->text(0), marks->text(1)), marks->integer(2));
  }
}

}  // namespace

Result<Item> Store::item_by_host_id(int64_t site_id, std::string_view host_id) {
  std::optional<Item> item;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(item, select_by_host_id(connection, site_id, host_id));
    return {};
  }));
  if (!item) return fail(Code::kNotFound, "no item with the id " + std::string(host_id));
  return *std::move(item);
}

Result<Item> Store::item_by_key(int64_t site_id, std::string_view key) {
  const std::string upper = to_upper(key);
  std::optional<Item> item;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    // "key <> host_id" as in the index. Of several that had the key, the one read last.
    SG_ASSIGN(item, select_item(connection,
                                "i.site_id = $1 AND upper(i.key) = $2 AND i.key <> i.host_id "
                                "ORDER BY i.scanned_at DESC, i.id DESC LIMIT 1",
                                site_id, upper));
    if (item) return {};
    SG_ASSIGN(item, select_by_host_id(connection, site_id, key));
    if (item && item->key != item->host_id) item.reset();  // an id of an issue is not its key
    return {};
  }));
  if (!item) return fail(Code::kNotFound, "no item with the key " + std::string(key));
  return *std::move(item);
}

Result<std::unordered_map<std::string, KnownItem>> Store::known_items(
    int64_t site_id, std::span<const std::string> host_ids) {
  std::unordered_map<std::string, KnownItem> known;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    known.clear();
    for (const std::string& host_id : host_ids) {
      SG_ASSIGN(auto item, select_known(connection, site_id, host_id));
      if (item) known.emplace(host_id, *std::move(item));
    }
    return {};
  }));
  return known;
}

Status Store::set_item_state(int64_t item_id, ScanState state, std::string_view error) {
  // While it waits or is read, the row keeps its last error, in case that is called off.
  const bool waits = state == ScanState::kScheduled || state == ScanState::kScanning;
  if (state == ScanState::kError && error.empty()) error = "the scan stopped without saying why";
  if (state != ScanState::kError) error = {};
  return database_.write([&](db::Connection& connection) -> Status {
    SG_TRY(run(connection,
               "UPDATE items SET state = $2, error = CASE WHEN $3 THEN error ELSE $4 END "
               "WHERE id = $1",
               item_id, static_cast<int>(state), waits, error));
    if (connection.changes() == 0) return fail(Code::kNotFound, "no such item in the store");
    return {};
  });
}

Result<Item> Store::ensure_item(int64_t scope_id, const Item& item, ScanState state) {
  std::optional<Item> out;
  SG_TRY(database_.write([&](db::Connection& connection) -> Status {
    SG_ASSIGN(const int64_t site_id,
              number_or(connection, 0, "SELECT site_id FROM scopes WHERE id = $1", scope_id));
    if (site_id == 0) return fail(Code::kNotFound, "no such scope in the store");
    SG_ASSIGN(auto known, find_item_row(connection, site_id, item.host_id));
    if (known) {
      Ledger ledger(connection);
      SG_TRY(move_item(connection, ledger, *known, scope_id));
      SG_TRY(ledger.flush());
    }
    // The stamps say what was scanned: they stay, and are 0 in a new row.
    SG_TRY(run(connection,
               "INSERT INTO items (site_id, scope_id, host_id, key, kind, title, link, created, "
               "state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
               "ON CONFLICT (site_id, host_id) DO UPDATE SET scope_id = excluded.scope_id, "
               "key = excluded.key, title = excluded.title, link = excluded.link, "
               "state = excluded.state, missing_since = 0",
               site_id, scope_id, item.host_id, item.key, static_cast<int>(item.kind), item.title,
               item.link, item.created, static_cast<int>(state)));
    SG_ASSIGN(out, select_by_host_id(connection, site_id, item.host_id));
    return {};
  }));
  if (!out) return fail(Code::kInternal, "item " + item.key + " was written and is not there");
  return *std::move(out);
}

Status Store::unschedule_item(db::Connection& connection, int64_t site_id,
                              std::string_view host_id) {
  return run(connection,
             "UPDATE items SET state = CASE WHEN error <> '' THEN $3 WHEN scanned_at > 0 THEN $4 "
             "ELSE $5 END WHERE site_id = $1 AND host_id = $2 AND state IN (1, 2)",
             site_id, host_id, static_cast<int>(ScanState::kError),
             static_cast<int>(ScanState::kScanned), static_cast<int>(ScanState::kUnscanned));
}

Result<int64_t> Store::unschedule_items(int64_t scope_id) {
  int64_t changed = 0;
  SG_TRY(database_.write([&](db::Connection& connection) -> Status {
    // The numbers of kScheduled and kScanning stand in the text so that the partial index serves.
    static_assert(static_cast<int>(ScanState::kScheduled) == 1 &&
                  static_cast<int>(ScanState::kScanning) == 2);
    SG_TRY(run(connection,
               "UPDATE items SET state = CASE WHEN error <> '' THEN $2 WHEN scanned_at > 0 THEN $3 "
               "ELSE $4 END WHERE scope_id = $1 AND state IN (1, 2)",
               scope_id, static_cast<int>(ScanState::kError), static_cast<int>(ScanState::kScanned),
               static_cast<int>(ScanState::kUnscanned)));
    changed = connection.changes();
    return {};
  }));
  return changed;
}

Result<int64_t> Store::count_items(int64_t scope_id) {
  int64_t count = 0;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(count, number_or(connection, 0, "SELECT items FROM scope_items WHERE scope_id = $1",
                               scope_id));
    return {};
  }));
  return count;
}

}  // namespace spillguard::store
