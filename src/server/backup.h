// Backups of the store as one file, whatever database it is in, and putting one back. The
// installation key is never in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "server/config.h"

namespace spillguard::server {

// Writes one snapshot of the store into `file`, a new SQLite database, while servers run. What is
// written meanwhile is not in it. Returns its bytes.
Result<int64_t> backup_store(const ServerConfig& config, const std::string& file);

// Puts a backup, of this release or an older one and of either database, into the configured store,
// which must be new; no server may run. kConflict when the store is not empty or the backup was
// written under another installation key. Returns what is wrong with the restored store, in words.
Result<std::vector<std::string>> restore_store(const ServerConfig& config, const std::string& file);

}  // namespace spillguard::server
