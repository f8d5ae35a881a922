// Connection over one SqliteHandle, with its transaction. Internal to the module.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "db/sqlite_handle.h"

namespace spillguard::db {

class SqliteConnection final : public Connection {
 public:
  enum class Role { kWriter, kReader };
  // `file` is what is opened, `name` what errors call it.
  static Result<std::unique_ptr<SqliteConnection>> open(const SqliteOptions& options,
                                                        const std::string& file,
                                                        const std::string& name, Role role);

  [[nodiscard]] Dialect dialect() const override { return Dialect::kSqlite; }
  Result<std::shared_ptr<Statement>> prepare(std::string_view sql) override;
  Status execute(std::string_view sql) override { return handle_->execute(sql); }
  [[nodiscard]] int64_t changes() const override;
  void after_commit(std::function<void()> action) override;

  // Runs work in one transaction that begins with `begin`; rolls back when work fails or throws.
  // On success `actions` receives what is to be called after the commit. kUnavailable with
  // busy_seen() when another connection was in the way.
  Status transaction(std::string_view begin, const Work& work,
                     std::vector<std::function<void()>>& actions);
  [[nodiscard]] bool busy_seen() const { return handle_->busy_seen(); }

  // After each commit of this connection `told` gets the pages in the write-ahead log, in place of
  // SQLite's own habit to fold the log back in the midst of somebody's commit. Where the log became
  // very long it is folded back there all the same.
  void watch_log(std::function<void(int pages)> told);
  // Folds back what is in the log, without standing in the way of readers and writers. Waits for
  // the disk.
  void fold_log_back();
  // Database::compact().
  Status compact();

 private:
  explicit SqliteConnection(std::shared_ptr<SqliteHandle> handle);
  Status enter_wal_mode();
  // A statement without parameters and rows, from the cache: every transaction begins and ends.
  Status run_kept(std::string_view sql);
  Status set_up(const SqliteOptions& options, Role role);
  Status refuse_foreign_file(const std::string& name);

  std::shared_ptr<SqliteHandle> handle_;  // shared with the statements in use
  std::vector<std::function<void()>> actions_;
  std::function<void(int)> log_told_;
};

}  // namespace spillguard::db
