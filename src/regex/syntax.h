// A parser for the part of PCRE2's syntax that rules use, in byte mode. Its trees say what a
// pattern looks like (widths, literals, what follows them); matching itself is PCRE2's. Where the
// two could differ the parser refuses, so that nothing is concluded from a misreading. Source of
// the syntax: pcre2pattern(3) of PCRE2 10.42.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "regex/byte_set.h"

namespace spillguard::regex {

inline constexpr uint32_t kUnbounded = UINT32_MAX;

struct Node {
  enum class Kind {
    kEmpty,
    kSet,           // one byte of `set`
    kConcat,        // children in order
    kAlternate,     // one of the children
    kRepeat,        // the only child, min to max times
    kWordBoundary,  // \b
    kAssert,        // another zero-width test: ^ $ \A \z \B
    kLook,          // (?=…) and its kin around the only child; see `negative`, `behind`
    kAnything,      // unknown text of any length: some back references
  };
  Kind kind = Kind::kEmpty;
  ByteSet set;
  std::vector<Node> children;
  uint32_t min = 1;
  uint32_t max = 1;
  bool negative = false;
  bool behind = false;
};

// kUnsupported names what is not understood and where; PCRE2 may still accept the pattern.
Result<Node> parse_pattern(std::string_view pattern, bool ignore_case);

// Widths in bytes of what a tree can match; kUnbounded when there is no upper bound.
uint32_t min_width(const Node& node);
uint32_t max_width(const Node& node);

// Saturating arithmetic on widths.
uint32_t add_widths(uint32_t a, uint32_t b);
uint32_t multiply_widths(uint32_t a, uint32_t b);

}  // namespace spillguard::regex
