// Writing a PostgreSQL's tables anew without what was deleted or replaced. Internal to the module.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/postgres_link.h"

namespace spillguard::db {

// VACUUM (FULL) keeps rows that an older transaction of this database still sees, whoever's it is
// (autovacuum's ANALYZE is one), or that were replaced after the begin of one that writes in any
// database of the server: they are waited for. The statistics hold values of the rows, so
// they are made and written anew as well, which needs the owner of the database. What could not be
// done is an error after all the rest was. `tables`: quoted.
Status compact_tables(PostgresLink& link, const std::vector<std::string>& tables, int64_t wait_ms);

}  // namespace spillguard::db
