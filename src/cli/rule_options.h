// The options that choose the rules: the built-in ones, files beside them, switches.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "cli/command_line.h"
#include "detect/rule.h"

namespace spillguard::cli {

struct RuleOptions {
  bool built_in = true;
  std::vector<std::string> files;
  std::vector<std::string> enable;
  std::vector<std::string> disable;
  std::vector<std::string> only;  // when not empty, all others are off
};

void declare_rule_options(CommandLine& line, RuleOptions& options);
Result<detect::RuleSet> load_rules(const RuleOptions& options);

}  // namespace spillguard::cli
