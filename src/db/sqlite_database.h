// Opening an SQLite database without bringing its schema up to date: for open_sqlite() and for the
// tests of migrations. Internal to the module.
#pragma once

#include <memory>

#include "db/database.h"

namespace spillguard::db {

Result<std::unique_ptr<Database>> open_sqlite_unmigrated(const SqliteOptions& options);

}  // namespace spillguard::db
