// Reading of rule files. The format is described in docs/rules.md.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "base/config.h"
#include "detect/generic/generic_detector.h"
#include "detect/rule.h"
#include "detect/templates.h"
#include "detect/user_rule.h"
#include "regex/shape.h"

namespace spillguard::detect {
namespace {

constexpr int64_t kMaxReach = 1 << 20;
constexpr uint32_t kDefaultContextReach = 80;

// Fills what the rule leaves open and its pattern tells: anchors and reach. What can not be told
// stays empty; check_rules and Engine::build say so.
void complete(Rule& rule, bool has_before, bool has_after) {
  if (!rule.detector.empty()) return;
  if (rule.syntax == Syntax::kJava) return;  // the engine tells them from the pattern
  const auto shape = regex::Shape::of(rule.pattern, rule.ignore_case);
  if (!shape) return;
  if (rule.anchors.empty())
    rule.anchors = shape->derive_anchors().value_or(std::vector<std::string>{});
  if (rule.anchors.empty()) return;
  const regex::AnchorPlan plan = shape->plan(rule.anchors);
  if (!has_before && plan.before <= kMaxReach) rule.before = plan.before;
  if (!has_after && plan.after <= kMaxReach) rule.after = plan.after;
}

// Expands once to have the errors; the texts themselves are made when somebody wants them.
void check_templates(ConfigTable& table, const Rule& rule) {
  if (const auto texts = expand_examples(rule); !texts) {
    table.reject("examples", texts.error().message);
  }
  if (const auto texts = expand_counter_examples(rule); !texts) {
    table.reject("counter_examples", texts.error().message);
  }
}

// `syntax` and what goes with it.
void read_syntax(ConfigTable& table, Rule& rule) {
  const std::string syntax = table.string("syntax", "pcre2");
  const std::string flags = table.string("flags", "");
  if (syntax == "java") {
    rule.syntax = Syntax::kJava;
    if (const auto bits = java_flags_of(flags)) {
      rule.java_flags = *bits;
    } else {
      table.reject("flags", "must be letters of idmsuxU, as in (?im)");
    }
    for (const char* key : {"anchors", "before", "after"}) {
      if (table.has(key))
        table.reject(key, "is derived from a pattern in Java's syntax; leave out");
    }
  } else if (syntax != "pcre2") {
    table.reject("syntax", "must be pcre2 or java");
  } else if (!flags.empty()) {
    table.reject("flags", "are for patterns in Java's syntax; write them as (?i) in others");
  }
}

Rule read_rule(ConfigTable& table, const std::string& provider, const std::string& source) {
  Rule rule;
  rule.id = static_cast<int32_t>(table.integer("id", 0, 1, std::numeric_limits<int32_t>::max()));
  if (!table.has("id")) table.reject("id", "is required");
  rule.name = table.required_string("name");
  rule.title = table.required_string("title");
  rule.provider = table.string("provider", provider);
  rule.category = table.required_string("category");
  if (std::find(std::begin(kCategories), std::end(kCategories), rule.category) ==
      std::end(kCategories)) {
    table.reject("category", fmt::format("must be one of {}", fmt::join(kCategories, ", ")));
  }
  if (const auto severity = parse_severity(table.required_string("severity"))) {
    rule.severity = *severity;
  } else {
    table.reject("severity", "must be info, low, medium, high or critical");
  }
  rule.enabled = table.boolean("enabled", true);
  rule.detector = table.string("detector", "");
  if (rule.detector.empty()) {
    rule.pattern = table.required_string("pattern");
    read_syntax(table, rule);
  } else {
    if (rule.detector != generic::kDetectorName) {
      table.reject("detector", fmt::format("must be \"{}\"", generic::kDetectorName));
    }
    for (const std::string_view key :
         {"pattern", "syntax", "flags", "anchors", "ignore_case", "before", "after", "entropy",
          "validators", "stop_words", "context"}) {
      if (table.has(key)) table.reject(key, "goes with a pattern, and a detector has none");
    }
  }
  rule.anchors = table.strings("anchors");
  rule.ignore_case = table.boolean("ignore_case", false);
  rule.before = static_cast<uint32_t>(table.integer("before", 0, 0, kMaxReach));
  rule.after = static_cast<uint32_t>(table.integer("after", 0, 1, kMaxReach));
  rule.context = table.strings("context");
  rule.context_reach =
      static_cast<uint32_t>(table.integer("context_reach", kDefaultContextReach, 1, 10'000));
  rule.min_entropy = table.number("entropy", 0, 0, 8);
  rule.validators = table.strings("validators");
  rule.stop_words = table.strings("stop_words");
  rule.source = table.string("source", source);
  rule.examples = table.strings("examples");
  rule.counter_examples = table.strings("counter_examples");
  check_templates(table, rule);
  complete(rule, table.has("before"), table.has("after"));
  return rule;
}

}  // namespace

Status RuleSet::add_file(std::string_view file_name, std::string_view toml) {
  SG_ASSIGN(ConfigTable file, ConfigTable::parse(toml, std::string(file_name)));
  const std::string provider = file.string("provider", "");
  const std::string source = file.string("source", "");
  std::vector<Rule> added;
  std::vector<ConfigTable> tables = file.tables("rule");
  for (ConfigTable& table : tables) {
    Rule rule = read_rule(table, provider, source);
    rule.file = file_name;
    const auto clashes = [&](const Rule& other) {
      return other.id == rule.id || other.name == rule.name;
    };
    const auto end = added.end();
    const auto in_file = std::find_if(added.begin(), end, clashes);
    const auto before = std::find_if(rules_.begin(), rules_.end(), clashes);
    if (in_file != end || before != rules_.end()) {
      const Rule& other = in_file != end ? *in_file : *before;
      table.reject(other.id == rule.id ? "id" : "name",
                   fmt::format("{} {} is taken by {} {} in {}", rule.id, rule.name, other.id,
                               other.name, other.file));
    }
    added.push_back(std::move(rule));
  }
  SG_TRY(file.finish());
  rules_.insert(rules_.end(), std::make_move_iterator(added.begin()),
                std::make_move_iterator(added.end()));
  std::sort(rules_.begin(), rules_.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
  return {};
}

}  // namespace spillguard::detect
