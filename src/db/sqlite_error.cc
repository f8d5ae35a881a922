#include "db/sqlite_error.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <cstring>
#include <string>

namespace spillguard::db {
namespace {

struct ErrorRow {
  int code;  // a primary result code
  Code kind;
  std::string_view way_out;
};

// What each failure means for the people who run the service.
constexpr std::array kErrorTable = {
    ErrorRow{SQLITE_BUSY, Code::kUnavailable,
             "another process keeps it locked; stop that process or try again"},
    ErrorRow{SQLITE_LOCKED, Code::kUnavailable,
             "another connection keeps it locked; try again in a moment"},
    ErrorRow{SQLITE_FULL, Code::kIo,
             "the disk is full; free space on its volume, nothing was lost"},
    ErrorRow{SQLITE_IOERR, Code::kIo,
             "the disk or file system refused; look into the system's log and check the volume"},
    ErrorRow{SQLITE_CORRUPT, Code::kCorrupt,
             "the file is damaged; stop the service and restore the last backup"},
    ErrorRow{SQLITE_NOTADB, Code::kCorrupt,
             "the file is not an SQLite database; name another path or restore the last backup"},
    ErrorRow{SQLITE_READONLY, Code::kIo,
             "it can not be written; check the owner and mode of the file and its folder, and that "
             "the volume is not mounted read-only"},
    ErrorRow{
        SQLITE_CANTOPEN, Code::kIo,
        "it can not be opened; check that its folder exists and belongs to the service's user"},
    ErrorRow{SQLITE_PERM, Code::kIo, "access denied; check the owner and mode of the file"},
    ErrorRow{SQLITE_NOLFS, Code::kIo, "the file system can not hold so large a file"},
    ErrorRow{SQLITE_PROTOCOL, Code::kUnavailable,
             "its locks do not work; the file must be on a local disk, not on a network share"},
    ErrorRow{SQLITE_TOOBIG, Code::kTooLarge, "a value is larger than SQLite can hold"},
    ErrorRow{SQLITE_INTERRUPT, Code::kCancelled, "the statement was interrupted"},
    ErrorRow{SQLITE_NOMEM, Code::kInternal, "out of memory"},
};

bool collides(int extended) {
  return extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
         extended == SQLITE_CONSTRAINT_ROWID || extended == SQLITE_CONSTRAINT_FOREIGNKEY;
}

std::string start_of(std::string_view sql) {
  constexpr size_t kShown = 160;
  std::string out;
  for (const char c : sql.substr(0, kShown)) out += c == '\n' ? ' ' : c;
  if (sql.size() > kShown) out += " [...]";
  return out;
}

}  // namespace

Error sqlite_error(sqlite3* connection, int code, std::string_view path, std::string_view sql) {
  const int primary = code & 0xff;
  const int extended = connection != nullptr && sqlite3_errcode(connection) == code
                           ? sqlite3_extended_errcode(connection)
                           : code;
  if (primary == SQLITE_CONSTRAINT) {
    // Names the table and columns, never a value.
    return {collides(extended) ? Code::kConflict : Code::kInternal,
            fmt::format("database {}: {}", path,
                        connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code))};
  }
  for (const auto& row : kErrorTable) {
    if (row.code != primary) continue;
    std::string detail = sqlite3_errstr(extended);
    const int os_error = connection != nullptr ? sqlite3_system_errno(connection) : 0;
    if (os_error != 0 && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN)) {
      std::array<char, 128> text{};
      detail += ", ";
      detail += strerror_r(os_error, text.data(), text.size());
    }
    return {row.kind, fmt::format("database {}: {} ({}, SQLite code {})", path, row.way_out, detail,
                                  extended)};
  }
  return {Code::kInternal, fmt::format("database {}: {} (SQLite code {}) in: {}", path,
                                       sqlite3_errstr(primary), extended, start_of(sql))};
}

}  // namespace spillguard::db
