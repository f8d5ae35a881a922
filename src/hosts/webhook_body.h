// What a host's webhook says that changed. Bodies are hints: they may be forged, late, doubled or
// rendered for somebody else; only ids are taken from them. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "hosts/host.h"

namespace spillguard::hosts {

struct WebhookHint {
  std::string event;
  std::vector<std::string> ids;  // of items, or of what hangs on one (Host::find_owner)
  bool scopes = false;           // projects or spaces came, went or were renamed
  std::string ignored;           // why there is nothing to do, when there is not
};

// kInvalidArgument when this is no webhook of the product.
Result<WebhookHint> read_webhook(Product product, std::string_view body);

// X-Hub-Signature: "sha256=" and the hex HMAC-SHA256 of the raw body under the secret.
bool is_signed(std::string_view header, std::string_view secret, std::string_view body);

}  // namespace spillguard::hosts
