// One small interface over SQLite (and, behind the same words, PostgreSQL). SQL uses $1, $2 … for
// parameters.
//
// Thread-safety: a Database is shared; write() and read() may be called from any thread. A
// Connection and its statements belong to the callback that got them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "db/copy_rows.h"

namespace spillguard::db {

enum class Dialect { kSqlite, kPostgres };

// A prepared statement, reset before it is handed out. Columns and parameters count from 0 and 1.
// Binding after a step starts the statement afresh; values stay bound over reset() and run() until
// they are bound again. A parameter that was never bound is an error of step() and run(), as is one
// that the SQL does not have.
class Statement {
 public:
  virtual ~Statement() = default;
  virtual Statement& bind(int index, int64_t value) = 0;
  virtual Statement& bind(int index, double value) = 0;
  virtual Statement& bind(int index, std::string_view text) = 0;
  virtual Statement& bind_blob(int index, std::string_view bytes) = 0;
  virtual Statement& bind_null(int index) = 0;
  Statement& bind(int index, int value) { return bind(index, static_cast<int64_t>(value)); }
  // As a number, 0 or 1; in PostgreSQL also as a condition.
  virtual Statement& bind(int index, bool value) {
    return bind(index, static_cast<int64_t>(value));
  }
  Statement& bind(int index, const char* text) { return bind(index, std::string_view(text)); }
  Statement& bind(int index, const std::string& text) {
    return bind(index, std::string_view(text));
  }
  template <typename T>
  Statement& bind(int index, const std::optional<T>& value) {
    return value ? bind(index, *value) : bind_null(index);
  }

  // The next row: true when there is one.
  virtual Result<bool> step() = 0;
  // For statements without rows.
  virtual Status run() = 0;
  virtual void reset() = 0;  // ready to bind and step again

  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual int64_t integer(int column) const = 0;
  [[nodiscard]] virtual double number(int column) const = 0;
  // Valid until the next step() or reset().
  [[nodiscard]] virtual std::string_view text(int column) const = 0;
  [[nodiscard]] virtual std::string_view blob(int column) const = 0;
};

class Connection {
 public:
  virtual ~Connection() = default;
  [[nodiscard]] virtual Dialect dialect() const = 0;
  // A statement from the connection's cache; lives as long as the callback. Asking for the same
  // text while the first is still in use gives a second statement.
  virtual Result<std::shared_ptr<Statement>> prepare(std::string_view sql) = 0;
  // Several statements without parameters (migrations).
  virtual Status execute(std::string_view sql) = 0;
  // Adds rows to a table by COPY, "table (column, …)"; PostgreSQL alone has it.
  virtual Status copy(std::string_view /*target*/, const CopyRows& /*rows*/) {
    return fail(Code::kUnsupported, "this database has no COPY");
  }
  // Rows changed by the last run().
  [[nodiscard]] virtual int64_t changes() const = 0;
  // Called once, on the writing thread, when this write() has been committed and its lock released;
  // dropped when it is rolled back. For wake-ups that must not come before others can see what was
  // written.
  virtual void after_commit(std::function<void()> action) = 0;
  // Tells every process that listens to this topic (Database::listen), once this write() has been
  // committed. Topics are words of letters and underscores.
  virtual void notify(std::string_view /*topic*/) {}
};

using Work = std::function<Status(Connection&)>;

struct SqliteOptions {
  std::string path;    // ":memory:" for tests
  size_t readers = 4;  // pooled read connections
  int64_t busy_timeout_ms = 10'000;
  int64_t cache_bytes = 32 << 20;
};

struct PostgresOptions {
  // "postgresql://USER@HOST:PORT/DATABASE?sslmode=verify-full&sslrootcert=…" or libpq's words;
  // without the password. Hosts that are not this machine are only talked to under TLS unless it
  // says otherwise.
  std::string url;
  Secret password;
  size_t writers = 4;  // pooled connections for write()
  size_t readers = 4;  // and for read()
  // How long a call waits for a server that went away before it is kUnavailable.
  int64_t patience_ms = 10'000;
  // How long compact() waits for transactions that see what was replaced.
  int64_t compact_wait_ms = 60'000;
};

class Database {
 public:
  virtual ~Database() = default;
  [[nodiscard]] virtual Dialect dialect() const = 0;
  // One transaction that may write: committed when work succeeds, rolled back when it fails. Work
  // may be run again after a conflict, so it must have no effects outside the database.
  virtual Status write(const Work& work) = 0;
  // As write(), but beside others, and seeing what they commit meanwhile: for work that locks the
  // rows it goes by (FOR UPDATE, or one statement that finds and changes).
  virtual Status write_rows(const Work& work) { return write(work); }
  // As write(), while nobody else writes, whichever process: for changes of the schema.
  virtual Status write_alone(const Work& work) { return write(work); }
  // One read-only snapshot. Inside a write() it shows what was committed before. Keep it short: an
  // open snapshot keeps the write-ahead log from being folded back, and its connection from others.
  virtual Status read(const Work& work) = 0;

  // Writes the store anew, so that nothing of what was deleted or replaced is left in its files.
  // Takes as long as copying it; nobody else may use it meanwhile. In PostgreSQL the server's own
  // logs and backups keep what they have; kUnavailable or kInvalidArgument when something else may
  // have been left, with its reason.
  virtual Status compact() = 0;

  // Calls `heard` when a process notifies the topic, and after a connection was lost, for what may
  // have been missed. Never at once and never twice at a time; not called any more once the result
  // is destroyed, which waits for a call that runs. `heard` may come for nothing. Null in SQLite.
  virtual std::shared_ptr<void> listen(std::string topic, std::function<void()> heard) = 0;

  // Opens the file in WAL mode with foreign keys on and brings its schema up to date (migrate). A
  // new file has mode 0600. What was committed survives the death of the process at any moment; the
  // death of the machine (power, kernel) may take back the last commits, whole transactions from
  // the end, never a part of one.
  static Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options);
  // Connects and brings the schema up to date (migrate), while other processes may do the same.
  // Transactions are serializable, and run again when they were not. A server that goes away is
  // looked for again; whether a commit that it took with it was kept is found out.
  static Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options);
};

// Applies the numbered migrations that are missing, each in its transaction, under a lock. Refuses
// a schema newer than this program, and one whose applied migrations differ from ours by check sum.
Status migrate(Database& database);

// A copy of the SQLite database at `path` as it is at one moment, also while others write to it, in
// a new file of mode 0600. kConflict when `target` is there.
Status copy_sqlite(const std::string& path, const std::string& target);

}  // namespace spillguard::db
