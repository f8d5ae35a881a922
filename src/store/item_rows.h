// Rows of items, read and moved by several parts of the store. Internal to this module.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "store/coverage_codec.h"
#include "store/ledger.h"
#include "store/types.h"

namespace spillguard::store {

// What a row says besides what a new reading replaces.
struct ItemRow {
  int64_t id = 0;
  int64_t scope_id = 0;
  bool is_new = false;        // there was none before this commit
  int64_t rules_id = 0;       // 0 = none: never scanned whole
  int64_t read_rules_id = 0;  // under which it was read the last time
  TimeMs updated = 0;
  int64_t version = 0;
  int64_t content_rows = 0;
  int64_t finding_rows = 0;
  int64_t problem_rows = 0;
  int64_t attachment_rows = 0;
  CellSums cells;
};

Result<std::optional<ItemRow>> find_item_row(db::Connection& connection, int64_t site_id,
                                             std::string_view host_id);
// Those of them that have rows, by host_id; PostgreSQL only.
Result<std::map<std::string, ItemRow>> find_item_rows(db::Connection& connection, int64_t site_id,
                                                      const std::vector<std::string>& host_ids);

// An item whose row is in another scope than it is now: sums, findings and problems go with it. The
// row itself is the caller's to write.
Status move_item(db::Connection& connection, Ledger& ledger, const ItemRow& row, int64_t scope_id);

// For "SELECT " … " FROM items i LEFT JOIN rules_versions v ON v.id = i.rules_id".
extern const std::string_view kItemColumns;
Item read_item(const db::Statement& row);

// The number of a version of the rules, which gets a row when it is new. 0 for no version.
Result<int64_t> rules_id(db::Connection& connection, std::string_view version);

}  // namespace spillguard::store
