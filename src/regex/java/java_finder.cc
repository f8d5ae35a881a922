#include "regex/java/java_finder.h"

#include <algorithm>

#include "regex/java/machine.h"
#include "regex/java/utf8.h"

namespace spillguard::regex {
namespace {

constexpr uint64_t kUnpaidStepsOfAPoint = 2;  // of those that nobody counts
constexpr uint64_t kWorkOfAStep = 4;          // units of a finder's budget

}  // namespace

bool JavaFinder::next(std::string_view text, size_t first, size_t last, FindPlace& place,
                      MatchScratch& scratch, Span& match) const {
  if (pattern_->uses_machine()) return next_by_machine(text, first, last, place, scratch, match);
  const Pattern* detached = pattern_->detached_ ? &*pattern_->detached_ : nullptr;
  const Finder finder(*pattern_->compiled_, detached, pattern_->utf_, options_);
  if (!finder.next(text, first, last, place, scratch)) return false;
  match = scratch.group(0);
  return true;
}

// What one place gets: the steps that nobody counts, and what is left of the budget.
uint64_t JavaFinder::steps_left(std::string_view text, const FindPlace& place) const {
  const uint64_t budget = options_.free_work + options_.work_a_byte * text.size();
  const uint64_t left = budget - std::min(budget, place.work);
  return options_.base_limit * kUnpaidStepsOfAPoint + left / kWorkOfAStep;
}

bool JavaFinder::next_by_machine(std::string_view text, size_t first, size_t last, FindPlace& place,
                                 MatchScratch& scratch, Span& match) const {
  const uint64_t unpaid = options_.base_limit * kUnpaidStepsOfAPoint;
  const uint64_t most = unpaid + options_.top_limit * java::Machine::kStepsOfAPoint;
  java::Machine& machine = scratch.machine();
  machine.begin(*pattern_->program_, text, place.last_end);
  size_t from = std::max(place.at, first);
  while (from < text.size() && java::continues_utf8(text[from])) ++from;
  last = std::min(last, text.size());
  for (; from <= last && !place.spent; from = java::utf8_behind(text, from)) {
    if (!pattern_->every_place_counts_ && !machine.may_begin(from)) continue;
    const uint64_t left = steps_left(text, place);
    const auto outcome = machine.match_at(from, std::min(most, left));
    const uint64_t steps = machine.steps();
    if (steps > unpaid) place.work += (std::min(steps, left) - unpaid) * kWorkOfAStep;
    if (outcome == java::Machine::Outcome::kMatch) {
      match = machine.group(0);
      const bool empty = match.begin == match.end;
      place.at = empty ? java::utf8_behind(text, match.end) : match.end;
      place.last_end = match.end;
      return true;
    }
    if (outcome == java::Machine::Outcome::kLimit) {
      if (place.limit_at == FindPlace::npos) place.limit_at = from;
      if (steps >= left) {
        place.spent = true;
      } else {
        ++place.undecided;
      }
    }
  }
  place.at = std::max(place.at, std::min(from, text.size() + 1));
  return false;
}

}  // namespace spillguard::regex
