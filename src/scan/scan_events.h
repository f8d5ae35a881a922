// What scans tell the audit log: that one of a scope ended, and that somebody's edit brought
// something in. Never a found text.
#pragma once

#include <cstdint>
#include <string_view>

#include "db/database.h"
#include "store/types.h"

namespace spillguard::scan {

// The highest number that a finding has now: those above it are new afterwards.
Result<int64_t> newest_finding(db::Database& database);
// An event for each item and author with findings above `after`, but reviewed and historical ones.
Status audit_introduced(db::Connection& connection, const store::Site& site, int64_t scope_id,
                        int64_t after);
// The scope's scan came to its end, or failed for good when `error` is not empty.
Status audit_scope_scan(db::Connection& connection, const store::Site& site, int64_t scope_id,
                        std::string_view error = {});

}  // namespace spillguard::scan
