// A Java pattern as a program for the machine (machine.h): a graph of steps, one for each node that
// java.util.regex makes of the pattern, because what its nodes do in odd patterns (which captures
// outlive what set them, what a loop does with nothing) follows from how they are joined. Groups
// that nobody refers to and that no loop is about have no steps.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "regex/java/parser.h"

namespace spillguard::regex::java {

inline constexpr uint32_t kNoStep = UINT32_MAX;
// Java's number for "no upper bound".
inline constexpr uint32_t kMostRounds = INT32_MAX;

// What a step does with the text at a place, and then usually goes on with `next`.
struct Step {
  enum class Op : uint8_t {
    kAccept,      // the end of the pattern or of a part that is matched on its own
    kBehindEnd,   // the end of a look-behind: it must be where that stands
    kSet,         // one character of sets[set]
    kNever,       // nothing matches
    kGreedy,      // characters of sets[set], at least `min`, as many as there are
    kBranch,      // alternatives[first] to [first + count)
    kJoin,        // behind alternatives
    kGroupHead,   // keeps the place in the local `local`
    kGroupTail,   // sets the group `group`
    kCurly,       // `body` repeated, each round settled at once
    kGroupCurly,  // the same, and a round is the group `group`, 0 for none
    kQuestion,    // `body` or nothing
    kAtomic,      // `body`, settled at once
    kProlog,      // begins the loop `body`
    kLoop,        // `body` repeated; rounds may be done again otherwise
    kLook,        // `body` matches here, or not: `negative`
    kBehind,      // `body` matches from `min` to `max` characters before to here, or not
    kBackRef,     // what the group `group` matched, under `folding`
    kTextBegin,
    kTextEnd,
    kLineBegin,    // `unix_lines`
    kLineEnd,      // the same
    kLastLineEnd,  // the same
    kWordEdge,     // or none: `negative`; words of sets[set]
    kClusterEdge,
    kLastMatch,
    kLineBreak,
    kCluster,
  };
  Op op = Op::kAccept;
  Greed greed = Greed::kGreedy;
  Folding folding = Folding::kNone;
  bool negative = false;
  bool unix_lines = false;
  bool counts_pairs = false;  // of a kBehind: Java counts it for characters beyond U+FFFF
  bool looks_first = false;   // of a kBehind: the character before must be one of sets[set]
  uint32_t next = kNoStep;
  uint32_t body = kNoStep;
  uint32_t set = 0;
  uint32_t group = 0;
  uint32_t local = 0;  // of a kLoop: where its round began
  uint32_t count = 0;  // of a kLoop: the local with the rounds; of a kBranch: alternatives
  uint32_t first = 0;
  uint32_t min = 0;
  uint32_t max = 0;
  uint32_t memo = kNoStep;  // of a kLoop: where it keeps the places that its rounds failed at
};

// Members of a set, quick to ask.
class MemberSet {
 public:
  explicit MemberSet(const CodeRanges& ranges);
  [[nodiscard]] bool contains(char32_t c) const {
    if (c < 0x80) return (ascii_[c >> 6U] >> (c & 63U) & 1U) != 0;
    return contains_other(c);
  }

 private:
  [[nodiscard]] bool contains_other(char32_t c) const;
  std::array<uint64_t, 2> ascii_{};
  std::vector<CodeRange> others_;
};

struct Program {
  std::vector<Step> steps;
  std::vector<MemberSet> sets;
  std::vector<uint32_t> alternatives;  // kNoStep: nothing, then what is behind the branch
  uint32_t root = kNoStep;
  uint32_t groups = 1;  // with group 0
  uint32_t locals = 0;
  uint32_t memos = 0;
  uint32_t first = kNoStep;  // the set that matches begin with; kNoStep when it is not known
  // The sets that word edges ask beside their own.
  uint32_t letters_and_digits = 0;
  uint32_t marks = 0;
};

// kInvalidArgument, at the place, where Java refuses a look-behind. `pattern` is for messages.
// Without `with_sets` the program is good for that error only.
Result<Program> compile_program(const Parsed& parsed, std::string_view pattern, bool with_sets);

}  // namespace spillguard::regex::java
