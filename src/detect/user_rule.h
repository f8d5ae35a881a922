// Rules that users write: a name and a pattern in the syntax of java.util.regex.Pattern, as the
// products take them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "detect/rule.h"

namespace spillguard::detect {

// What a user gives; all but the first three may be left as they are.
struct UserRule {
  static constexpr size_t kMaxName = 255;          // characters
  static constexpr size_t kMaxDescription = 2000;  // the same

  int32_t id = 0;  // from 1, unique
  std::string name;
  std::string pattern;      // at most regex::JavaPattern::kMaxLength bytes
  std::string description;  // the name when empty
  // Letters of (?idmsuxU). The products match a pattern against pieces of a text, so that ^ and $
  // are met at lines; we match it against the whole and give them that meaning by `m`.
  std::string flags = "m";
  std::string category = "custom";
  Severity severity = Severity::kHigh;
  bool enabled = true;
};

// The rule, proven to compile. Errors say which member is wrong; those of the pattern show the
// place, which regex::java_error_place() gives in numbers, too.
Result<Rule> make_user_rule(const UserRule& given);

// Pattern.compile()'s bits of flags in the letters of (?idmsuxU); nullopt when one is none.
std::optional<uint32_t> java_flags_of(std::string_view letters);

}  // namespace spillguard::detect
