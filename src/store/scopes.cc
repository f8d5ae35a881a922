#include "base/strings.h"
#include "store/sql.h"
#include "store/store.h"

namespace spillguard::store {
namespace {

#define SG_SCOPE_COLUMNS                                                                       \
  "id, site_id, host_id, key, name, personal, state, stale_since, rules_version, "             \
  "scheduled_at, started_at, completed_at, items_total, items_done, checkpoint, scan_serial, " \
  "error, watermark, checked_at, reconciled_at, extraction"

Scope read_scope_row(const db::Statement& row) {
  Scope scope;
  scope.id = row.integer(0);
  scope.site_id = row.integer(1);
  scope.host_id = row.text(2);
  scope.key = row.text(3);
  scope.name = row.text(4);
  scope.personal = row.integer(5) != 0;
  scope.state = static_cast<ScanState>(row.integer(6));
  scope.content_stale = row.integer(7) != 0;
  scope.rules_version = row.text(8);
  scope.scheduled_at = row.integer(9);
  scope.started_at = row.integer(10);
  scope.completed_at = row.integer(11);
  scope.items_total = row.integer(12);
  scope.items_done = row.integer(13);
  scope.checkpoint = row.text(14);
  scope.scan_serial = row.integer(15);
  // Kept in the row while a new scan is on its way, in case that is called off.
  if (scope.state == ScanState::kError) scope.error = row.text(16);
  scope.watermark = row.integer(17);
  scope.checked_at = row.integer(18);
  scope.reconciled_at = row.integer(19);
  scope.extraction = row.text(20);
  return scope;
}

// The first row as a scope, kNotFound with `missing` when there is none.
Result<Scope> one_scope(db::Statement& row, std::string_view missing) {
  SG_ASSIGN(const bool found, row.step());
  if (!found) return fail(Code::kNotFound, std::string(missing));
  return read_scope_row(row);
}

// A mark of change that is younger may speak of something that the look for changes did not see.
constexpr int64_t kStaleSettlesMs = 60'000;

constexpr std::string_view kNoScope = "no such scope in the store";

}  // namespace

Result<Scope> Store::upsert_scope(int64_t site_id, const Scope& from_host) {
  const TimeMs now = clock_();
  Scope scope;
  SG_TRY(database_.write([&](db::Connection& connection) -> Status {
    SG_ASSIGN(
        auto row,
        bound(connection,
              "INSERT INTO scopes (site_id, host_id, key, name, personal, listed_at) "
              "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (site_id, host_id) DO UPDATE SET "
              "key = excluded.key, name = excluded.name, personal = excluded.personal, "
              "listed_at = excluded.listed_at RETURNING " SG_SCOPE_COLUMNS,
              site_id, from_host.host_id, from_host.key, from_host.name, from_host.personal, now));
    SG_ASSIGN(scope, one_scope(*row, kNoScope));
    return {};
  }));
  return scope;
}

Result<Scope> Store::scope(int64_t scope_id) {
  Scope scope;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(auto row,
              bound(connection, "SELECT " SG_SCOPE_COLUMNS " FROM scopes WHERE id = $1", scope_id));
    SG_ASSIGN(scope, one_scope(*row, kNoScope));
    return {};
  }));
  return scope;
}

Result<Scope> Store::scope_by_host_id(int64_t site_id, std::string_view host_id) {
  Scope scope;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(auto row,
              bound(connection,
                    "SELECT " SG_SCOPE_COLUMNS " FROM scopes WHERE site_id = $1 AND host_id = $2",
                    site_id, host_id));
    SG_ASSIGN(scope, one_scope(*row, kNoScope));
    return {};
  }));
  return scope;
}

Result<Scope> Store::scope_by_key(int64_t site_id, std::string_view key) {
  const std::string upper = to_upper(key);
  Scope scope;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    // Of several that had this key, the one that the host listed last.
    SG_ASSIGN(auto row,
              bound(connection,
                    "SELECT " SG_SCOPE_COLUMNS
                    " FROM scopes WHERE site_id = $1 AND upper(key) = $2 AND (key = $3 OR "
                    "(SELECT s.product FROM sites s WHERE s.id = $1) = $4) "
                    "ORDER BY listed_at DESC, id DESC LIMIT 1",
                    site_id, upper, key, static_cast<int>(Product::kJira)));
    SG_ASSIGN(scope, one_scope(*row, "no scope with the key " + std::string(key)));
    return {};
  }));
  return scope;
}

