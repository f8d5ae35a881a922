#include "cli/rule_options.h"

#include <utility>

#include "base/file.h"

namespace spillguard::cli {

void declare_rule_options(CommandLine& line, RuleOptions& options) {
  line.options("--rules", options.files, "A file with more rules (may be repeated)");
  line.flag("--built-in,!--no-built-in", options.built_in,
            "The rules of the program itself; without them, those of --rules alone");
  line.options("--enable", options.enable, "Switch the rule of this name on (may be repeated)");
  line.options("--disable", options.disable, "Switch the rule of this name off (may be repeated)");
  line.options("--only", options.only, "Use the rule of this name alone (may be repeated)");
}

Result<detect::RuleSet> load_rules(const RuleOptions& options) {
  detect::RuleSet rules = options.built_in ? detect::RuleSet::built_in() : detect::RuleSet();
  for (const std::string& file : options.files) {
    SG_ASSIGN(const std::string text, read_file(file));
    SG_TRY(rules.add_file(file, text));
  }
  if (!options.only.empty()) {
    std::vector<std::string> names;
    for (const detect::Rule& rule : rules.rules()) {
      names.push_back(rule.name);
    }
    for (const std::string& name : names) {
      SG_TRY(rules.set_enabled(name, false));
    }
    for (const std::string& name : options.only) {
      SG_TRY(rules.set_enabled(name, true));
    }
  }
  for (const std::string& name : options.enable) {
    SG_TRY(rules.set_enabled(name, true));
  }
  for (const std::string& name : options.disable) {
    SG_TRY(rules.set_enabled(name, false));
  }
  return rules;
}

}  // namespace spillguard::cli
