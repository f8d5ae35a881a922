#include "db/sqlite_handle.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

#include "base/strings.h"
#include "db/sqlite_error.h"

namespace spillguard::db {
namespace {

constexpr size_t kKeptStatements = 256;
constexpr int64_t kMaxParameters = 32766;  // SQLITE_MAX_VARIABLE_NUMBER as Debian has it at least

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

// To SQLite "$2" is a name like any other, numbered by where it first stands.
void read_parameters(PreparedStatement& prepared) {
  const int count = sqlite3_bind_parameter_count(prepared.statement);
  for (int position = 1; position <= count; ++position) {
    const char* name = sqlite3_bind_parameter_name(prepared.statement, position);
    const auto number =
        name != nullptr && name[0] == '$' ? parse_int(name + 1) : std::optional<int64_t>();
    if (!number || *number < 1 || *number > kMaxParameters) {
      prepared.misuse = "parameters are written $1, $2 …";
      continue;
    }
    const auto index = static_cast<size_t>(*number);
    if (prepared.positions.size() < index) prepared.positions.resize(index, 0);
    prepared.positions[index - 1] = position;
  }
  prepared.bound.assign(prepared.positions.size(), false);
}

}  // namespace

SqliteHandle::SqliteHandle(sqlite3* connection, std::string path)
    : connection_(connection), path_(std::move(path)) {}

SqliteHandle::~SqliteHandle() {
  for (const auto* list : {&kept_, &extra_}) {
    for (const PreparedStatement& prepared : *list) sqlite3_finalize(prepared.statement);
  }
  sqlite3_close_v2(connection_);
}

Result<SqliteHandle::Prepared> SqliteHandle::take(std::string_view sql) {
  const auto found = by_sql_.find(sql);
  if (found != by_sql_.end() && !found->second->in_use) {
    kept_.splice(kept_.begin(), kept_, found->second);
  } else {
    SG_ASSIGN(auto prepared, prepare(sql));
    const bool another = found != by_sql_.end();
    auto& list = another ? extra_ : kept_;
    list.push_front(std::move(prepared));
    if (!another) by_sql_.emplace(kept_.front().sql, kept_.begin());
    list.front().in_use = true;
    ++in_use_;
    return list.begin();
  }
  const Prepared prepared = kept_.begin();
  prepared->bound.assign(prepared->positions.size(), false);
  prepared->in_use = true;
  ++in_use_;
  return prepared;
}

Result<PreparedStatement> SqliteHandle::prepare(std::string_view sql) {
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
  PreparedStatement out{.sql = std::string(sql), .statement = statement};
  read_parameters(out);
  return out;
}

void SqliteHandle::put(Prepared prepared) {
  --in_use_;
  prepared->in_use = false;
  sqlite3_reset(prepared->statement);
  sqlite3_clear_bindings(prepared->statement);
  const auto known = by_sql_.find(prepared->sql);
  if (known == by_sql_.end() || known->second != prepared) {
    sqlite3_finalize(prepared->statement);
    extra_.erase(prepared);
  } else if (kept_.size() > kKeptStatements) {
    forget_oldest();
  }
}

void SqliteHandle::forget_oldest() {
  for (auto it = kept_.end(); kept_.size() > kKeptStatements && it != kept_.begin();) {
    --it;
    if (it->in_use) continue;
    by_sql_.erase(it->sql);
    sqlite3_finalize(it->statement);
    it = kept_.erase(it);
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
