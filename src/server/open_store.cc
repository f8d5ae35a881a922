#include "server/open_store.h"

#include <filesystem>

namespace spillguard::server {

std::string store_file(const ServerConfig& config) { return config.data_dir + "/spillguard.db"; }

bool is_embedded(const ServerConfig& config) { return config.store.url.empty(); }

Result<std::unique_ptr<db::Database>> open_store(const ServerConfig& config) {
  if (is_embedded(config)) return db::Database::open_sqlite({.path = store_file(config)});
  return db::Database::open_postgres(config.store);
}

Result<std::unique_ptr<db::Database>> open_existing_store(const ServerConfig& config) {
  if (is_embedded(config) && !std::filesystem::exists(store_file(config))) {
    return fail(Code::kNotFound,
                store_file(config) + " is not there: no server has run with this configuration");
  }
  return open_store(config);
}

}  // namespace spillguard::server