Result<std::vector<Scope>> Store::scopes(int64_t site_id) {
  std::vector<Scope> scopes;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    scopes.clear();
    SG_ASSIGN(auto rows,
              bound(connection,
                    "SELECT " SG_SCOPE_COLUMNS " FROM scopes WHERE site_id = $1 ORDER BY key, id",
                    site_id));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) return {};
      scopes.push_back(read_scope_row(*rows));
    }
  }));
  return scopes;
}

Result<Scope> Store::begin_scan(int64_t scope_id, bool restart) {
  const TimeMs now = clock_();
  Scope scope;
  SG_TRY(database_.write([&](db::Connection& connection) -> Status {
    SG_ASSIGN(
        auto row,
        bound(connection,
              "UPDATE scopes SET state = $2, asked_again = 0, "
              "started_at = CASE WHEN $3 OR checkpoint = '' THEN $4 ELSE started_at END, "
              "items_total = CASE WHEN $3 OR checkpoint = '' THEN 0 ELSE items_total END, "
              "items_done = CASE WHEN $3 OR checkpoint = '' THEN 0 ELSE items_done END, "
              "scan_serial = scan_serial + CASE WHEN $3 OR checkpoint = '' THEN 1 ELSE 0 END, "
              "checkpoint = CASE WHEN $3 THEN '' ELSE checkpoint END "
              "WHERE id = $1 RETURNING " SG_SCOPE_COLUMNS,
              scope_id, static_cast<int>(ScanState::kScanning), restart, now));
    SG_ASSIGN(scope, one_scope(*row, kNoScope));
    return {};
  }));
  return scope;
}

Status Store::finish_scan(int64_t scope_id, std::string_view rules_version, TimeMs watermark,
                          const std::function<Status(db::Connection&)>& guard,
                          std::string_view extraction) {
  const TimeMs now = clock_();
  return database_.write([&](db::Connection& connection) -> Status {
    if (guard) SG_TRY(guard(connection));
    SG_TRY(run(connection,
               "UPDATE scopes SET state = CASE WHEN asked_again = 1 THEN $2 ELSE $3 END, "
               "asked_again = 0, rules_version = $4, completed_at = $5, checkpoint = '', "
               "error = '', stale_since = CASE WHEN stale_since > started_at THEN stale_since "
               "ELSE 0 END, watermark = max(watermark, $6), checked_at = $5, reconciled_at = $5, "
               "extraction = $7 WHERE id = $1",
               scope_id, static_cast<int>(ScanState::kScheduled),
               static_cast<int>(ScanState::kScanned), rules_version, now, watermark, extraction));
    if (connection.changes() == 0) return fail(Code::kNotFound, std::string(kNoScope));
    return {};
  });
}

Status Store::finish_changes(int64_t scope_id, TimeMs watermark,
                             const std::function<Status(db::Connection&)>& guard) {
  const TimeMs now = clock_();
  return database_.write([&](db::Connection& connection) -> Status {
    if (guard) SG_TRY(guard(connection));
    return run(connection,
               "UPDATE scopes SET watermark = max(watermark, $2), checked_at = $3, "
               "stale_since = CASE WHEN stale_since > $6 THEN stale_since ELSE 0 END, "
               "error = CASE WHEN state = $4 THEN '' ELSE error END, "
               "state = CASE WHEN state = $4 THEN $5 ELSE state END "
               "WHERE id = $1 AND completed_at > 0",
               scope_id, watermark, now, static_cast<int>(ScanState::kError),
               static_cast<int>(ScanState::kScanned), now - kStaleSettlesMs);
  });
}

