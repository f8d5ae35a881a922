// Changing the installation key of a store, and finding out under which key it was left.
#pragma once

#include <string>

#include "base/crypto.h"
#include "db/database.h"
#include "server/config.h"
#include "store/rekey.h"

namespace spillguard::server {

// `loaded`, when the store was written under it. Else the key that a change of keys left beside the
// file when it was cut off after the store was changed; it takes the file's place then.
Result<MasterKey> settle_installation_key(const std::string& key_file, MasterKey loaded,
                                          db::Database& database);

struct KeyRotation {
  store::RekeyCounts counts;
  std::string previous_file;  // where the old key is now; "" when it did not come from the file
  std::string new_file;       // where the new one is
  bool from_file = true;      // else the environment or a credential holds it: change it there
};
// The server must not run. `new_key_file`: holds the new key, or is made with one; "" = the
// installation's key file gets a new key, which is refused when the key comes from elsewhere.
Result<KeyRotation> rotate_key(const ServerConfig& config, const std::string& new_key_file);

}  // namespace spillguard::server
