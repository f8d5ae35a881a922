// What the handlers of one site's API work with. Owned by the server; outlives every request.
#pragma once

#include <memory>
#include <string>

#include "api/export_gate.h"
#include "api/rule_admin.h"
#include "api/shared_state.h"
#include "base/crypto.h"
#include "detect/live_rules.h"
#include "hosts/callers.h"
#include "hosts/host.h"
#include "jobs/hint_inbox.h"
#include "jobs/queue.h"
#include "store/live_settings.h"
#include "store/store.h"

namespace spillguard::api {

struct ApiContext {
  store::Site site;
  std::string public_url;    // the host's address for people, for links; no trailing slash
  std::string context_path;  // in front of /rest/security, "" or "/jira"
  hosts::Host& host;
  hosts::Callers& callers;
  store::Store& store;
  jobs::Queue& queue;
  const detect::LiveRules& rules;
  RuleAdmin& rule_admin;
  store::LiveSettings& settings;
  ExportGate& export_gate;
  const MasterKey& key;
  jobs::HintInbox& hints;
  std::string node;           // this process's name
  std::string extraction;     // how attachments are read where they are
  bool hooks_signed = false;  // webhooks without a signature are refused
  int most_waiting = 2;       // requests that may wait for scans at a time
  // A pointer, because handlers get the context as const.
  std::unique_ptr<SharedState> shared = std::make_unique<SharedState>();

  [[nodiscard]] bool is_jira() const { return site.product == store::Product::kJira; }
  // How attachments of this site are read now; scopes that were scanned otherwise are out of date.
  [[nodiscard]] std::string extraction_now() const {
    return store::extraction_of(settings.site(site.id).scan_attachments, extraction);
  }
  // "project" or "space"; "issue" or "content".
  [[nodiscard]] std::string_view scope_word() const { return is_jira() ? "project" : "space"; }
  [[nodiscard]] std::string_view item_word() const { return is_jira() ? "issue" : "content"; }
};

}  // namespace spillguard::api
