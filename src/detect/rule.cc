#include "detect/rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>

#include "base/crypto.h"
#include "base/embedded.h"
#include "detect/catalogue.h"
#include "detect/generic/model.h"
#include "detect/wire.h"

namespace spillguard::detect {
namespace {

constexpr std::array<std::string_view, 5> kSeverityNames = {"info", "low", "medium", "high",
                                                            "critical"};

// Raised when the engine itself comes to other findings from the same rules.
constexpr std::string_view kEngineVersion = "2";

// All of a rule that can change what it finds, and how that is reported.
void append_rule(WireWriter& text, const Rule& rule) {
  text.number(static_cast<uint64_t>(rule.id));
  text.number(static_cast<uint64_t>(rule.severity));
  text.number(rule.ignore_case ? 1 : 0);
  text.number(rule.before);
  text.number(rule.after);
  text.number(rule.context_reach);
  text.number(std::bit_cast<uint64_t>(rule.min_entropy));
  text.text(rule.name);
  text.text(rule.category);
  text.text(rule.pattern);
  text.text(rule.detector);
  if (!rule.detector.empty()) text.text(generic::Model::built_in().version());
  text.number(static_cast<uint64_t>(rule.syntax));
  text.number(rule.java_flags);
  text.list(rule.anchors);
  text.list(rule.context);
  text.list(rule.validators);
  text.list(rule.stop_words);
}

}  // namespace

std::optional<Severity> parse_severity(std::string_view name) {
  for (size_t i = 0; i < kSeverityNames.size(); ++i) {
    if (kSeverityNames[i] == name) return static_cast<Severity>(i);
  }
  return std::nullopt;
}

std::string_view severity_name(Severity severity) {
  return kSeverityNames[static_cast<size_t>(severity)];
}

RuleSet RuleSet::of(std::vector<Rule> rules) {
  RuleSet set;
  set.rules_ = std::move(rules);
  std::sort(set.rules_.begin(), set.rules_.end(),
            [](const Rule& a, const Rule& b) { return a.id < b.id; });
  return set;
}

RuleSet RuleSet::built_in() {
  const std::string_view prepared = embedded::rule_catalogue();
  auto catalogue = read_catalogue(prepared);
  if (catalogue) return std::move(catalogue->rules);
  if (!prepared.empty()) {
    fmt::print(stderr, "built-in rules: reading their files, for the catalogue is broken: {}\n",
               catalogue.error().message);
  }
  return from_files();
}

RuleSet RuleSet::from_files() {
  RuleSet set;
  for (const embedded::EmbeddedFile& file : embedded::rule_files()) {
    const Status status = set.add_file(file.name, file.data);
    if (!status) fmt::print(stderr, "built-in rules: {}\n", status.error().message);
    SG_CHECK(status.has_value());
  }
  return set;
}

const Rule* RuleSet::find(std::string_view name) const {
  const auto found = std::find_if(rules_.begin(), rules_.end(),
                                  [&](const Rule& rule) { return rule.name == name; });
  return found == rules_.end() ? nullptr : &*found;
}

const Rule* RuleSet::find(int32_t id) const {
  const auto found = std::lower_bound(rules_.begin(), rules_.end(), id,
                                      [](const Rule& rule, int32_t key) { return rule.id < key; });
  return found == rules_.end() || found->id != id ? nullptr : &*found;
}

Status RuleSet::set_enabled(std::string_view name, bool enabled) {
  const auto found = std::find_if(rules_.begin(), rules_.end(),
                                  [&](const Rule& rule) { return rule.name == name; });
  if (found == rules_.end()) {
    return fail(Code::kNotFound,
                fmt::format("no rule is named {}; `spillguard rules list` shows all", name));
  }
  found->enabled = enabled;
  return {};
}

std::string rule_version(const Rule& rule) {
  WireWriter text;
  text.text(kEngineVersion);
  append_rule(text, rule);
  return content_hash(text.str()).substr(0, 12);
}

std::string RuleSet::version() const {
  WireWriter text;  // writes lengths, so that no two rule sets spell the same
  text.text(kEngineVersion);
  for (const Rule& rule : rules_) {
    if (rule.enabled) append_rule(text, rule);
  }
  return content_hash(text.str()).substr(0, 16);
}

}  // namespace spillguard::detect
