#include "store/rule_store.h"

#include <fmt/format.h>

#include "store/sealed_text.h"
#include "store/sql.h"

namespace spillguard::store {
namespace rule_store_detail {
namespace {

constexpr std::string_view kRulesTopic = "rules";  // other processes hear of changes by it

using RuleVersions = std::map<int32_t, std::string>;

Result<RuleVersions> rules_of(db::Connection& connection, std::string_view version) {
  RuleVersions rules;
  SG_ASSIGN(auto rows,
            bound(connection, "SELECT rule_id, rule_version FROM rule_set_rules WHERE version = $1",
                  version));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return rules;
    rules[static_cast<int32_t>(rows->integer(0))] = rows->text(1);
  }
}

// Every rule of `to` stands in `from` as it is. A version that nobody noted covers nothing.
bool covers(const RuleVersions& from, const RuleVersions& to) {
  if (from.empty() || to.empty()) return false;
  for (const auto& [id, version] : to) {
    const auto found = from.find(id);
    if (found == from.end() || found->second != version) return false;
  }
  return true;
}

struct KnownVersion {
  int64_t id = 0;
  std::string version;
};

Result<std::vector<KnownVersion>> versions_of_scope(db::Connection& connection, int64_t scope_id) {
  std::vector<KnownVersion> out;
  SG_ASSIGN(auto rows,
            bound(connection,
                  "SELECT v.id, v.version FROM rules_versions v WHERE EXISTS (SELECT 1 FROM items "
                  "i WHERE i.scope_id = $1 AND i.read_rules_id = v.id)",
                  scope_id));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return out;
    out.push_back({.id = rows->integer(0), .version = std::string(rows->text(1))});
  }
}

Status carry(db::Connection& connection, int64_t scope_id, std::string_view version,
             CarriedRules& result) {
  SG_ASSIGN(const auto now_rules, rules_of(connection, version));
  SG_TRY(run(connection, "INSERT INTO rules_versions (version) VALUES ($1) ON CONFLICT DO NOTHING",
             version));
  SG_ASSIGN(const int64_t to,
            number_or(connection, 0, "SELECT id FROM rules_versions WHERE version = $1", version));
  SG_ASSIGN(const auto known, versions_of_scope(connection, scope_id));
  for (const KnownVersion& from : known) {
    SG_ASSIGN(const auto then_rules, rules_of(connection, from.version));
    if (!covers(then_rules, now_rules)) continue;
    std::vector<int32_t> removed;
    for (const auto& [id, rule_version] : then_rules) {
      if (!now_rules.contains(id)) removed.push_back(id);
    }
    std::string others;  // behind a number that no rule has: a list must not be empty
    for (const int32_t id : removed) others += fmt::format(",{}", id);
    SG_TRY(run(connection,
               fmt::format("UPDATE items SET rules_id = $3 WHERE scope_id = $1 AND "
                           "read_rules_id = $2 AND rules_id <> $3 AND NOT EXISTS (SELECT 1 FROM "
                           "findings f WHERE f.item_id = items.id "
                           "AND f.resolved_at = 0 AND f.rule_id IN (0{}))",
                           others),
               scope_id, from.id, to));
  }
  SG_ASSIGN(auto counts, bound(connection,
                               "SELECT count(*), count(CASE WHEN rules_id = $2 THEN 1 END) FROM "
                               "items WHERE scope_id = $1 AND gone_at = 0",
                               scope_id, to));
  SG_ASSIGN(const bool counted, counts->step());
  if (!counted) return fail(Code::kInternal, "the items of a scope can not be counted");
  result.current = counts->integer(1);
  result.stale = counts->integer(0) - result.current;
  return {};
}

}  // namespace
}  // namespace rule_store_detail

Result<RuleChanges> load_rule_changes(db::Database& database, const MasterKey& key) {
  RuleChanges changes;
  SG_TRY(database.read([&](db::Connection& connection) -> Status {
    changes = {};
    SG_ASSIGN(auto rows,
              connection.prepare("SELECT id, name, regexp, description, flags, category, severity, "
                                 "enabled, created_at, created_by, changed_at, changed_by FROM "
                                 "custom_rules ORDER BY id"));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) break;
      SG_ASSIGN(auto regexp, open_text(key, kRuleText, rows->text(2)));
      SG_ASSIGN(auto description, open_text(key, kRuleText, rows->text(3)));
      changes.custom.push_back({.id = static_cast<int32_t>(rows->integer(0)),
                                .name = std::string(rows->text(1)),
                                .regexp = std::move(regexp),
                                .description = std::move(description),
                                .flags = std::string(rows->text(4)),
                                .category = std::string(rows->text(5)),
                                .severity = static_cast<int>(rows->integer(6)),
                                .enabled = rows->integer(7) != 0,
                                .created_at = rows->integer(8),
                                .created_by = std::string(rows->text(9)),
                                .changed_at = rows->integer(10),
                                .changed_by = std::string(rows->text(11))});
    }
    SG_ASSIGN(auto switches, connection.prepare("SELECT rule_id, enabled FROM rule_switches"));
    while (true) {
      SG_ASSIGN(const bool more, switches->step());
      if (!more) return {};
      changes.switches[static_cast<int32_t>(switches->integer(0))] = switches->integer(1) != 0;
    }
  }));
  return changes;
}

