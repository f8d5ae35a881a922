// The rules of this installation as people change them: switches of built-in rules and rules of
// their own, kept in the store and brought to the running engine. One for all sites. Thread-safe:
// changes wait for each other; scans that run keep the engine they began with.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "detect/live_rules.h"
#include "detect/user_rule.h"
#include "store/audit.h"
#include "store/rule_store.h"

namespace spillguard::api {

class RuleAdmin {
 public:
  RuleAdmin(db::Database& database, detect::LiveRules& live, MasterKey key)
      : database_(database), live_(live), key_(std::move(key)) {}

  // At the start: built-in rules with the changes of the store become the live ones. A custom rule
  // that does not compile any more is switched off and named in the log; the others work.
  Status load();

  // The four changes. `event` tells who does it; kind, entity and details are filled in here. The
  // change, its event and what stands behind the new version are written together, then the new
  // engine takes over.
  // Again, because another process changed them; nothing when they are what runs.
  Status reload();

  Status set_enabled(std::string_view name, bool enabled, store::AuditEvent event);
  Result<store::CustomRule> create(store::CustomRule rule, store::AuditEvent event);
  // kNotFound without such a rule. `change` edits a copy of it.
  Result<store::CustomRule> update(int32_t id,
                                   const std::function<void(store::CustomRule&)>& change,
                                   store::AuditEvent event);
  Status remove(int32_t id, store::AuditEvent event);

  [[nodiscard]] std::vector<store::CustomRule> custom_rules() const;

 private:
  // Everything that changes goes through here: `write` in a transaction with the event.
  Status apply(store::RuleChanges changes, const db::Work& write, const store::AuditEvent& event);

  db::Database& database_;
  detect::LiveRules& live_;
  MasterKey key_;  // patterns are sealed
  mutable std::mutex mutex_;
  store::RuleChanges changes_;
};

// What detection needs of a custom rule.
detect::UserRule to_user_rule(const store::CustomRule& rule);

}  // namespace spillguard::api
