// Secrets of ours: from a file, an environment variable or a systemd credential; never from the
// configuration itself.
#pragma once

#include <optional>
#include <string>

#include "base/config.h"
#include "base/crypto.h"
#include "base/secret.h"

namespace spillguard::server {

// The secret that `<what>_file`, `<what>_env` or `<what>_credential` of a table names; nothing when
// none is there. More than one is an error, as is one that can not be read or is empty.
Result<std::optional<Secret>> read_secret(ConfigTable& table, const std::string& what);

// The installation key: $SPILLGUARD_KEY, the systemd credential "spillguard-key", or the file. A
// file that is not there is made (mode 0600) with a new key, unless the data folder holds a store
// already: its findings hang on the lost key.
Result<MasterKey> load_installation_key(const std::string& path, bool store_exists);

// Whether that key comes from the environment or a credential, and not from the file.
bool key_comes_from_elsewhere();

}  // namespace spillguard::server
