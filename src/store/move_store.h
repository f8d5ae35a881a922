// A whole store into another, and whether a store agrees with itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "db/database.h"

namespace spillguard::store {

// What a table holds: how many rows, and a check sum over all of them, whatever their order.
struct TableSum {
  std::string table;
  int64_t rows = 0;
  uint64_t sum = 0;
  bool operator==(const TableSum&) const = default;
};

// Copies every table of `from` into `to`, which must be new and of the other kind, in one
// transaction; then reads both and compares. One snapshot of `from` is copied: what is written
// meanwhile is not in it. kConflict when `to` is not empty or the schemas are of different
// versions; kCorrupt when the copy differs, and nothing is kept then. Returns what each table
// holds.
Result<std::vector<TableSum>> move_store(db::Database& from, db::Database& to);

// What is wrong with the store, in words; nothing when all is well. Reads all of it.
Result<std::vector<std::string>> check_store(db::Database& database);

}  // namespace spillguard::store
