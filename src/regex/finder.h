// All matches of a pattern in a whole text, in the order of java.util.regex.Matcher.find(): each
// is the leftmost that begins at or behind the end of the one before it. The work is counted and
// bounded by the length of the text, whatever pattern and text are.
//
// How: PCRE2 gets a few hundred places to begin at and the text up to a little behind them, and a
// small match limit. What can not be decided so is tried again from that one place with more text
// or a greater limit; only this is charged to the budget, for the rest is linear by itself.
//
// Thread-safety: a Finder is immutable; Place and scratch belong to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/span.h"
#include "regex/pattern.h"

namespace spillguard::regex {

struct FinderOptions {
  size_t block = 256;              // places to begin at in one call of PCRE2
  size_t sight = 1024;             // bytes that it sees behind them
  uint32_t base_limit = 128;       // backtracking points from one place that nobody counts
  uint32_t top_limit = 524288;     // and the most that one place gets
  uint64_t work_a_byte = 64;       // the budget: this times the text's bytes,
  uint64_t free_work = 8'000'000;  // and so much more. One unit is about a nanosecond.
};

// How far the search of one pattern in one text has come.
struct FindPlace {
  size_t at = 0;           // no later match begins before this
  size_t last_end = 0;     // the end of the last match, where \G holds; npos behind an empty one
  uint64_t work = 0;       // spent of the budget
  size_t undecided = 0;    // places that even the top limit did not decide; they were passed over
  size_t limit_at = npos;  // the first of them, or where the budget ended
  bool spent = false;      // the budget is used up: nothing more will be found
  bool looked = false;     // for the next two: asked only when a place takes more than a first look
  bool hopeless = false;   // the text has no byte that every match holds
  size_t last_begin = 0;   // no match begins behind this
  static constexpr size_t npos = static_cast<size_t>(-1);
};

class Finder {
 public:
  // Both patterns must outlive the finder and have been compiled for attempts. `detached`, when the
  // pattern uses \G: the same where \G does not hold, else null. `utf`: how they were compiled.
  Finder(const Pattern& pattern, const Pattern* detached, bool utf,
         const FinderOptions& options = {})
      : pattern_(&pattern), detached_(detached), utf_(utf), options_(options) {}

  // The next match that begins in [first, last]; it is group(0) of the scratch. False when there is
  // none, or none can be told: see the place. The text is valid UTF-8 in UTF mode.
  bool next(std::string_view text, size_t first, size_t last, FindPlace& place,
            MatchScratch& scratch) const;

 private:
  enum class Step { kFound, kNothing, kUndecided, kSpent };
  // One place to begin at, with as much text and backtracking as it takes.
  Step climb(std::string_view text, size_t from, size_t sight, FindPlace& place,
             MatchScratch& scratch) const;
  // Whether what every match holds stands at or behind a place.
  [[nodiscard]] bool may_match(std::string_view text, size_t from, FindPlace& place) const;
  [[nodiscard]] bool charge(std::string_view text, uint64_t work, FindPlace& place) const;
  [[nodiscard]] const Pattern& pattern_at(size_t from, const FindPlace& place) const {
    return detached_ != nullptr && from != place.last_end ? *detached_ : *pattern_;
  }
  [[nodiscard]] size_t character_at(std::string_view text, size_t at) const;
  [[nodiscard]] size_t cut_before(std::string_view text, size_t at) const;

  const Pattern* pattern_;
  const Pattern* detached_;
  bool utf_;
  FinderOptions options_;
};

}  // namespace spillguard::regex
