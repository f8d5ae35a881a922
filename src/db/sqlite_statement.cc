#include "db/sqlite_statement.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

#include "base/strings.h"

namespace spillguard::db {
namespace {

// SQLite takes a null pointer for NULL, and an empty view may have one.
const char* not_null(std::string_view bytes) { return bytes.data() == nullptr ? "" : bytes.data(); }

}  // namespace

SqliteStatement::SqliteStatement(std::shared_ptr<SqliteHandle> handle,
                                 SqliteHandle::Prepared prepared)
    : handle_(std::move(handle)),
      prepared_(prepared),
      statement_(prepared->statement),
      misuse_(prepared->misuse) {}

SqliteStatement::~SqliteStatement() { handle_->put(prepared_); }

int SqliteStatement::prepare_bind(int index) {
  if (stepped_) reset();
  const auto slot = static_cast<size_t>(index - 1);
  const std::vector<int>& positions = prepared_->positions;
  if (index < 1 || slot >= positions.size() || positions[slot] == 0) {
    if (misuse_.empty()) misuse_ = fmt::format("there is no parameter ${}", index);
    return 0;
  }
  prepared_->bound[slot] = true;
  return positions[slot];
}

void SqliteStatement::note(int code, int index) {
  if (code != SQLITE_OK && misuse_.empty()) {
    misuse_ = fmt::format("parameter ${}: {}", index, sqlite3_errstr(code));
  }
}

Statement& SqliteStatement::bind(int index, int64_t value) {
  if (const int position = prepare_bind(index); position != 0) {
    note(sqlite3_bind_int64(statement_, position, value), index);
  }
  return *this;
}

Statement& SqliteStatement::bind(int index, double value) {
  if (const int position = prepare_bind(index); position != 0) {
    note(sqlite3_bind_double(statement_, position, value), index);
  }
  return *this;
}

Statement& SqliteStatement::bind(int index, std::string_view text) {
  if (const int position = prepare_bind(index); position != 0) {
    note(sqlite3_bind_text64(statement_, position, not_null(text), text.size(), SQLITE_TRANSIENT,
                             SQLITE_UTF8),
         index);
  }
  return *this;
}

Statement& SqliteStatement::bind_blob(int index, std::string_view bytes) {
  if (const int position = prepare_bind(index); position != 0) {
    note(sqlite3_bind_blob64(statement_, position, not_null(bytes), bytes.size(), SQLITE_TRANSIENT),
         index);
  }
  return *this;
}

Statement& SqliteStatement::bind_null(int index) {
  if (const int position = prepare_bind(index); position != 0) {
    note(sqlite3_bind_null(statement_, position), index);
  }
  return *this;
}

Result<bool> SqliteStatement::step() {
  if (done_) return false;
  if (!stepped_) {
    for (size_t slot = 0; slot < prepared_->bound.size() && misuse_.empty(); ++slot) {
      if (prepared_->positions[slot] != 0 && !prepared_->bound[slot]) {
        misuse_ = fmt::format("parameter ${} was not bound", slot + 1);
      }
    }
    if (!misuse_.empty()) {
      return fail(Code::kInternal,
                  fmt::format("SQL statement: {} in: {}", misuse_, prepared_->sql.substr(0, 160)));
    }
  }
  stepped_ = true;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) {
    columns_ = sqlite3_data_count(statement_);
    return true;
  }
  columns_ = 0;
  done_ = true;
  if (code == SQLITE_DONE) return false;
  Error failure = handle_->error(code, prepared_->sql);
  sqlite3_reset(statement_);
  return fail(std::move(failure));
}

Status SqliteStatement::run() {
  if (done_) reset();
  while (true) {
    SG_ASSIGN(const bool row, step());
    if (!row) break;
  }
  reset();
  return {};
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_);
  columns_ = 0;
  stepped_ = false;
  done_ = false;
}

bool SqliteStatement::is_null(int column) const {
  check_column(column);
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

int64_t SqliteStatement::integer(int column) const {
  check_column(column);
  return sqlite3_column_int64(statement_, column);
}

double SqliteStatement::number(int column) const {
  check_column(column);
  return sqlite3_column_double(statement_, column);
}

std::string_view SqliteStatement::text(int column) const {
  check_column(column);
  const auto* data = sqlite3_column_text(statement_, column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const char*>(data),
          static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view SqliteStatement::blob(int column) const {
  check_column(column);
  const auto* data = sqlite3_column_blob(statement_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data),
          static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

}  // namespace spillguard::db
