#include "server/backup.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "base/crypto.h"
#include "base/file.h"
#include "server/credentials.h"
#include "server/open_store.h"
#include "server/store_admin.h"
#include "store/move_store.h"
#include "store/rekey.h"

namespace spillguard::server {
namespace backup_detail {
namespace {

// A database file that goes, with its log, unless it is kept.
class WorkingCopy {
 public:
  explicit WorkingCopy(std::string path) : path_(std::move(path)) {}
  WorkingCopy(const WorkingCopy&) = delete;
  WorkingCopy& operator=(const WorkingCopy&) = delete;
  ~WorkingCopy() {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::error_code ignored;
      std::filesystem::remove(path_ + suffix, ignored);
    }
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// All of the PostgreSQL store in a new SQLite file, with nothing left in a log beside it.
Status dump_postgres(const ServerConfig& config, const std::string& path) {
  SG_ASSIGN(const auto from, open_store(config));
  SG_ASSIGN(const auto to, db::Database::open_sqlite({.path = path}));
  SG_TRY(store::move_store(*from, *to));
  return {};
}

Status key_must_fit(const ServerConfig& config, const std::string& copy) {
  SG_ASSIGN(const auto key, load_installation_key(config.key_file, true));
  SG_ASSIGN(const auto database, db::Database::open_sqlite({.path = copy}));
  SG_ASSIGN(const auto ours, store::is_key_of(*database, key));
  if (!ours || *ours) return {};
  return fail(Code::kConflict,
              fmt::format("the backup was written under another installation key than the one in "
                          "{}: put that of the backup there first",
                          config.key_file));
}

// Who held jobs and leases when the backup was made works on another store: nobody waits for them.
Status end_leases(const std::string& copy) {
  SG_ASSIGN(const auto database, db::Database::open_sqlite({.path = copy}));
  return database->write([](db::Connection& connection) -> Status {
    SG_TRY(connection.execute("UPDATE jobs SET lease_until = 0 WHERE state = 1"));
    return connection.execute("UPDATE leases SET lease_until = 0");
  });
}

}  // namespace
}  // namespace backup_detail

Result<int64_t> backup_store(const ServerConfig& config, const std::string& file) {
  namespace own = backup_detail;
  if (std::filesystem::exists(file)) {
    return fail(Code::kConflict, file + " is there already: name a new file");
  }
  if (is_embedded(config)) {
    SG_TRY(db::copy_sqlite(store_file(config), file));
  } else {
    const own::WorkingCopy copy(fmt::format("{}.{}.copy", file, random_hex(4)));
    SG_TRY(own::dump_postgres(config, copy.path()));
    SG_TRY(db::copy_sqlite(copy.path(), file));
  }
  return static_cast<int64_t>(std::filesystem::file_size(file));
}

Result<std::vector<std::string>> restore_store(const ServerConfig& config,
                                               const std::string& file) {
  namespace own = backup_detail;
  SG_TRY(make_directories(config.data_dir, 0700));
  auto lock = FileLock::take(config.data_dir + "/spillguard.lock");
  if (!lock) return fail(std::move(lock).error().context("stop the server first"));
  if (is_embedded(config) && std::filesystem::exists(store_file(config))) {
    return fail(Code::kConflict, fmt::format("{} is there: move it and what begins with its name "
                                             "away first",
                                             store_file(config)));
  }
  // The backup itself stays as it is; opening the copy brings its schema up to date.
  const own::WorkingCopy copy(fmt::format("{}/restore.{}.db", config.data_dir, random_hex(4)));
  SG_TRY(db::copy_sqlite(file, copy.path()));
  SG_TRY(own::key_must_fit(config, copy.path()));
  SG_TRY(own::end_leases(copy.path()));
  if (is_embedded(config)) {
    SG_TRY(db::copy_sqlite(copy.path(), store_file(config)));
  } else {
    SG_ASSIGN(const auto from, db::Database::open_sqlite({.path = copy.path()}));
    SG_ASSIGN(const auto to, open_store(config));
    SG_TRY(store::move_store(*from, *to));
  }
  return check_store(config);
}

}  // namespace spillguard::server
