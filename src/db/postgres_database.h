// Internal to the module: a database whose schema is not brought up to date.
#pragma once

#include <memory>

#include "db/database.h"

namespace spillguard::db {

Result<std::unique_ptr<Database>> open_postgres_unmigrated(const PostgresOptions& options);

}  // namespace spillguard::db
