// Regular expressions in the syntax of java.util.regex.Pattern (Java 17): a parser of our own, and
// a lowering to PCRE2 text that keeps Java's meaning. What can not be kept is refused with
// kUnsupported; what Java refuses too, with kInvalidArgument. Both name the place.
//
// Texts are UTF-8 and offsets are bytes. Differences that remain: PCRE2 10.42 knows Unicode 14
// where Java 17 knows Unicode 13; a combining mark counts for \b when at most four of them follow
// their letter; look-behind counts characters, where Java counts a character beyond U+FFFF as two
// and so misses some matches; text has no lone surrogates. In contrived patterns two things can end
// elsewhere: loops around bodies that match nothing, and references to groups that stand further on
// or in another alternative.
//
// Thread-safety: a JavaPattern is immutable; a JavaMatcher and its scratch belong to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/span.h"
#include "regex/finder.h"
#include "regex/pattern.h"

namespace spillguard::regex {

// Pattern.compile()'s flags; (?idmsuxU) in the pattern changes them from there on.
struct JavaFlags {
  bool unix_lines = false;               // d
  bool case_insensitive = false;         // i: ASCII letters, unless unicode_case
  bool comments = false;                 // x
  bool multiline = false;                // m
  bool literal = false;                  // the pattern is plain text
  bool dotall = false;                   // s
  bool unicode_case = false;             // u
  bool unicode_character_class = false;  // U: implies unicode_case

  // Java's own bits, for example 2 | 8 for CASE_INSENSITIVE | MULTILINE. nullopt for CANON_EQ and
  // bits that mean nothing.
  static std::optional<JavaFlags> from_bits(uint32_t bits);
};

// Where an error of JavaPattern::parse() stands in its pattern.
struct PatternPlace {
  size_t byte = 0;
  size_t character = 0;  // from 0
  std::string reason;    // the error without the place
};
// nullopt when the error is about no place.
std::optional<PatternPlace> java_error_place(const Error& error, std::string_view pattern);

class JavaPattern {
 public:
  static constexpr size_t kMaxLength = 10'000;    // bytes of a pattern
  static constexpr uint32_t kMaxNesting = 60;     // groups and classes in one another
  static constexpr uint32_t kMaxRepeat = 65'535;  // the largest number in {n,m}

  static Result<JavaPattern> parse(std::string_view pattern, const JavaFlags& flags = {});

  // The lowered pattern, and whether it is to be compiled and matched as UTF-8. When not, any bytes
  // may be matched: only ASCII characters can take part in a match.
  [[nodiscard]] const std::string& pcre2() const { return text_; }
  [[nodiscard]] bool utf() const { return utf_; }
  // It holds \G.
  [[nodiscard]] bool uses_last_match() const { return detached_.has_value(); }
  // It compiled; groups have Java's numbers. JavaMatcher adds what \G needs.
  [[nodiscard]] const Pattern& compiled() const { return compiled_; }

  // Finds what a JavaMatcher does, with work bounded by the text. The pattern must outlive it and
  // stay where it is.
  [[nodiscard]] Finder finder(const FinderOptions& options = {}) const {
    return {compiled_, detached_ ? &*detached_ : nullptr, utf_, options};
  }

  // Names of groups with their numbers, in the order of the pattern.
  [[nodiscard]] const std::vector<std::pair<std::string, uint32_t>>& group_names() const {
    return names_;
  }

 private:
  friend class JavaMatcher;
  JavaPattern(std::string text, Pattern compiled)
      : text_(std::move(text)), compiled_(std::move(compiled)) {}

  std::string text_;
  Pattern compiled_;
  std::optional<Pattern> detached_;  // \G never matches; only for patterns that use \G
  std::vector<std::pair<std::string, uint32_t>> names_;
  bool utf_ = false;
};

// The matches of one text in the order and places of java.util.regex.Matcher.find().
class JavaMatcher {
 public:
  // All three must outlive the matcher. kInvalidArgument when the pattern needs valid UTF-8 and the
  // text is not.
  static Result<JavaMatcher> over(const JavaPattern& pattern, std::string_view text,
                                  MatchScratch& scratch);

  // kMatch: see group(). kLimit: the match limits of the scratch ended the search; so does every
  // later call.
  MatchOutcome find();
  // Of the last match.
  [[nodiscard]] Span group(uint32_t number = 0) const { return scratch_->group(number); }

 private:
  JavaMatcher(const JavaPattern& pattern, std::string_view text, MatchScratch& scratch)
      : pattern_(&pattern), text_(text), scratch_(&scratch) {}

  const JavaPattern* pattern_;
  std::string_view text_;
  MatchScratch* scratch_;
  size_t from_ = 0;
  bool after_empty_ = false;
  MatchOutcome last_ = MatchOutcome::kMatch;
};

}  // namespace spillguard::regex
