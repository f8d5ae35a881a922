// SQLite's files, by SQLite itself, from memory and read-only. Views, triggers and virtual tables
// of the file are never run; the tables that virtual ones keep their data in are tables like
// others.
#include <fmt/format.h>
#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "extract_helper/formats.h"
#include "extract_helper/marked_text.h"
#include "extract_helper/strings.h"

namespace spillguard::extract {
namespace sqlite_files {
namespace {

struct Close {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

Statement prepare(sqlite3* db, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(db, sql.c_str(), static_cast<int>(sql.size()), &statement, nullptr);
  return Statement(statement);
}

std::string_view bytes_of(sqlite3_stmt* row, int column) {
  const void* data = sqlite3_column_blob(row, column);
  const int size = sqlite3_column_bytes(row, column);
  return data == nullptr
             ? std::string_view()
             : std::string_view(static_cast<const char*>(data), static_cast<size_t>(size));
}

// A header of write-ahead logging would make SQLite look for files beside it: version 1 in its
// place.
std::string without_log(std::string_view bytes) {
  std::string copy(bytes);
  if (copy.size() > 19) {
    copy[18] = '\x01';
    copy[19] = '\x01';
  }
  return copy;
}

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    out += c == '"' ? "\"\"" : std::string(1, c);
  }
  return out + "\"";
}

// One table; what can not be read ends it with SQLite's word for the error.
std::string read_table(Reading& reading, File& file, sqlite3* db, const std::string& table) {
  Statement rows = prepare(db, "SELECT rowid, * FROM " + quoted(table));
  const bool has_id = rows != nullptr;
  if (!has_id) {
    rows = prepare(db, "SELECT * FROM " + quoted(table));
  }
  if (rows == nullptr) {
    return sqlite3_errmsg(db);
  }
  constexpr size_t kTextAtOnce = size_t{4} << 20U;
  MarkedText out;
  const int first = has_id ? 1 : 0;
  const int columns = sqlite3_column_count(rows.get());
  int64_t number = 0;
  int status = 0;
  while ((status = sqlite3_step(rows.get())) == SQLITE_ROW) {
    if (reading.entry() != Reason::kRead) {
      break;
    }
    number = has_id ? sqlite3_column_int64(rows.get(), 0) : number + 1;
    out.mark(fmt::format("{} row {}", to_valid_utf8(table), number));
    for (int column = first; column < columns; ++column) {
      const int kind = sqlite3_column_type(rows.get(), column);
      const std::string_view value = bytes_of(rows.get(), column);
      if (kind == SQLITE_NULL || value.empty()) {
        continue;
      }
      const char* name = sqlite3_column_name(rows.get(), column);
      if (kind != SQLITE_BLOB) {
        out.put(fmt::format("{}: {}\n", name == nullptr ? "" : name, value));
      } else if (value.size() >= 16) {
        const std::string where =
            fmt::format("{} row {} {}", to_valid_utf8(table), number, name == nullptr ? "" : name);
        reading.within(file, where, value);
      }
    }
    if (out.text().size() > kTextAtOnce) {
      out.give(reading, file, {});
    }
  }
  out.give(reading, file, {});
  return status == SQLITE_DONE || reading.stopped() ? std::string() : sqlite3_errmsg(db);
}

}  // namespace
}  // namespace sqlite_files

Verdict read_sqlite(Reading& reading, File& file) {
  using namespace sqlite_files;  // NOLINT(google-build-using-namespace): its own names
  std::string copy = without_log(file.bytes);
  sqlite3* opened = nullptr;
  sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  const Database db(opened);
  if (db == nullptr) {
    return {.reason = Reason::kMemory, .detail = {}};
  }
  sqlite3_db_config(db.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db.get(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(db.get(), SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_limit(db.get(), SQLITE_LIMIT_LENGTH, 1 << 28);
  (void)prepare(db.get(), "PRAGMA temp_store=MEMORY");
  std::string trouble;
  const auto size = static_cast<sqlite3_int64>(copy.size());
  if (sqlite3_deserialize(db.get(), "main", reinterpret_cast<unsigned char*>(copy.data()), size,
                          size, SQLITE_DESERIALIZE_READONLY) != SQLITE_OK) {
    trouble = sqlite3_errmsg(db.get());
  }
  std::vector<std::string> tables;
  if (trouble.empty()) {
    const Statement list =
        prepare(db.get(), "SELECT type, name, sql FROM sqlite_schema ORDER BY rowid");
    MarkedText schema;
    while (list != nullptr && sqlite3_step(list.get()) == SQLITE_ROW &&
           reading.entry() == Reason::kRead) {
      const std::string_view sql = bytes_of(list.get(), 2);
      schema.put(sql);
      schema.line();
      if (bytes_of(list.get(), 0) == "table" && !starts_with_ignore_case(sql, "create virtual")) {
        tables.emplace_back(bytes_of(list.get(), 1));
      }
    }
    if (list == nullptr) {
      trouble = sqlite3_errmsg(db.get());
    }
    schema.give(reading, file, "schema");
  }
  for (const std::string& table : tables) {
    if (reading.stopped()) {
      return stopped_at(reading.stop_reason());
    }
    if (const std::string error = read_table(reading, file, db.get(), table); !error.empty()) {
      trouble = error;
    }
  }
  if (!trouble.empty()) {
    (void)read_binary(reading, file);
    return {.reason = Reason::kBroken,
            .detail = to_valid_utf8(trouble) + "; strings of it were read"};
  }
  return {};
}

}  // namespace spillguard::extract
