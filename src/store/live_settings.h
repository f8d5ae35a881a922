// The settings that people change over the API, in memory and in the store. Those of a site and
// those of the whole installation. Thread-safe: changes wait for each other, readers do not.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/error.h"
#include "db/database.h"

namespace spillguard::store {

struct SiteSettings {
  bool auto_scan = true;  // scans are kept up to date without being asked for
  bool email_for_new_findings = false;
  std::string custom_email_text;
  bool scan_attachments = true;
  bool include_plaintext_in_exports = false;
  bool deduplicate_exports = true;
  friend bool operator==(const SiteSettings&, const SiteSettings&) = default;
};

// How attachments are read, as it is kept with a scope that was scanned so. `extraction`: by the
// helper, when they are.
inline std::string extraction_of(bool scan_attachments, std::string_view extraction) {
  return scan_attachments ? std::string(extraction) : "off";
}

// Of the installation: the same whichever site they are changed at.
struct NodeSettings {
  int64_t parallel_scans = 2;                    // on each node; 0 = as many as it has processors
  std::string log_level_override = "WARN";       // see log::set_override
  std::vector<std::string> scanning_nodes = {};  // names; empty = all nodes scan
  friend bool operator==(const NodeSettings&, const NodeSettings&) = default;
};

class LiveSettings {
 public:
  // `defaults`: what the configuration file says until somebody says otherwise.
  LiveSettings(db::Database& database, MasterKey key, NodeSettings defaults)
      : database_(database), key_(std::move(key)), node_(std::move(defaults)) {}

  Status load();  // at the start
  // Again, because another process changed them; tells on_node_change.
  Status reload();
  // Called after the settings of the installation changed.
  void on_node_change(std::function<void(const NodeSettings&)> action);

  [[nodiscard]] SiteSettings site(int64_t site_id) const;
  [[nodiscard]] NodeSettings node() const;

  // `change` edits copies; they are written, together with what `also` writes, and hold from then
  // on. An error of any of them changes nothing.
  using Change = std::function<Status(SiteSettings&, NodeSettings&)>;
  Status change(int64_t site_id, const Change& change,
                const std::function<Status(db::Connection&, const SiteSettings& old_site,
                                           const NodeSettings& old_node)>& also);

 private:
  [[nodiscard]] SiteSettings site_locked(int64_t site_id) const;

  db::Database& database_;
  MasterKey key_;        // the text of mails is sealed
  std::mutex changing_;  // one change at a time; taken before mutex_
  mutable std::mutex mutex_;
  std::map<int64_t, SiteSettings> sites_;
  NodeSettings node_;
  std::function<void(const NodeSettings&)> on_node_change_;
};

}  // namespace spillguard::store
