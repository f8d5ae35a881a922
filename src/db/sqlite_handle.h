// One open SQLite connection with its statement cache and the words for its errors. Internal to the
// module. Thread-safety: one thread at a time.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace spillguard::db {

// A statement that is prepared once and used again, with what its text tells of it.
struct PreparedStatement {
  std::string sql;
  sqlite3_stmt* statement = nullptr;
  std::vector<int> positions = {};  // of $1, $2 … in SQLite's own count; 0: not in the SQL
  std::string misuse = {};          // parameters that are written otherwise
  std::vector<bool> bound = {};     // by positions; of whoever uses it
  bool in_use = false;
};

class SqliteHandle {
 public:
  using Prepared = std::list<PreparedStatement>::iterator;

  // Takes the connection over. `path` is what errors name.
  SqliteHandle(sqlite3* connection, std::string path);
  SqliteHandle(const SqliteHandle&) = delete;
  SqliteHandle& operator=(const SqliteHandle&) = delete;
  ~SqliteHandle();

  [[nodiscard]] sqlite3* get() const { return connection_; }

  // A statement that nobody else uses, reset and without values; give it back with put().
  Result<Prepared> take(std::string_view sql);
  void put(Prepared prepared);
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
  Result<PreparedStatement> prepare(std::string_view sql);
  void forget_oldest();

  sqlite3* connection_;
  std::string path_;
  std::list<PreparedStatement> kept_;                      // most recently used first
  std::unordered_map<std::string_view, Prepared> by_sql_;  // keys view into kept_
  std::list<PreparedStatement> extra_;  // in use while another of the same text is
  size_t in_use_ = 0;
  bool busy_seen_ = false;
};

}  // namespace spillguard::db
