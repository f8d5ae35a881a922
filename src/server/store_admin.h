// What people do to a store from the command line.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "server/config.h"
#include "store/move_store.h"

namespace spillguard::server {

// Moves the SQLite store of the data folder into the PostgreSQL that the configuration names (see
// store::move_store). The server must not run; the old store stays as it is.
Result<std::vector<store::TableSum>> migrate_store(const ServerConfig& config);

// What is wrong with the store, and whether it belongs to the installation key.
Result<std::vector<std::string>> check_store(const ServerConfig& config);

}  // namespace spillguard::server
