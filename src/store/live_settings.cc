#include "store/live_settings.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "base/time.h"
#include "store/sealed_text.h"
#include "store/sql.h"

namespace spillguard::store {
namespace live_settings_detail {
namespace {

constexpr std::string_view kSitePrefix = "api/site/";  // "api/site/1/autoScan"
constexpr std::string_view kNodePrefix = "api/node/";
constexpr std::string_view kMailTextName = "customEmailText";

using Pairs = std::map<std::string, std::string>;

std::string spelled(bool flag) { return flag ? "true" : "false"; }

Pairs pairs_of(const SiteSettings& settings) {
  return {{"autoScan", spelled(settings.auto_scan)},
          {"emailForNewFindings", spelled(settings.email_for_new_findings)},
          {std::string(kMailTextName), settings.custom_email_text},
          {"scanAttachments", spelled(settings.scan_attachments)},
          {"includePlaintextInExports", spelled(settings.include_plaintext_in_exports)},
          {"deduplicateExports", spelled(settings.deduplicate_exports)}};
}

void apply(SiteSettings& settings, std::string_view name, std::string_view value) {
  const bool flag = value == "true";
  if (name == "autoScan") settings.auto_scan = flag;
  if (name == "emailForNewFindings") settings.email_for_new_findings = flag;
  if (name == kMailTextName) settings.custom_email_text = value;
  if (name == "scanAttachments") settings.scan_attachments = flag;
  if (name == "includePlaintextInExports") settings.include_plaintext_in_exports = flag;
  if (name == "deduplicateExports") settings.deduplicate_exports = flag;
}

Pairs pairs_of(const NodeSettings& settings) {
  std::string nodes;  // names have no line breaks
  for (const std::string& node : settings.scanning_nodes) nodes += node + "\n";
  return {{"parallelScans", std::to_string(settings.parallel_scans)},
          {"logLevelOverride", settings.log_level_override},
          {"scanningNodes", nodes}};
}

void apply(NodeSettings& settings, std::string_view name, std::string_view value) {
  if (name == "parallelScans") settings.parallel_scans = parse_int(value).value_or(2);
  if (name == "logLevelOverride") settings.log_level_override = value;
  if (name == "scanningNodes") {
    settings.scanning_nodes.clear();
    for (const std::string_view node : split(value, '\n')) {
      if (!node.empty()) settings.scanning_nodes.emplace_back(node);
    }
  }
}

// Only what is new: what nobody ever set goes on following the configuration.
Status write_new(db::Connection& connection, const MasterKey& key, const std::string& prefix,
                 const Pairs& before, const Pairs& after) {
  for (const auto& [name, value] : after) {
    if (before.at(name) == value) continue;
    SG_TRY(run(connection,
               "INSERT INTO settings (name, value, changed_at) VALUES ($1, $2, $3) ON CONFLICT "
               "(name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at",
               prefix + name, name == kMailTextName ? seal_text(key, kMailText, value) : value,
               now_ms()));
  }
  return {};
}

std::string site_prefix(int64_t site_id) { return fmt::format("{}{}/", kSitePrefix, site_id); }

}  // namespace
}  // namespace live_settings_detail

Status LiveSettings::load() {
  namespace own = live_settings_detail;
  const std::lock_guard lock(mutex_);
  return database_.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(auto rows, connection.prepare("SELECT name, value FROM settings WHERE name LIKE "
                                            "'api/%'"));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) return {};
      std::string_view name = rows->text(0);
      if (name.starts_with(own::kNodePrefix)) {
        own::apply(node_, name.substr(own::kNodePrefix.size()), rows->text(1));
      } else if (name.starts_with(own::kSitePrefix)) {
        name.remove_prefix(own::kSitePrefix.size());
        const size_t slash = name.find('/');
        const auto site_id = parse_int(name.substr(0, slash));
        if (slash == std::string_view::npos || !site_id) continue;
        name.remove_prefix(slash + 1);
        std::string value(rows->text(1));
        if (name == own::kMailTextName) {
          SG_ASSIGN(value, open_text(key_, kMailText, value));
        }
        own::apply(sites_[*site_id], name, value);
      }
    }
  });
}

Status LiveSettings::reload() {
  const std::lock_guard changing(changing_);
  const NodeSettings before = node();
  SG_TRY(load());
  const NodeSettings now = node();
  if (now != before && on_node_change_) on_node_change_(now);
  return {};
}

void LiveSettings::on_node_change(std::function<void(const NodeSettings&)> action) {
  const std::lock_guard changing(changing_);
  on_node_change_ = std::move(action);
}

SiteSettings LiveSettings::site_locked(int64_t site_id) const {
  const auto found = sites_.find(site_id);
  return found == sites_.end() ? SiteSettings{} : found->second;
}

SiteSettings LiveSettings::site(int64_t site_id) const {
  const std::lock_guard lock(mutex_);
  return site_locked(site_id);
}

NodeSettings LiveSettings::node() const {
  const std::lock_guard lock(mutex_);
  return node_;
}

Status LiveSettings::change(
    int64_t site_id, const Change& change,
    const std::function<Status(db::Connection&, const SiteSettings& old_site,
                               const NodeSettings& old_node)>& also) {
  namespace own = live_settings_detail;
  const std::lock_guard changing(changing_);
  const SiteSettings old_site = site(site_id);
  const NodeSettings old_node = node();
  SiteSettings new_site = old_site;
  NodeSettings new_node = old_node;
  SG_TRY(change(new_site, new_node));
  SG_TRY(database_.write([&](db::Connection& connection) -> Status {
    SG_TRY(own::write_new(connection, key_, own::site_prefix(site_id), own::pairs_of(old_site),
                          own::pairs_of(new_site)));
    SG_TRY(own::write_new(connection, key_, std::string(own::kNodePrefix), own::pairs_of(old_node),
                          own::pairs_of(new_node)));
    connection.notify("settings");
    return also ? also(connection, old_site, old_node) : Status();
  }));
  {
    const std::lock_guard lock(mutex_);
    sites_[site_id] = new_site;
    node_ = new_node;
  }
  if (new_node != old_node && on_node_change_) on_node_change_(new_node);
  return {};
}

}  // namespace spillguard::store
