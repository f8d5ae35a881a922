// The steps of the schema, and applying a given list of them. migrate() in database.h is the public
// door; the list is a parameter here for tests and for the second kind of database.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/embedded.h"
#include "db/database.h"

namespace spillguard::db {

struct Migration {
  int version = 0;        // the number in front of the file's name
  std::string_view name;  // the file's name without number and suffix
  std::string_view sql;
};

// From files named NNNN_name.sql, in any order. Refuses other names and numbers used twice.
Result<std::vector<Migration>> list_migrations(std::span<const embedded::EmbeddedFile> files);

Status apply_migrations(Database& database, std::span<const Migration> ours);

}  // namespace spillguard::db
