#include "server/store_admin.h"

#include <filesystem>
#include <utility>

#include "base/file.h"
#include "server/credentials.h"
#include "server/open_store.h"
#include "store/rekey.h"

namespace spillguard::server {

Result<std::vector<store::TableSum>> migrate_store(const ServerConfig& config) {
  if (is_embedded(config)) {
    return fail(Code::kInvalidArgument,
                "the configuration names no PostgreSQL: give [store] its url");
  }
  const std::string path = store_file(config);
  if (!std::filesystem::exists(path)) {
    return fail(Code::kNotFound, path + " is not there: there is nothing to move");
  }
  const auto lock = FileLock::take(config.data_dir + "/spillguard.lock");
  if (!lock) return fail(lock.error().context("stop the server first"));
  SG_ASSIGN(const auto from, db::Database::open_sqlite({.path = path}));
  SG_ASSIGN(const auto to, open_store(config));
  return store::move_store(*from, *to);
}

Result<std::vector<std::string>> check_store(const ServerConfig& config) {
  SG_ASSIGN(const auto key, load_installation_key(config.key_file, true));
  SG_ASSIGN(const auto database, open_existing_store(config));
  SG_ASSIGN(auto wrong, store::check_store(*database));
  SG_ASSIGN(const auto ours, store::is_key_of(*database, key));
  if (ours && !*ours) wrong.emplace_back("the store was written under another installation key");
  return wrong;
}

}  // namespace spillguard::server
