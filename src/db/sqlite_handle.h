// One open SQLite connection with its statement cache and the words for its errors. Internal to the
// module. Thread-safety: one thread at a time.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace spillguard::db {

class SqliteHandle {
 public:
  // Takes the connection over. `path` is what errors name.
  SqliteHandle(sqlite3* connection, std::string path);
  SqliteHandle(const SqliteHandle&) = delete;
  SqliteHandle& operator=(const SqliteHandle&) = delete;
  ~SqliteHandle();

  [[nodiscard]] sqlite3* get() const { return connection_; }

  // A statement that nobody else uses, reset and without values; give it back with put().
  Result<sqlite3_stmt*> take(std::string_view sql);
  void put(std::string sql, sqlite3_stmt* statement);
  [[nodiscard]] size_t in_use() const { return in_use_; }

  // Runs statements without parameters one after the other; rows are dropped.
  Status execute(std::string_view sql);

  // The Error for a result code of this connection's last call. Never holds a bound value: SQLite's
  // own text is used only where it can but name tables, columns and SQL of ours.
  Error error(int code, std::string_view sql);
  // Whether another connection was in the way since the last clear_busy().
  [[nodiscard]] bool busy_seen() const { return busy_seen_; }
  void clear_busy() { busy_seen_ = false; }

 private:
  struct Idle {
    std::string sql;
    sqlite3_stmt* statement;
  };

  sqlite3* connection_;
  std::string path_;
  std::list<Idle> idle_;  // most recently used first
  std::unordered_map<std::string_view, std::list<Idle>::iterator> by_sql_;  // keys view into idle_
  size_t in_use_ = 0;
  bool busy_seen_ = false;
};

}  // namespace spillguard::db
