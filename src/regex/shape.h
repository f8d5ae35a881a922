// What can be known of a pattern without matching it: literals that every match holds, how far a
// match reaches around them, and which bytes must stand beside them. The engine searches texts for
// the literals (anchors), drops the hits whose neighbours can not fit, and gives the rest to PCRE2.
//
// All answers are safe: a pattern that is not understood yields fewer answers, never wrong ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "regex/byte_set.h"
#include "regex/syntax.h"

namespace spillguard::regex {

// What must stand beside an anchor, in any match that relies on that anchor.
struct AnchorGuard {
  bool used = false;           // false: no match relies on this anchor
  ByteSet before;              // what may stand directly before it
  bool may_begin_text = true;  // and whether nothing may
  std::vector<ByteSet> after;  // what the bytes directly after it must be
  // Not empty: a byte of `until` must follow the anchor, at most until_within bytes behind it, with
  // nothing but bytes of `through` before the first one.
  ByteSet until;
  ByteSet through;
  uint32_t until_within = 0;
  // Not 0: that many bytes of `run` in a row must follow, the first of them run_from to run_to
  // bytes behind the anchor.
  uint32_t run_length = 0;
  uint32_t run_from = 0;
  uint32_t run_to = 0;
  ByteSet run;
};

// How a pattern and its anchors fit together.
struct AnchorPlan {
  bool every_match_has_one = false;  // proven: each match holds one of the anchors
  uint32_t before = kUnbounded;      // bytes from a match's begin to its anchor, at most
  uint32_t after = kUnbounded;       // bytes from the anchor's begin to a match's end, at most
  std::vector<AnchorGuard> guards;   // one for each anchor; empty when nothing was proven
};

// What stands in every match that goes a certain way: so many bytes, each out of its set.
struct Motif {
  static constexpr size_t kMaxBytes = 16;
  std::vector<ByteSet> sets;     // 1 to kMaxBytes
  uint32_t before = kUnbounded;  // bytes from a match's begin to it, at most
};

class Shape {
 public:
  // kUnsupported when the pattern's syntax is beyond the analysis.
  static Result<Shape> of(std::string_view pattern, bool ignore_case);
  // Of a tree that was made otherwise. ignore_case: its sets hold both cases of letters.
  static Shape of_tree(Node tree, bool ignore_case);

  [[nodiscard]] uint32_t min_bytes() const { return min_width(tree_); }
  [[nodiscard]] uint32_t max_bytes() const { return max_width(tree_); }
  // How far look-ahead may read behind the end of a match.
  [[nodiscard]] uint32_t look_ahead() const;

  // Literals of which each match holds at least one; nullopt when there are no good ones: shorter
  // than three bytes, or too many.
  [[nodiscard]] std::optional<std::vector<std::string>> derive_anchors() const;
  [[nodiscard]] AnchorPlan plan(const std::vector<std::string>& anchors) const;
  // For patterns without anchors: motifs of which each match holds at least one; nullopt when some
  // way through the pattern has none, or they are too many.
  [[nodiscard]] std::optional<std::vector<Motif>> motifs() const;

  // One way through the pattern, flattened. Public for the tests of the analysis only.
  struct Item {
    enum class Kind { kSet, kGap, kWordBoundary, kLookBehind, kOther };
    Kind kind = Kind::kOther;
    ByteSet set;           // kSet; of kLookBehind, what the byte before must be
    bool at_start = true;  // kLookBehind: holds at the begin of the text
    uint32_t min = 0;      // repetitions of a set, bytes of a gap
    uint32_t max = 0;
  };
  using Branch = std::vector<Item>;

 private:
  Shape() = default;
  Node tree_;
  bool ignore_case_ = false;
  std::vector<Branch> branches_;
};

}  // namespace spillguard::regex
