#include "db/sqlite_connection.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <thread>
#include <utility>

#include "base/strings.h"
#include "db/sqlite_error.h"
#include "db/sqlite_statement.h"

namespace spillguard::db {
namespace {

// Rolls back what was not committed, also when work throws (out of memory).
class RollbackGuard {
 public:
  explicit RollbackGuard(SqliteHandle& handle) : handle_(handle) {}
  RollbackGuard(const RollbackGuard&) = delete;
  RollbackGuard& operator=(const RollbackGuard&) = delete;
  ~RollbackGuard() {
    // Some failures (disk full) have rolled back already; then we are back in autocommit.
    if (sqlite3_get_autocommit(handle_.get()) == 0) (void)handle_.execute("ROLLBACK");
  }

 private:
  SqliteHandle& handle_;
};

}  // namespace

SqliteConnection::SqliteConnection(std::shared_ptr<SqliteHandle> handle)
    : handle_(std::move(handle)) {}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const SqliteOptions& options,
                                                                 const std::string& file,
                                                                 const std::string& name,
                                                                 Role role) {
  sqlite3* raw = nullptr;
  // Each connection is used by one thread at a time, so SQLite's own mutex would be wasted.
  const int code =
      sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  auto handle = std::make_shared<SqliteHandle>(raw, name);
  if (code != SQLITE_OK) return fail(handle->error(code, "opening"));
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(std::move(handle)));
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, static_cast<int>(options.busy_timeout_ms));
  if (role == Role::kWriter) SG_TRY(connection->refuse_foreign_file(name));
  SG_TRY(connection->set_up(options, role));
  return connection;
}

// Before anything is changed: a mistyped path may name somebody else's database.
Status SqliteConnection::refuse_foreign_file(const std::string& name) {
  SG_ASSIGN(auto statement,
            prepare("SELECT count(*), count(CASE WHEN name = 'schema_migrations' THEN 1 END) "
                    "FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"));
  SG_TRY(statement->step());
  if (statement->integer(0) > 0 && statement->integer(1) == 0) {
    return fail(
        Code::kInvalidArgument,
        fmt::format("database {}: the file is a database of another program; name another path",
                    name));
  }
  return {};
}

// SQLite does not wait for others here when two processes open a new file at once, so we do.
Status SqliteConnection::enter_wal_mode() {
  for (int tried = 1;; ++tried) {
    handle_->clear_busy();
    SG_ASSIGN(auto statement, prepare("PRAGMA journal_mode = WAL"));
    const auto row = statement->step();
    if (row) {
      if (equals_ignore_case(statement->text(0), "wal")) return {};
      return fail(Code::kUnsupported,
                  "the database's file system can not do write-ahead logging; put the database on "
                  "a local disk");
    }
    if (!busy_seen() || tried == 8) return fail(row.error());
    std::this_thread::sleep_for(std::chrono::milliseconds(2 << tried));
  }
}

Status SqliteConnection::set_up(const SqliteOptions& options, Role role) {
  sqlite3* raw = handle_->get();
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // Plans do not hang on values. Else a statement whose value decides whether a partial index would
  // serve is planned anew for each value, which costs more than running it.
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
  SG_TRY(enter_wal_mode());
  // NORMAL: in WAL mode a commit is in the file (the page cache) before it is reported, which
  // outlives this process; only checkpoints wait for the disk.
  // Temporary tables stay in memory: sorting must not write to /tmp.
  const bool temporary = options.path == ":memory:";
  // There are several readers, and what they keep is void whenever somebody writes.
  const int64_t cache = role == Role::kReader ? options.cache_bytes / 2 : options.cache_bytes;
  return execute(fmt::format(
      "PRAGMA synchronous = {}; PRAGMA foreign_keys = ON;"
      "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -{};"
      "PRAGMA journal_size_limit = 67108864; PRAGMA query_only = {};"
      // What is deleted or replaced is overwritten, not only given free.
      "PRAGMA secure_delete = ON;"
      "SELECT count(*) FROM sqlite_schema",
      temporary ? "OFF" : "NORMAL", cache / 1024, role == Role::kReader ? "ON" : "OFF"));
}

Result<std::shared_ptr<Statement>> SqliteConnection::prepare(std::string_view sql) {
  SG_ASSIGN(const auto prepared, handle_->take(sql));
  // Shared only with the work that asked for it.
  return std::make_shared<SqliteStatement>(handle_, prepared);
}

int64_t SqliteConnection::changes() const { return sqlite3_changes64(handle_->get()); }

void SqliteConnection::after_commit(std::function<void()> action) {
  actions_.push_back(std::move(action));
}

void SqliteConnection::watch_log(std::function<void(int pages)> told) {
  log_told_ = std::move(told);
  sqlite3_wal_hook(
      handle_->get(),
      [](void* self, sqlite3* raw, const char* name, int pages) {
        // Under a load that never pauses only a writer finds a moment at which all of it is folded
        // back and the log can begin anew.
        constexpr int kLongestLogPages = 8192;
        if (pages >= kLongestLogPages) {
          sqlite3_wal_checkpoint_v2(raw, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        } else {
          static_cast<SqliteConnection*>(self)->log_told_(pages);
        }
        return SQLITE_OK;
      },
      this);
}

void SqliteConnection::fold_log_back() {
  // What could not be done now is done the next time.
  sqlite3_wal_checkpoint_v2(handle_->get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

Status SqliteConnection::compact() {
  // The copy may be larger than memory. It holds what the store holds, and has no name.
  SG_TRY(handle_->execute("PRAGMA temp_store = FILE; VACUUM; PRAGMA temp_store = MEMORY"));
  // The log has the pages of before: it is cut to nothing, which needs that nobody reads.
  SG_ASSIGN(auto cut, prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
  SG_TRY(cut->step());
  if (cut->integer(0) == 0) return {};
  return fail(Code::kUnavailable,
              "the write-ahead log can not be cut while somebody reads: stop what else has the "
              "store open, and try again");
}

Status SqliteConnection::run_kept(std::string_view sql) {
  SG_ASSIGN(auto statement, prepare(sql));
  return statement->run();
}

Status SqliteConnection::transaction(std::string_view begin, const Work& work,
                                     std::vector<std::function<void()>>& actions) {
  handle_->clear_busy();
  actions_.clear();
  SG_TRY(run_kept(begin));
  const RollbackGuard guard(*handle_);
  SG_TRY(work(*this));
  if (handle_->in_use() != 0) {
    return fail(Code::kInternal, "a statement outlived the transaction that it was made in");
  }
  if (sqlite3_get_autocommit(handle_->get()) != 0) {
    return fail(Code::kInternal, "the transaction was ended by the work inside it");
  }
  SG_TRY(run_kept("COMMIT"));
  actions = std::exchange(actions_, {});
  return {};
}

}  // namespace spillguard::db
