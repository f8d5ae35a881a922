// Cells of the ledger within somebody's transaction. Internal to this module.
#pragma once

#include <vector>

#include "db/database.h"
#include "store/types.h"

namespace spillguard::store {

// Of a scope: the sums over its items.
Result<std::vector<CoverageCell>> scope_coverage_of(db::Connection& connection, int64_t scope_id);
// kNotFound when there is no such item.
Result<std::vector<CoverageCell>> item_coverage_of(db::Connection& connection, int64_t item_id);

}  // namespace spillguard::store
