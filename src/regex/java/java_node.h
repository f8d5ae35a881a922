// The tree of a Java pattern. Flags are resolved while parsing, so nothing of it depends on them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "regex/java/set_expr.h"

namespace spillguard::regex::java {

inline constexpr uint32_t kNoLimit = UINT32_MAX;

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
    kAssert,     // zero width: `text` is PCRE2's, `beyond_ascii`
    kLastMatch,  // \G
    kLineBreak,  // \R
    kGrapheme,   // \X
    kNever,      // a reference to a group that does not exist
  };
  Op op = Op::kEmpty;
  SetExpr set;
  std::vector<Node> children;
  uint32_t min = 0;
  uint32_t max = 0;
  Greed greed = Greed::kGreedy;
  bool negative = false;
  bool behind = false;
  bool forward = false;  // kBackRef: its group had not begun yet
  bool beyond_ascii = false;
  bool word_boundary = false;  // kAssert: it is \b
  Folding folding = Folding::kNone;
  uint32_t number = 0;
  uint32_t position = 0;  // byte in the pattern where the construct begins
  std::string text;
};

}  // namespace spillguard::regex::java
