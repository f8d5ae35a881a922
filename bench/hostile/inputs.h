// Texts that are made to be slow to scan: each of any size, the same at every call.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "detect/rule.h"

namespace spillguard::bench {

struct HostileInput {
  std::string name;
  std::function<std::string(size_t size)> make;  // exactly `size` bytes
};

// A text repeated up to a size.
std::string flood(std::string_view piece, size_t size);

// One line, many lines, long runs of encoded text, encodings within encodings, words that detectors
// wake up for, brackets that never close.
std::vector<HostileInput> structure_inputs();
// Anchors without a match, matches that the filters refuse, examples torn apart: of all rules.
std::vector<HostileInput> rule_inputs(const detect::RuleSet& rules);
// What stands in a text when a rule is woken up over and over, and does not match: its examples
// without their end, and changed in their middle.
std::vector<std::string> near_matches(const detect::Rule& rule);
HostileInput near_match_flood(const detect::Rule& rule);

// A user's pattern that takes exponential time in a matcher without limits, and a text to it.
struct EvilPattern {
  std::string name;
  detect::Rule rule;
  std::vector<HostileInput> texts;
};
std::vector<EvilPattern> evil_patterns();

// Markup that never ends what it begins, for the text readers.
std::vector<HostileInput> markup_inputs();

// `count` findings, each on a line of its own, of several rules.
std::string dense_text(size_t count, size_t size);

}  // namespace spillguard::bench
