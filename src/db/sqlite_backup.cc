#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "db/database.h"
#include "db/sqlite_error.h"
#include "db/sqlite_handle.h"

namespace spillguard::db {
namespace sqlite_backup_detail {
namespace {

Error file_error(std::string_view what, const std::string& path) {
  const std::error_code why(errno, std::generic_category());
  return {Code::kIo, fmt::format("cannot {} {}: {}", what, path, why.message())};
}

// One snapshot of the store, without its free pages. Whoever writes meanwhile is not held up.
Status vacuum_into(const std::string& path, const std::string& target) {
  sqlite3* connection = nullptr;
  const int opened =
      sqlite3_open_v2(path.c_str(), &connection,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  SqliteHandle handle(connection, path);
  if (opened != SQLITE_OK) return fail(sqlite_error(connection, opened, path, "open"));
  sqlite3_busy_timeout(connection, 30'000);
  constexpr std::string_view kSql = "VACUUM INTO ?1";
  SG_ASSIGN(const auto prepared, handle.take(kSql));
  sqlite3_stmt* const statement = prepared->statement;
  sqlite3_bind_text(statement, 1, target.c_str(), -1, SQLITE_TRANSIENT);
  const int done = sqlite3_step(statement);
  Status status;
  if (done != SQLITE_DONE) status = fail(handle.error(done, kSql));
  sqlite3_reset(statement);
  handle.put(prepared);
  return status;
}

Status sync_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return fail(file_error("open", path));
  const bool synced = ::fsync(file) == 0;
  const Error error = synced ? Error{} : file_error("sync", path);
  ::close(file);
  return synced ? Status() : fail(error);
}

}  // namespace
}  // namespace sqlite_backup_detail

Status copy_sqlite(const std::string& path, const std::string& target) {
  namespace own = sqlite_backup_detail;
  if (!std::filesystem::exists(path)) return fail(Code::kNotFound, path + " is not there");
  const std::string part = target + ".part";
  // Made by us, so that it is never readable for others; VACUUM INTO takes an empty file.
  const int file = ::open(part.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return fail(own::file_error("create", part));
  ::close(file);
  Status status = own::vacuum_into(path, part);
  if (status) status = own::sync_file(part);
  // Not rename(): what stands there is not written over, whoever put it there meanwhile.
  if (status && ::link(part.c_str(), target.c_str()) != 0) {
    status = errno == EEXIST ? fail(Code::kConflict, target + " is there already: name a new file")
                             : fail(own::file_error("create", target));
  }
  ::unlink(part.c_str());
  return status;
}

}  // namespace spillguard::db
