// Statement over sqlite3_stmt. Internal to the module.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "db/database.h"
#include "db/sqlite_handle.h"

namespace spillguard::db {

class SqliteStatement final : public Statement {
 public:
  // Takes over what came from handle->take(); gives it back when destroyed. The handle is shared
  // by the connection and the statements in use, so that none outlives it.
  SqliteStatement(std::shared_ptr<SqliteHandle> handle, SqliteHandle::Prepared prepared);
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;
  ~SqliteStatement() override;

  using Statement::bind;
  Statement& bind(int index, int64_t value) override;
  Statement& bind(int index, double value) override;
  Statement& bind(int index, std::string_view text) override;
  Statement& bind_blob(int index, std::string_view bytes) override;
  Statement& bind_null(int index) override;

  Result<bool> step() override;
  Status run() override;
  void reset() override;

  [[nodiscard]] bool is_null(int column) const override;
  [[nodiscard]] int64_t integer(int column) const override;
  [[nodiscard]] double number(int column) const override;
  [[nodiscard]] std::string_view text(int column) const override;
  [[nodiscard]] std::string_view blob(int column) const override;

 private:
  // SQLite's own number of the parameter $index, 0 (remembered as an error) when there is none.
  int prepare_bind(int index);
  void note(int code, int index);
  void check_column(int column) const { SG_CHECK(column >= 0 && column < columns_); }

  std::shared_ptr<SqliteHandle> handle_;
  SqliteHandle::Prepared prepared_;
  sqlite3_stmt* statement_;
  std::string misuse_;  // what was wrong with a bind, reported by step()
  int columns_ = 0;     // of the row that stands there
  bool stepped_ = false;
  bool done_ = false;
};

}  // namespace spillguard::db
