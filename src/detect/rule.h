// Detection rules as data. The format of rule files is described in docs/rules.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace spillguard::detect {

enum class Severity { kInfo, kLow, kMedium, kHigh, kCritical };
std::optional<Severity> parse_severity(std::string_view name);
std::string_view severity_name(Severity severity);  // "info" … "critical"

enum class Syntax {
  kPcre2,  // what the rule files of this project use
  kJava,   // java.util.regex.Pattern, what users write
};

struct Rule {
  int32_t id = 0;        // stable number, unique over all files, never reused
  std::string name;      // UPPER_SNAKE, unique; what scripts use
  std::string title;     // for people: "GitHub personal access token"
  std::string provider;  // "GitHub"
  std::string category;  // one of kCategories
  Severity severity = Severity::kHigh;
  bool enabled = true;  // on unless somebody switches it
  // Group `secret`, else group 1, else group 0 is the secret; of a Java pattern always group 0.
  std::string pattern;
  Syntax syntax = Syntax::kPcre2;
  uint32_t java_flags = 0;  // of a Java pattern: the bits of Pattern.compile()
  // Not empty: no pattern, but a detector of this name finds it ("generic").
  std::string detector;
  std::vector<std::string> anchors;  // literals, one of which is in every match
  bool ignore_case = false;          // anchors and pattern in any case
  uint32_t before = 0;               // bytes before the anchor that a match may begin at
  uint32_t after = 0;                // bytes after the anchor's begin that a match may reach
  std::vector<std::string>
      context;                 // one of these words (any case) must stand within context_reach
  uint32_t context_reach = 0;  // bytes to either side of the match
  double min_entropy = 0;      // Shannon, bits a byte of the secret; 0 = no test
  std::vector<std::string> validators;  // names of checks on the secret, see validators.h
  std::vector<std::string> stop_words;  // secrets that hold one of these (any case) are not secrets
  // Templates, as the file has them: expand_examples() and expand_counter_examples() of templates.h
  // give the texts. The rule must match the first and must not match the others.
  std::vector<std::string> examples;
  std::vector<std::string> counter_examples;
  std::string source;  // where the format is documented
  std::string file;    // for messages
  // Of a built-in rule: what the build step found out about pattern and anchors, see
  // rule_analysis.h. A view of the program's own data; ignored when the rule was changed since.
  std::string_view prepared = {};
};

inline constexpr std::string_view kCategories[] = {
    "cloud", "source-control", "ci-cd",      "chat",     "email",         "payment",
    "ai",    "database",       "monitoring", "identity", "private-key",   "connection-string",
    "token", "crypto",         "saas",       "generic",  "personal-data", "custom"};

// All rules of a number of files, sorted by id. Immutable once made.
class RuleSet {
 public:
  // Adds the rules of one TOML file. Errors name file, line and rule.
  Status add_file(std::string_view file_name, std::string_view toml);
  // The rules compiled into this program, from what the build step made of their files.
  static RuleSet built_in();
  // The same from the files themselves, which takes half a second. A broken one is a programmer's
  // error.
  static RuleSet from_files();
  // A set of rules made by a program, for example of a rule under test. Ids and names are unique.
  static RuleSet of(std::vector<Rule> rules);

  [[nodiscard]] std::span<const Rule> rules() const { return rules_; }
  [[nodiscard]] const Rule* find(std::string_view name) const;
  [[nodiscard]] const Rule* find(int32_t id) const;
  // Switches a rule; kNotFound names the rule.
  Status set_enabled(std::string_view name, bool enabled);
  // Changes whenever anything changes that could change findings (enabled rules, their text, the
  // engine's own version).
  [[nodiscard]] std::string version() const;
  // The rules themselves, for who needs nothing else of the set any more.
  [[nodiscard]] std::vector<Rule> release() && { return std::move(rules_); }

 private:
  std::vector<Rule> rules_;
};

// Changes whenever anything of the rule changes that could change its findings, or the engine's own
// version does: 12 hexadecimal digits, the same on every machine.
std::string rule_version(const Rule& rule);

// Every problem of the rules, a line each: bad names, patterns that do not compile, anchors that an
// example lacks, examples that do not match, counter-examples that do, missing sources. Empty =
// good.
std::vector<std::string> check_rules(const RuleSet& rules);

}  // namespace spillguard::detect
