// Reconciliation: what a complete listing did not name, and items that are gone.
#include "store/documents.h"
#include "store/item_rows.h"
#include "store/sql.h"
#include "store/store.h"

namespace spillguard::store {

Result<std::vector<UnseenItem>> Store::unseen_items(int64_t scope_id, int64_t serial,
                                                    int64_t after_id, int64_t limit) {
  std::vector<UnseenItem> items;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    items.clear();
    SG_ASSIGN(auto rows,
              bound(connection,
                    "SELECT id, host_id, key, missing_since FROM items WHERE scope_id = $1 AND "
                    "id > $2 AND seen_serial < $3 AND gone_at = 0 AND is_scope = 0 "
                    "ORDER BY id LIMIT $4",
                    scope_id, after_id, serial, limit));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) return {};
      items.push_back({.id = rows->integer(0),
                       .host_id = std::string(rows->text(1)),
                       .key = std::string(rows->text(2)),
                       .missing_since = rows->integer(3)});
    }
  }));
  return items;
}

Result<int64_t> Store::count_unseen(int64_t scope_id, int64_t serial) {
  int64_t count = 0;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(count, number_or(connection, 0,
                               "SELECT count(*) FROM items WHERE scope_id = $1 AND "
                               "seen_serial < $2 AND gone_at = 0 AND is_scope = 0",
                               scope_id, serial));
    return {};
  }));
  return count;
}

Result<std::vector<std::string>> Store::items_with_lost_contents(int64_t scope_id, int64_t serial,
                                                                 int64_t limit) {
  std::vector<std::string> ids;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    ids.clear();
    // Comments and attachments are listed by themselves, in the same serial as their items.
    SG_ASSIGN(auto rows,
              bound(connection,
                    "SELECT DISTINCT i.host_id FROM items i JOIN contents c ON c.item_id = i.id "
                    "WHERE i.scope_id = $1 AND i.seen_serial >= $2 AND i.gone_at = 0 AND "
                    "c.content_kind IN ('comment', 'attachment') AND c.seen_serial < $2 LIMIT $3",
                    scope_id, serial, limit));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) return {};
      ids.emplace_back(rows->text(0));
    }
  }));
  return ids;
}

namespace {

constexpr std::string_view kVersioned =
    " FROM items i JOIN contents c ON c.item_id = i.id AND c.content_id = i.host_id AND "
    "c.content_kind IN ('page', 'blogpost') AND c.newest > 1 "
    "WHERE i.scope_id = $1 AND i.gone_at = 0 AND i.missing_since = 0 ";

// Each version has a title; one that could not be read is a problem of the item's own content.
Result<int64_t> versions_in_ledger(db::Connection& connection, const CellSums& cells) {
  int64_t versions = 0;
  for (const auto& [id, sum] : cells) {
    SG_ASSIGN(const int64_t counts,
              number_or(connection, 0,
                        "SELECT count(*) FROM coverage_kinds WHERE id = $1 AND (kind = 'title' OR "
                        "(kind IN ('page', 'blogpost') AND status <> $2))",
                        id, static_cast<int>(PartStatus::kScanned)));
    if (counts > 0) versions += sum.parts;
  }
  return versions;
}

}  // namespace

Result<std::vector<VersionedItem>> Store::versioned_items(int64_t scope_id, const VersionTurn& turn,
                                                          int64_t limit) {
  std::vector<VersionedItem> items;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    items.clear();
    std::vector<CellSums> cells;
    {
      SG_ASSIGN(auto rows,
                bound(connection,
                      "SELECT i.id, i.host_id, c.newest, i.coverage" + std::string(kVersioned) +
                          "AND i.id > $2 AND i.id % $3 = $4 ORDER BY i.id LIMIT $5",
                      scope_id, turn.after_id, turn.turns, turn.turn, limit));
      while (true) {
        SG_ASSIGN(const bool more, rows->step());
        if (!more) break;
        items.push_back({.id = rows->integer(0),
                         .host_id = std::string(rows->text(1)),
                         .newest = rows->integer(2)});
        SG_ASSIGN(auto sums, decode_cells(rows->blob(3)));
        cells.push_back(std::move(sums));
      }
    }
    for (size_t i = 0; i < items.size(); ++i) {
      SG_ASSIGN(items[i].versions_in_ledger, versions_in_ledger(connection, cells[i]));
    }
    return {};
  }));
  return items;
}

Result<int64_t> Store::count_versioned_items(int64_t scope_id) {
  int64_t count = 0;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(count,
              number_or(connection, 0, "SELECT count(*)" + std::string(kVersioned), scope_id));
    return {};
  }));
  return count;
}

Status Store::mark_missing(int64_t item_id) {
  return database_.write([&](db::Connection& connection) {
    return run(connection, "UPDATE items SET missing_since = $2 WHERE id = $1 AND gone_at = 0",
               item_id, clock_());
  });
}

Status Store::mark_gone(int64_t item_id) {
  return database_.write([&](db::Connection& connection) -> Status {
    SG_ASSIGN(auto row,
              bound(connection, "SELECT scope_id, coverage FROM items WHERE id = $1", item_id));
    SG_ASSIGN(const bool found, row->step());
    if (!found) return fail(Code::kNotFound, "no such item in the store");
    const int64_t scope_id = row->integer(0);
    SG_ASSIGN(const CellSums cells, decode_cells(row->blob(1)));
    row->reset();
    Ledger ledger(connection);
    ledger.subtract(scope_id, cells);
    SG_TRY(ledger.flush());
    SG_TRY(run(connection, "DELETE FROM part_problems WHERE item_id = $1", item_id));
    SG_TRY(run(connection, "DELETE FROM contents WHERE item_id = $1", item_id));
    SG_TRY(forget_attachments(connection, item_id));
    SG_TRY(run(connection, "UPDATE findings SET historical = 1 WHERE item_id = $1", item_id));
    return run(connection,
               "UPDATE items SET gone_at = $2, coverage = $3, content_rows = 0, problem_rows = 0, "
               "attachment_rows = 0, "
               "rules_id = NULL, read_rules_id = NULL, updated = 0, version = 0 WHERE id = $1",
               item_id, clock_(), Blob{});
  });
}

}  // namespace spillguard::store
