// Finds the matches of a Java pattern as regex::Finder finds those of others: by that, or by the
// machine where PCRE2 can not express the pattern. The work is bounded in the same way.
//
// Thread-safety: a JavaFinder is immutable; place and scratch belong to one thread.
#pragma once

#include <string_view>

#include "base/span.h"
#include "regex/finder.h"
#include "regex/java/java_pattern.h"

namespace spillguard::regex {

class JavaFinder {
 public:
  // The pattern must outlive it and stay where it is.
  explicit JavaFinder(const JavaPattern& pattern, const FinderOptions& options = {})
      : pattern_(&pattern), options_(options) {}

  // The next match that begins in [first, last]. False when there is none, or none can be told: see
  // the place, which is of this finder alone. The text is valid UTF-8 when pattern.utf().
  bool next(std::string_view text, size_t first, size_t last, FindPlace& place,
            MatchScratch& scratch, Span& match) const;

 private:
  bool next_by_machine(std::string_view text, size_t first, size_t last, FindPlace& place,
                       MatchScratch& scratch, Span& match) const;
  [[nodiscard]] uint64_t steps_left(std::string_view text, const FindPlace& place) const;

  const JavaPattern* pattern_;
  FinderOptions options_;
};

}  // namespace spillguard::regex