Status Store::postpone_changes(int64_t scope_id, std::string_view error) {
  return database_.write([&](db::Connection& connection) {
    // A scan that waits or runs says itself how it ends.
    return run(connection,
               "UPDATE scopes SET checked_at = $2, "
               "error = CASE WHEN state IN ($3, $4) THEN $5 ELSE error END, "
               "state = CASE WHEN state IN ($3, $4) THEN $4 ELSE state END WHERE id = $1",
               scope_id, clock_(), static_cast<int>(ScanState::kScanned),
               static_cast<int>(ScanState::kError), error);
  });
}

Status Store::fail_scan(int64_t scope_id, std::string_view error) {
  if (error.empty()) error = "the scan stopped without saying why";
  return database_.write([&](db::Connection& connection) {
    return run(connection,
               "UPDATE scopes SET state = $2, asked_again = 0, error = $3 WHERE id = $1", scope_id,
               static_cast<int>(ScanState::kError), error);
  });
}

Status Store::mark_scheduled(db::Connection& connection, int64_t scope_id) {
  SG_TRY(run(connection,
             "UPDATE scopes SET scheduled_at = $2, "
             "asked_again = CASE WHEN state = $3 THEN 1 ELSE 0 END, "
             "state = CASE WHEN state = $3 THEN state ELSE $4 END WHERE id = $1",
             scope_id, clock_(), static_cast<int>(ScanState::kScanning),
             static_cast<int>(ScanState::kScheduled)));
  if (connection.changes() == 0) return fail(Code::kNotFound, std::string(kNoScope));
  return {};
}

Status Store::keep_scheduled(db::Connection& connection, int64_t scope_id) {
  return run(connection, "UPDATE scopes SET asked_again = 1 WHERE id = $1", scope_id);
}

Status Store::mark_site_scheduled(db::Connection& connection, int64_t site_id) {
  return run(connection,
             "UPDATE scopes SET scheduled_at = $2, "
             "asked_again = CASE WHEN state = $3 THEN 1 ELSE 0 END, "
             "state = CASE WHEN state = $3 THEN state ELSE $4 END WHERE site_id = $1",
             site_id, clock_(), static_cast<int>(ScanState::kScanning),
             static_cast<int>(ScanState::kScheduled));
}

Status Store::unschedule_site(db::Connection& connection, int64_t site_id) {
  return run(connection,
             "UPDATE scopes SET state = CASE WHEN error <> '' THEN $2 "
             "WHEN completed_at > 0 THEN $3 ELSE $4 END WHERE site_id = $1 AND state = $5",
             site_id, static_cast<int>(ScanState::kError), static_cast<int>(ScanState::kScanned),
             static_cast<int>(ScanState::kUnscanned), static_cast<int>(ScanState::kScheduled));
}

Status Store::unschedule(int64_t scope_id) {
  return database_.write(
      [&](db::Connection& connection) { return unschedule(connection, scope_id, false); });
}

Status Store::unschedule(db::Connection& connection, int64_t scope_id, bool runs) {
  if (runs) return run(connection, "UPDATE scopes SET asked_again = 0 WHERE id = $1", scope_id);
  // What it was is still in the row: an error, a completed scan, or neither.
  return run(connection,
             "UPDATE scopes SET asked_again = 0, state = CASE WHEN error <> '' THEN $2 "
             "WHEN completed_at > 0 THEN $3 ELSE $4 END WHERE id = $1 AND state IN ($5, $6)",
             scope_id, static_cast<int>(ScanState::kError), static_cast<int>(ScanState::kScanned),
             static_cast<int>(ScanState::kUnscanned), static_cast<int>(ScanState::kScheduled),
             static_cast<int>(ScanState::kScanning));
}

Status Store::mark_stale(int64_t scope_id, std::optional<int64_t> item_id) {
  const TimeMs now = clock_();
  return database_.write([&](db::Connection& connection) -> Status {
    if (item_id) {
      SG_TRY(run(connection, "UPDATE items SET content_stale = 1 WHERE id = $1", *item_id));
    }
    return run(connection, "UPDATE scopes SET stale_since = $2 WHERE id = $1", scope_id, now);
  });
}

#undef SG_SCOPE_COLUMNS

}  // namespace spillguard::store
