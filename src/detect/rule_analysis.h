// What can be known of a rule without running it: where its anchors stand in a match, and what
// stands beside them. Finding it out takes most of the time that building an engine takes, so for
// the built-in rules the build step does it (catalogue.h) and keeps the result with the rule.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "detect/rule.h"
#include "regex/shape.h"

namespace spillguard::detect {

struct RuleAnalysis {
  regex::AnchorPlan plan;
  uint32_t look_ahead = regex::kUnbounded;  // bytes behind a match that its pattern may look at
};

// Takes the pattern apart. A pattern beyond the analysis yields a plan in which nothing is proven.
RuleAnalysis analyse(const Rule& rule);

// What Rule::prepared holds: the analysis, and all that it was made from.
std::string encode_analysis(const Rule& rule, const RuleAnalysis& analysis);
// The analysis that was prepared for the rule; nullopt when there is none, or it was made from
// another pattern or other anchors than the rule has now.
std::optional<RuleAnalysis> prepared_analysis(const Rule& rule);

}  // namespace spillguard::detect
