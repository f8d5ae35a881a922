// What all parts of scanning share: one site's host and record, the store, the rules, the key.
// Owned by the server; outlives every scan.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/crypto.h"
#include "base/threads.h"
#include "detect/live_rules.h"
#include "hosts/host.h"
#include "jobs/queue.h"
#include "scan/attachment_reader.h"
#include "scan/quiet_hours.h"
#include "store/live_settings.h"
#include "store/store.h"

namespace spillguard::scan {

// One configured site with the connection to its host.
struct ScanSite {
  store::Site site;
  hosts::Host* host = nullptr;
  QuietHours quiet = {};
  hosts::WebhookSpec webhook = {};  // registered on the host when its address is not empty
};

struct ScanContext {
  store::Store& store;
  jobs::Queue& queue;
  detect::LiveRules& rules;
  const MasterKey& key;
  std::vector<ScanSite> sites;
  StopFlag& stop;
  bool scan_new_scopes = true;  // scopes that appear after the first listing of a site
  // Whether this process does the periodic work of all that share the store; without: yes.
  std::function<bool()> leads = {};
  const store::LiveSettings* settings = nullptr;  // without them, as by default
  AttachmentReader* attachments = nullptr;        // without: no attachment is opened

  // Whether scans of the site are kept up to date without being asked for.
  [[nodiscard]] bool auto_scan(int64_t site_id) const {
    return settings == nullptr || settings->site(site_id).auto_scan;
  }

  [[nodiscard]] bool scan_attachments(int64_t site_id) const {
    return settings == nullptr || settings->site(site_id).scan_attachments;
  }
  // How attachments of the site are read now; a scope that was scanned otherwise is out of date.
  [[nodiscard]] std::string extraction(int64_t site_id) const {
    return store::extraction_of(scan_attachments(site_id), attachments == nullptr
                                                               ? std::string("none")
                                                               : attachments->version());
  }

  // Nothing when no site of that id is configured (any more).
  [[nodiscard]] const ScanSite* site(int64_t id) const {
    for (const ScanSite& site : sites) {
      if (site.site.id == id) return &site;
    }
    return nullptr;
  }
};

}  // namespace spillguard::scan
