// The store that the configuration names: SQLite in the data folder, or a PostgreSQL.
#pragma once

#include <memory>

#include "base/error.h"
#include "db/database.h"
#include "server/config.h"

namespace spillguard::server {

// The file of the embedded store.
std::string store_file(const ServerConfig& config);
bool is_embedded(const ServerConfig& config);

// Opens it and brings its schema up to date; makes an embedded one that is not there.
Result<std::unique_ptr<db::Database>> open_store(const ServerConfig& config);
// The same, kNotFound when no server has made it yet.
Result<std::unique_ptr<db::Database>> open_existing_store(const ServerConfig& config);

}  // namespace spillguard::server
