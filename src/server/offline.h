// What the command line asks of a configured server's store, whether the server runs or not.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "server/config.h"
#include "store/coverage_summary.h"

namespace spillguard::server {

struct SiteHook {
  std::string site;
  std::string address;  // under the site's public URL when webhook_url is not given
  Secret secret;
};
// Where hosts may send their webhooks. Needs the installation's key.
Result<std::vector<SiteHook>> webhook_addresses(const ServerConfig& config);

struct ScopeCoverage {
  std::string site;
  store::Scope scope;
  int64_t items = 0;
  std::vector<store::KindCoverage> kinds;
};
// The ledger of all scopes, or of those with this key.
Result<std::vector<ScopeCoverage>> read_coverage(const ServerConfig& config,
                                                 const std::string& key);

}  // namespace spillguard::server
