// The database that tests of the modules above run on: SQLite, or with $SPILLGUARD_TEST_POSTGRES
// (libpq's words: host=… user=… dbname=…) a schema of its own in that PostgreSQL for each test. A
// header for tests only.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "base/crypto.h"
#include "db/database.h"
#include "db/postgres_database.h"

namespace spillguard::db {

inline const char* test_postgres() {
  const char* const words =
      std::getenv("SPILLGUARD_TEST_POSTGRES");  // NOLINT(concurrency-mt-unsafe)
  return words != nullptr && *words != '\0' ? words : nullptr;
}

// Makes a new schema and gives the words that connect to it.
inline Result<std::string> new_test_schema() {
  const std::string schema = "test_" + random_hex(8);
  PostgresOptions options;
  options.url = test_postgres();
  options.writers = 1;
  SG_ASSIGN(const auto database, open_postgres_unmigrated(options));
  SG_TRY(database->write([&](Connection& c) { return c.execute("CREATE SCHEMA " + schema); }));
  return options.url + " options='-c search_path=" + schema + "'";
}

inline Result<std::unique_ptr<Database>> open_test_database() {
  if (test_postgres() == nullptr) return Database::open_sqlite({.path = ":memory:"});
  PostgresOptions options;
  SG_ASSIGN(options.url, new_test_schema());
  return Database::open_postgres(options);
}

}  // namespace spillguard::db
