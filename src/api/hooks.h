// The address at which a host tells of changes, and the secret that it signs with. Both follow from
// the installation's key: the same after a restart and on every node, and not to be guessed.
#pragma once

#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/secret.h"

namespace spillguard::api {

// The last segment of /rest/security/hooks/…
std::string hook_token(const MasterKey& key, std::string_view site);
Secret hook_secret(const MasterKey& key, std::string_view site);

}  // namespace spillguard::api
