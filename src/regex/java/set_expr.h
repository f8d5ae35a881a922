// What one element of a Java pattern may match: one code point out of a set. Sets that name no
// Unicode property are plain intervals; the others stay expressions, because PCRE2 is quicker with
// the names than with the members (unicode_sets.h).
#pragma once

#include <string>
#include <vector>

#include "regex/java/code_ranges.h"

namespace spillguard::regex::java {

struct SetExpr {
  enum class Kind {
    kRanges,     // `ranges`; never negated
    kProperty,   // PCRE2's \p{property}
    kUnion,      // any of the children
    kIntersect,  // all of the children
  };
  Kind kind = Kind::kRanges;
  bool negated = false;
  CodeRanges ranges;
  std::string property;
  std::vector<SetExpr> children;

  static SetExpr of(CodeRanges ranges);
  static SetExpr of_property(std::string name);
};

SetExpr set_union(SetExpr a, SetExpr b);
SetExpr set_intersection(SetExpr a, SetExpr b);
SetExpr set_complement(SetExpr a);

// How letters match that are written in the pattern.
enum class Folding { kNone, kAscii, kUnicode };

// One character, or first to last, under a folding: java.util.regex's CASE_INSENSITIVE folds ASCII
// letters only, together with UNICODE_CASE it compares toLowerCase(toUpperCase(c)).
// `in_string`: the character is one of several literal ones in a row.
SetExpr folded_character(char32_t c, Folding folding, bool in_string = false);
SetExpr folded_range(CodeRange range, Folding folding);

// PCRE2 text that matches exactly one code point of the set and can be quantified as it stands.
// Sets `beyond_ascii` when a character outside ASCII may match.
std::string set_to_pcre2(const SetExpr& set, bool& beyond_ascii);

}  // namespace spillguard::regex::java
