// The tree of a Java pattern. Flags are resolved while parsing, so nothing of it depends on them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "regex/java/set_expr.h"

namespace spillguard::regex::java {

inline constexpr uint32_t kNoLimit = UINT32_MAX;
inline constexpr char32_t kNoCharacter = UINT32_MAX;

enum class Greed { kGreedy, kReluctant, kPossessive };

struct Node {
  enum class Op {
    kEmpty,
    kSet,        // one code point of `set`
    kConcat,     // the children in order
    kAlternate,  // one of the children
    kRepeat,     // the only child, `min` to `max` times by `greed`
    kCapture,    // the only child; `number`, and `text` when it has a name
    kAtomic,     // (?>…)
    kLook,       // look-around: `negative`, `behind`
    kBackRef,    // what group `number` matched; `folding`
    kAssert,     // zero width: `assertion`; `text` is PCRE2's, `beyond_ascii`
    kLastMatch,  // \G
    kLineBreak,  // \R
    kGrapheme,   // \X
    kNever,      // a reference to a group that does not exist
  };
  // What a kAssert is.
  enum class Assert {
    kTextBegin,
    kTextEnd,
    kLineBegin,
    kLineEnd,
    kLastLineEnd,  // before the last line terminator, too
    kWordEdge,
    kNoWordEdge,
    kClusterEdge,  // \b{g}
  };
  Op op = Op::kEmpty;
  SetExpr set;
  std::vector<Node> children;
  uint32_t min = 0;
  uint32_t max = 0;
  Greed greed = Greed::kGreedy;
  bool negative = false;
  bool behind = false;
  bool beyond_ascii = false;
  Assert assertion = Assert::kTextBegin;
  bool unix_lines = false;          // kLineBegin, kLineEnd, kLastLineEnd
  bool unicode_words = false;       // kWordEdge, kNoWordEdge
  bool grouped = false;             // it stands in (?:…)
  char32_t literal = kNoCharacter;  // kSet: it is written as this character
  Folding folding = Folding::kNone;
  uint32_t number = 0;
  uint32_t position = 0;  // byte in the pattern where the construct begins
  bool apart = false;     // flags were changed before it
  std::string text;
};

}  // namespace spillguard::regex::java
