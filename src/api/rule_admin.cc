#include "api/rule_admin.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json_writer.h"
#include "base/log.h"

namespace spillguard::api {
namespace rule_admin_detail {
namespace {

// Built-in and custom rules as the changes want them. `broken`: rules that do not compile are left
// out and named there; without it they are an error.
Result<detect::RuleSet> rule_set(const store::RuleChanges& changes,
                                 std::vector<std::string>* broken) {
  std::vector<detect::Rule> rules = detect::RuleSet::built_in().release();
  for (detect::Rule& rule : rules) {
    const auto found = changes.switches.find(rule.id);
    if (found != changes.switches.end()) rule.enabled = found->second;
  }
  for (const store::CustomRule& custom : changes.custom) {
    auto rule = detect::make_user_rule(to_user_rule(custom));
    if (rule) {
      rules.push_back(*std::move(rule));
    } else if (broken != nullptr && custom.enabled) {
      broken->push_back(fmt::format("{} ({})", custom.name, rule.error().message));
    } else if (custom.enabled) {
      return fail(std::move(rule).error());
    }
  }
  return detect::RuleSet::of(std::move(rules));
}

std::vector<std::pair<int32_t, std::string>> rule_versions(const detect::RuleSet& rules) {
  std::vector<std::pair<int32_t, std::string>> out;
  for (const detect::Rule& rule : rules.rules()) {
    if (rule.enabled) out.emplace_back(rule.id, detect::rule_version(rule));
  }
  return out;
}

std::string details(const store::CustomRule& rule) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.field("id", rule.id);
  json.field("name", rule.name);
  json.field("enabled", rule.enabled);
  json.end_object();
  return text;
}

tl::unexpected<Error> no_rule(int32_t id) {
  return fail(Code::kNotFound,
              fmt::format("There is no custom rule {}; GET rules lists them with their ids.", id));
}

std::string entity_of(const store::CustomRule& rule) { return fmt::format("rule/{}", rule.id); }

}  // namespace
}  // namespace rule_admin_detail

detect::UserRule to_user_rule(const store::CustomRule& rule) {
  return {.id = rule.id,
          .name = rule.name,
          .pattern = rule.regexp,
          .description = rule.description,
          .flags = rule.flags,
          .category = rule.category,
          .severity = static_cast<detect::Severity>(rule.severity),
          .enabled = rule.enabled};
}

Status RuleAdmin::load() {
  const std::lock_guard lock(mutex_);
  SG_ASSIGN(changes_, store::load_rule_changes(database_, key_));
  std::vector<std::string> broken;
  SG_ASSIGN(auto rules, rule_admin_detail::rule_set(changes_, &broken));
  for (const std::string& rule : broken) log::error("custom rule is off: {}", rule);
  for (store::CustomRule& custom : changes_.custom) {
    if (rules.find(custom.id) == nullptr) custom.enabled = false;
  }
  SG_TRY(database_.write([&](db::Connection& connection) {
    return store::record_rule_set(connection, rules.version(),
                                  rule_admin_detail::rule_versions(rules));
  }));
  return live_.set(std::move(rules));
}

Status RuleAdmin::reload() {
  const std::lock_guard lock(mutex_);
  SG_ASSIGN(auto changes, store::load_rule_changes(database_, key_));
  std::vector<std::string> broken;
  SG_ASSIGN(auto rules, rule_admin_detail::rule_set(changes, &broken));
  const auto running = live_.rules();
  const bool same = running != nullptr && running->version() == rules.version();
  for (store::CustomRule& custom : changes.custom) {
    if (rules.find(custom.id) == nullptr) custom.enabled = false;
  }
  changes_ = std::move(changes);
  return same ? Status() : live_.set(std::move(rules));
}

Status RuleAdmin::apply(store::RuleChanges changes, const db::Work& write,
                        const store::AuditEvent& event) {
  // With mutex_ held. The engine is proven to build before anything is written.
  SG_ASSIGN(auto rules, rule_admin_detail::rule_set(changes, nullptr));
  SG_TRY(detect::Engine::build(rules, {.self_check = false}));
  SG_TRY(database_.write([&](db::Connection& connection) -> Status {
    SG_TRY(write(connection));
    SG_TRY(store::record_rule_set(connection, rules.version(),
                                  rule_admin_detail::rule_versions(rules)));
    return store::append_audit(connection, event);
  }));
  SG_TRY(live_.set(std::move(rules)));
  changes_ = std::move(changes);
  return {};
}

