#include "db/sqlite_handle.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

#include "base/strings.h"
#include "db/sqlite_error.h"

namespace spillguard::db {
namespace {

constexpr size_t kIdleStatements = 256;

// Whether only white space and comments are left: preparing them gives no statement.
bool is_blank_sql(sqlite3* connection, std::string_view sql) {
  if (trim(sql).empty()) return true;
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  const bool blank = code == SQLITE_OK && statement == nullptr;
  sqlite3_finalize(statement);
  return blank;
}

}  // namespace

SqliteHandle::SqliteHandle(sqlite3* connection, std::string path)
    : connection_(connection), path_(std::move(path)) {}

SqliteHandle::~SqliteHandle() {
  for (const auto& idle : idle_) sqlite3_finalize(idle.statement);
  sqlite3_close_v2(connection_);
}

Result<sqlite3_stmt*> SqliteHandle::take(std::string_view sql) {
  if (const auto found = by_sql_.find(sql); found != by_sql_.end()) {
    sqlite3_stmt* statement = found->second->statement;
    const auto position = found->second;
    by_sql_.erase(found);
    idle_.erase(position);
    ++in_use_;
    return statement;
  }
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, &rest);
  if (code != SQLITE_OK) {
    Error failure = error(code, sql);
    // No value is bound yet: SQLite can but speak of the SQL.
    if ((code & 0xff) == SQLITE_ERROR)
      failure = std::move(failure).context(sqlite3_errmsg(connection_));
    return fail(std::move(failure));
  }
  if (statement == nullptr) return fail(Code::kInternal, "an SQL statement without words");
  if (!is_blank_sql(connection_, sql.substr(static_cast<size_t>(rest - sql.data())))) {
    sqlite3_finalize(statement);
    return fail(Code::kInternal,
                fmt::format("prepare() takes one statement, not several: {}", sql.substr(0, 80)));
  }
  ++in_use_;
  return statement;
}

void SqliteHandle::put(std::string sql, sqlite3_stmt* statement) {
  --in_use_;
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if (by_sql_.contains(sql)) {
    sqlite3_finalize(statement);
    return;
  }
  idle_.push_front({std::move(sql), statement});
  by_sql_.emplace(idle_.front().sql, idle_.begin());
  if (idle_.size() > kIdleStatements) {
    by_sql_.erase(idle_.back().sql);
    sqlite3_finalize(idle_.back().statement);
    idle_.pop_back();
  }
}

Status SqliteHandle::execute(std::string_view sql) {
  const char* next = sql.data();
  const char* const end = sql.data() + sql.size();
  while (next < end) {
    const char* const start = next;
    sqlite3_stmt* statement = nullptr;
    int code =
        sqlite3_prepare_v2(connection_, start, static_cast<int>(end - start), &statement, &next);
    const std::string_view text(start,
                                static_cast<size_t>((code == SQLITE_OK ? next : end) - start));
    if (code == SQLITE_OK && statement == nullptr) continue;  // a comment
    if (code == SQLITE_OK) {
      while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      }
    }
    if (code != SQLITE_DONE) {
      Error failure = error(code, trim(text));
      // Such statements have no parameters, so there is no value that SQLite could repeat.
      if ((code & 0xff) == SQLITE_ERROR)
        failure = std::move(failure).context(sqlite3_errmsg(connection_));
      sqlite3_finalize(statement);
      return fail(std::move(failure));
    }
    sqlite3_finalize(statement);
  }
  return {};
}

Error SqliteHandle::error(int code, std::string_view sql) {
  const int primary = code & 0xff;
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) busy_seen_ = true;
  return sqlite_error(connection_, code, path_, sql);
}

}  // namespace spillguard::db
