// Helpers of this module's tests.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "db/database.h"
#include "db/sqlite_database.h"

namespace spillguard::db::test {

// A folder that is removed with its files.
class TempFolder {
 public:
  TempFolder() {
    path_ = ::testing::TempDir() + "spillguard-db-test-XXXXXX";
    SG_CHECK(::mkdtemp(path_.data()) != nullptr);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline void write_text(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

// Without migrations.
inline std::unique_ptr<Database> open_or_die(SqliteOptions options) {
  auto database = open_sqlite_unmigrated(options);
  if (!database) ADD_FAILURE() << database.error().message;
  SG_CHECK(database.has_value());
  return std::move(*database);
}

inline Status execute(Database& database, std::string_view sql) {
  return database.write([&](Connection& c) { return c.execute(sql); });
}

// The one number that a query gives; -1 when there is none.
inline int64_t integer(Database& database, std::string_view sql) {
  int64_t value = -1;
  const auto status = database.read([&](Connection& c) -> Status {
    SG_ASSIGN(auto s, c.prepare(sql));
    SG_ASSIGN(const bool row, s->step());
    if (row) value = s->integer(0);
    return {};
  });
  EXPECT_TRUE(status) << status.error().message;
  return value;
}

}  // namespace spillguard::db::test