Status RuleAdmin::set_enabled(std::string_view name, bool enabled, store::AuditEvent event) {
  const std::lock_guard lock(mutex_);
  const auto rules = live_.rules();
  const detect::Rule* rule = rules->find(name);
  const auto is_custom = [&](const store::CustomRule& custom) { return custom.name == name; };
  if (rule == nullptr || std::any_of(changes_.custom.begin(), changes_.custom.end(), is_custom)) {
    return fail(Code::kNotFound,
                fmt::format("There is no built-in rule {}; GET rules lists all of them.", name));
  }
  if (rule->enabled == enabled) return {};
  store::RuleChanges changes = changes_;
  changes.switches[rule->id] = enabled;
  event.kind = store::AuditKind::kRuleToggled;
  event.entity = fmt::format("rule/{}", name);
  event.details = fmt::format(R"({{"enabled":{}}})", enabled);
  const int32_t id = rule->id;
  return apply(
      std::move(changes),
      [&](db::Connection& connection) {
        return store::set_rule_switch(connection, id, enabled, now_ms());
      },
      event);
}

Result<store::CustomRule> RuleAdmin::create(store::CustomRule rule, store::AuditEvent event) {
  const std::lock_guard lock(mutex_);
  if (live_.rules()->find(rule.name) != nullptr) {
    return fail(Code::kConflict, fmt::format("There is a rule named {} already.", rule.name));
  }
  // The number is the store's to give: the rule is proven with one that nobody has.
  detect::UserRule trial = to_user_rule(rule);
  trial.id = 1;
  SG_TRY(detect::make_user_rule(trial));
  rule.created_at = rule.changed_at = now_ms();
  rule.created_by = rule.changed_by = event.actor;
  SG_TRY(database_.write([&](db::Connection& connection) -> Status {
    SG_ASSIGN(rule.id, store::insert_custom_rule(connection, rule, key_));
    event.kind = store::AuditKind::kCustomRuleCreated;
    event.entity = rule_admin_detail::entity_of(rule);
    event.details = rule_admin_detail::details(rule);
    return store::append_audit(connection, event);
  }));
  store::RuleChanges changes = changes_;
  changes.custom.push_back(rule);
  SG_ASSIGN(auto rules, rule_admin_detail::rule_set(changes, nullptr));
  SG_TRY(database_.write([&](db::Connection& connection) {
    return store::record_rule_set(connection, rules.version(),
                                  rule_admin_detail::rule_versions(rules));
  }));
  SG_TRY(live_.set(std::move(rules)));
  changes_ = std::move(changes);
  return rule;
}

Result<store::CustomRule> RuleAdmin::update(int32_t id,
                                            const std::function<void(store::CustomRule&)>& change,
                                            store::AuditEvent event) {
  const std::lock_guard lock(mutex_);
  store::RuleChanges changes = changes_;
  const auto found = std::find_if(changes.custom.begin(), changes.custom.end(),
                                  [&](const store::CustomRule& rule) { return rule.id == id; });
  if (found == changes.custom.end()) return rule_admin_detail::no_rule(id);
  const std::string old_name = found->name;
  change(*found);
  found->id = id;
  const detect::Rule* const other = live_.rules()->find(found->name);
  if (found->name != old_name && other != nullptr) {
    return fail(Code::kConflict, fmt::format("There is a rule named {} already.", found->name));
  }
  found->changed_at = now_ms();
  found->changed_by = event.actor;
  event.kind = store::AuditKind::kCustomRuleUpdated;
  event.entity = rule_admin_detail::entity_of(*found);
  event.details = rule_admin_detail::details(*found);
  store::CustomRule rule = *found;
  SG_TRY(apply(
      std::move(changes),
      [&](db::Connection& connection) { return store::update_custom_rule(connection, rule, key_); },
      event));
  return rule;
}

Status RuleAdmin::remove(int32_t id, store::AuditEvent event) {
  const std::lock_guard lock(mutex_);
  store::RuleChanges changes = changes_;
  const auto found = std::find_if(changes.custom.begin(), changes.custom.end(),
                                  [&](const store::CustomRule& rule) { return rule.id == id; });
  if (found == changes.custom.end()) return rule_admin_detail::no_rule(id);
  event.kind = store::AuditKind::kCustomRuleDeleted;
  event.entity = rule_admin_detail::entity_of(*found);
  event.details = rule_admin_detail::details(*found);
  changes.custom.erase(found);
  return apply(
      std::move(changes),
      [&](db::Connection& connection) {
        return store::delete_custom_rule(connection, id, now_ms());
      },
      event);
}

std::vector<store::CustomRule> RuleAdmin::custom_rules() const {
  const std::lock_guard lock(mutex_);
  return changes_.custom;
}

}  // namespace spillguard::api
