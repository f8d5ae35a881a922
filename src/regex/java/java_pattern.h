// Regular expressions in the syntax of java.util.regex.Pattern (Java 17): a parser of our own, and
// a lowering to PCRE2 text that keeps Java's meaning. What PCRE2 has no words for, or means
// otherwise, a machine of our own runs, which is slower (machine.h). What Java refuses is refused
// with kInvalidArgument, what goes beyond our limits with kUnsupported; both name the place.
//
// Texts are UTF-8 and offsets are bytes. Differences that remain: CANON_EQ is refused; text has no
// lone surrogates, and look-behind counts characters, where Java counts one beyond U+FFFF as two
// and so misses some matches. Where PCRE2 10.42 matches, it knows Unicode 14 and Java 17 knows
// Unicode 13, and a combining mark counts for \b when at most four of them follow their letter.
//
// Thread-safety: a JavaPattern is immutable; a JavaMatcher and its scratch belong to one thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/span.h"
#include "regex/pattern.h"

namespace spillguard::regex {

namespace java {
struct Parsed;
struct Program;
}  // namespace java

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
  static constexpr size_t kMaxLength = 10'000;           // bytes of a pattern
  static constexpr uint32_t kMaxNesting = 60;            // groups and classes in one another
  static constexpr uint32_t kMaxRepeat = 2'147'483'647;  // the largest number in {n,m}, as in Java

  enum class Runner {
    kQuickest,  // PCRE2 where that finds what Java finds
    kMachine,   // for comparisons
  };
  static Result<JavaPattern> parse(std::string_view pattern, const JavaFlags& flags = {},
                                   Runner runner = Runner::kQuickest);

  JavaPattern(JavaPattern&& other) noexcept;
  JavaPattern& operator=(JavaPattern&& other) noexcept;
  ~JavaPattern();

  // PCRE2 can not express it.
  [[nodiscard]] bool uses_machine() const { return program_ != nullptr; }
  // The lowered pattern; empty when PCRE2 can not express it.
  [[nodiscard]] const std::string& pcre2() const { return text_; }
  // Whether it is matched against valid UTF-8 only. When not, any bytes may be matched: only ASCII
  // characters can take part in a match.
  [[nodiscard]] bool utf() const { return utf_; }
  // What it matches at a place depends on places before it, as with \G: all of a text has to be
  // searched, from its begin.
  [[nodiscard]] bool every_place_counts() const { return every_place_counts_; }

  // Names of groups with their numbers, in the order of the pattern.
  [[nodiscard]] const std::vector<std::pair<std::string, uint32_t>>& group_names() const {
    return names_;
  }

 private:
  friend class JavaMatcher;
  friend class JavaFinder;
  JavaPattern();
  bool compile_lowered(const java::Parsed& parsed);

  std::string text_;
  std::optional<Pattern> compiled_;  // unless the machine runs it
  std::optional<Pattern> detached_;  // \G never matches; only for patterns that use \G
  std::unique_ptr<const java::Program> program_;
  std::vector<std::pair<std::string, uint32_t>> names_;
  bool utf_ = false;
  bool every_place_counts_ = false;
};

// The matches of one text in the order and places of java.util.regex.Matcher.find().
class JavaMatcher {
 public:
  // All three must outlive the matcher. kInvalidArgument when the pattern needs valid UTF-8 and the
  // text is not.
  static Result<JavaMatcher> over(const JavaPattern& pattern, std::string_view text,
                                  MatchScratch& scratch);
  // A temporary string would be gone before the first find().
  template <typename Text>
    requires std::same_as<Text, std::string>
  static Result<JavaMatcher> over(const JavaPattern& pattern, Text&& text,
                                  MatchScratch& scratch) = delete;

  // kMatch: see group(). kLimit: the match limits of the scratch ended the search; so does every
  // later call.
  MatchOutcome find();
  // Of the last match; begin == end == MatchScratch::npos when the group took no part.
  [[nodiscard]] Span group(uint32_t number = 0) const;

 private:
  JavaMatcher(const JavaPattern& pattern, std::string_view text, MatchScratch& scratch)
      : pattern_(&pattern), text_(text), scratch_(&scratch) {}
  MatchOutcome find_by_machine(size_t from);

  const JavaPattern* pattern_;
  std::string_view text_;
  MatchScratch* scratch_;
  size_t from_ = 0;
  bool after_empty_ = false;
  MatchOutcome last_ = MatchOutcome::kMatch;
};

}  // namespace spillguard::regex
