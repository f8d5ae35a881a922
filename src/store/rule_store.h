// What people changed of the rules, and which rules stand behind a version of the rule set.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/time.h"
#include "db/database.h"

namespace spillguard::store {

// A rule of a user's own, in Java's syntax.
struct CustomRule {
  int32_t id = 0;  // given by the store, from 1,000,000
  std::string name = {};
  std::string regexp = {};
  std::string description = {};
  std::string flags = "m";
  std::string category = "custom";
  int severity = 0;
  bool enabled = true;
  TimeMs created_at = 0;
  std::string created_by = {};
  TimeMs changed_at = 0;
  std::string changed_by = {};
};

struct RuleChanges {
  std::vector<CustomRule> custom;    // by id
  std::map<int32_t, bool> switches;  // of built-in rules; the others are as their files say
};
Result<RuleChanges> load_rule_changes(db::Database& database, const MasterKey& key);

// Patterns and descriptions are sealed in the store. These four are part of the caller's
// transaction, beside its audit event.
Status set_rule_switch(db::Connection& connection, int32_t rule_id, bool enabled, TimeMs now);
Result<int32_t> insert_custom_rule(db::Connection& connection, const CustomRule& rule,
                                   const MasterKey& key);
Status update_custom_rule(db::Connection& connection, const CustomRule& rule, const MasterKey& key);
// Its findings are resolved at once: hidden, kept.
Status delete_custom_rule(db::Connection& connection, int32_t rule_id, TimeMs now);

// Notes the enabled rules of a version of the rule set: number and version of each.
Status record_rule_set(db::Connection& connection, std::string_view version,
                       const std::vector<std::pair<int32_t, std::string>>& rules);
// How items of a scope stand to a version of the rule set.
struct CarriedRules {
  int64_t current = 0;  // need not be read again for it
  int64_t stale = 0;
};
// Items of the scope that were read under a set that has all the rules of `version`, as they are
// now, need not be read again, but for those with findings of a rule that is no longer there: what
// it found may hide what others find at the same place. The others are marked as scanned under
// `version`. It is the last reading that counts: a rule that was off for a while and is on again
// is news only to what was read meanwhile.
Result<CarriedRules> carry_over_rules(db::Database& database, int64_t scope_id,
                                      std::string_view version);
// Whether a scan under `from` found all that one under `to` would: see carry_over_rules().
Result<bool> covers_rules(db::Database& database, std::string_view from, std::string_view to);

}  // namespace spillguard::store
