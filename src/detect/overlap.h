// What becomes of matches of several rules at the same place.
#pragma once

#include <span>
#include <vector>

#include "detect/engine.h"

namespace spillguard::detect {

// Sorts matches, drops repetitions of a rule at a secret span, and joins those with equal secret
// spans: the one of the greatest specificity stays and names the others. Spans that only overlap or
// lie in one another all stay. What was joined may be given again, beside more. `specificity` is by
// rule index.
void resolve_overlaps(std::vector<Match>& matches, std::span<const uint64_t> specificity);

}  // namespace spillguard::detect
