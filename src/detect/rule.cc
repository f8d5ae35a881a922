#include "detect/rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/crypto.h"
#include "base/embedded.h"
#include "detect/catalogue.h"
#include "detect/generic/model.h"

namespace spillguard::detect {
namespace {

constexpr std::array<std::string_view, 5> kSeverityNames = {"info", "low", "medium", "high",
                                                            "critical"};

// Raised when the engine itself comes to other findings from the same rules.
constexpr std::string_view kEngineVersion = "2";

// Length-prefixed, so that no two rule sets spell the same text.
void append_field(std::string& out, std::string_view value) {
  out += fmt::format("{}:", value.size());
  out += value;
}
void append_list(std::string& out, const std::vector<std::string>& values) {
  out += fmt::format("[{}]", values.size());
  for (const std::string& value : values) append_field(out, value);
}

// All of a rule that can change what it finds, and how that is reported.
void append_rule(std::string& text, const Rule& rule) {
  append_field(text, fmt::format("{} {} {} {} {} {} {}", rule.id, static_cast<int>(rule.severity),
                                 rule.ignore_case, rule.before, rule.after, rule.context_reach,
                                 rule.min_entropy));
  append_field(text, rule.name);
  append_field(text, rule.category);
  append_field(text, rule.pattern);
  append_field(text, rule.detector);
  if (!rule.detector.empty()) append_field(text, generic::Model::built_in().version());
  if (rule.syntax == Syntax::kJava) append_field(text, fmt::format("java {}", rule.java_flags));
  append_list(text, rule.anchors);
  append_list(text, rule.context);
  append_list(text, rule.validators);
  append_list(text, rule.stop_words);
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
  std::string text(kEngineVersion);
  append_rule(text, rule);
  return content_hash(text).substr(0, 12);
}

std::string RuleSet::version() const {
  std::string text(kEngineVersion);
  for (const Rule& rule : rules_) {
    if (rule.enabled) append_rule(text, rule);
  }
  return content_hash(text).substr(0, 16);
}

}  // namespace spillguard::detect