Status set_rule_switch(db::Connection& connection, int32_t rule_id, bool enabled, TimeMs now) {
  connection.notify(rule_store_detail::kRulesTopic);
  return run(connection,
             "INSERT INTO rule_switches (rule_id, enabled, changed_at) VALUES ($1, $2, $3) ON "
             "CONFLICT (rule_id) DO UPDATE SET enabled = excluded.enabled, "
             "changed_at = excluded.changed_at",
             int64_t{rule_id}, enabled, now);
}

Result<int32_t> insert_custom_rule(db::Connection& connection, const CustomRule& rule,
                                   const MasterKey& key) {
  connection.notify(rule_store_detail::kRulesTopic);
  SG_ASSIGN(const int64_t id,
            number_or(connection, 0,
                      "INSERT INTO custom_rules (name, regexp, description, flags, category, "
                      "severity, enabled, created_at, created_by, changed_at, changed_by) VALUES "
                      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $9) RETURNING id",
                      rule.name, seal_text(key, kRuleText, rule.regexp),
                      seal_text(key, kRuleText, rule.description), rule.flags, rule.category,
                      rule.severity, rule.enabled, rule.created_at, rule.created_by));
  return static_cast<int32_t>(id);
}

Status update_custom_rule(db::Connection& connection, const CustomRule& rule,
                          const MasterKey& key) {
  connection.notify(rule_store_detail::kRulesTopic);
  return run(connection,
             "UPDATE custom_rules SET name = $2, regexp = $3, description = $4, flags = $5, "
             "category = $6, severity = $7, enabled = $8, changed_at = $9, changed_by = $10 "
             "WHERE id = $1",
             int64_t{rule.id}, rule.name, seal_text(key, kRuleText, rule.regexp),
             seal_text(key, kRuleText, rule.description), rule.flags, rule.category, rule.severity,
             rule.enabled, rule.changed_at, rule.changed_by);
}

Status delete_custom_rule(db::Connection& connection, int32_t rule_id, TimeMs now) {
  connection.notify(rule_store_detail::kRulesTopic);
  SG_TRY(run(connection, "DELETE FROM custom_rules WHERE id = $1", int64_t{rule_id}));
  return run(connection,
             "UPDATE findings SET resolved_at = $2 WHERE rule_id = $1 AND resolved_at = 0",
             int64_t{rule_id}, now);
}

Status record_rule_set(db::Connection& connection, std::string_view version,
                       const std::vector<std::pair<int32_t, std::string>>& rules) {
  SG_ASSIGN(const int64_t there,
            number_or(connection, 0,
                      "SELECT EXISTS (SELECT 1 FROM rule_set_rules WHERE version = $1)", version));
  if (there != 0) return {};
  for (const auto& [id, rule_version] : rules) {
    SG_TRY(run(connection,
               "INSERT INTO rule_set_rules (version, rule_id, rule_version) VALUES ($1, $2, $3)",
               version, int64_t{id}, rule_version));
  }
  return {};
}

Result<CarriedRules> carry_over_rules(db::Database& database, int64_t scope_id,
                                      std::string_view version) {
  CarriedRules result;
  SG_TRY(database.write([&](db::Connection& connection) {
    return rule_store_detail::carry(connection, scope_id, version, result);
  }));
  return result;
}

Result<bool> covers_rules(db::Database& database, std::string_view from, std::string_view to) {
  bool covered = false;
  SG_TRY(database.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(const auto then_rules, rule_store_detail::rules_of(connection, from));
    SG_ASSIGN(const auto now_rules, rule_store_detail::rules_of(connection, to));
    covered = rule_store_detail::covers(then_rules, now_rules);
    return {};
  }));
  return covered;
}

}  // namespace spillguard::store
