#include "server/offline.h"

#include "api/hooks.h"
#include "base/strings.h"
#include "server/credentials.h"
#include "server/open_store.h"
#include "store/store.h"

namespace spillguard::server {

Result<std::vector<SiteHook>> webhook_addresses(const ServerConfig& config) {
  // As if a store were there: a key must not be made by a question.
  SG_ASSIGN(const auto key, load_installation_key(config.key_file, true));
  std::vector<SiteHook> hooks;
  for (const SiteConfig& site : config.sites) {
    const std::string base =
        site.webhook_url.empty() ? site.public_url + "/rest/security/hooks" : site.webhook_url;
    hooks.push_back({.site = site.name,
                     .address = base + "/" + api::hook_token(key, site.name),
                     .secret = api::hook_secret(key, site.name)});
  }
  return hooks;
}

Result<std::vector<ScopeCoverage>> read_coverage(const ServerConfig& config,
                                                 const std::string& key) {
  SG_ASSIGN(const auto database, open_existing_store(config));
  store::Store store(*database);
  std::vector<ScopeCoverage> out;
  for (const SiteConfig& site : config.sites) {
    const auto product = site.host.product == hosts::Product::kJira ? store::Product::kJira
                                                                    : store::Product::kConfluence;
    SG_ASSIGN(const auto row, store.ensure_site(site.name, product, site.host.base_url));
    SG_ASSIGN(auto scopes, store.scopes(row.id));
    for (store::Scope& scope : scopes) {
      if (!key.empty() && !equals_ignore_case(scope.key, key)) continue;
      SG_ASSIGN(const auto cells, store.coverage(scope.id));
      SG_ASSIGN(const int64_t items, store.count_items(scope.id));
      out.push_back({.site = site.name,
                     .scope = std::move(scope),
                     .items = items,
                     .kinds = store::summarize(cells)});
    }
  }
  return out;
}

}  // namespace spillguard::server
