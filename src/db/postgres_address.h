// Where a PostgreSQL is and how to talk to it. Internal to the module.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "db/database.h"

namespace spillguard::db {

struct PostgresAddress {
  std::vector<std::pair<std::string, std::string>> words;  // libpq's keywords and values
  Secret password;
  std::string name;  // what errors call it: hosts and database, never who or with what password
};

// kInvalidArgument when the text is no address, or holds a password: that has a place of its own.
Result<PostgresAddress> parse_postgres_address(const PostgresOptions& options);

}  // namespace spillguard::db
