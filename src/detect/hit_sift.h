// What the hits of a text, or of the texts of a row, come to: most wake no rule, and most keywords
// stand in sentences that hold no secret. What tells this is little code and done for many hits in
// a row; what is done with the few that are left is much code, and afterwards.
//
// Thread-safety: belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/padded_text.h"
#include "base/span.h"
#include "detect/anchor_table.h"
#include "detect/generic/reader.h"
#include "detect/literal_index.h"

namespace spillguard::detect {

// A literal whose neighbours fit some rule.
struct WakingHit {
  uint32_t text = 0;  // its number
  uint32_t literal = 0;
  Span at;  // in the text
};

using generic::KeywordHit;

class HitSift {
 public:
  // Forgets what was taken, and makes room for as many hits.
  void begin(size_t hits);
  // Takes the hits up to the first that ends behind the text and returns that one; they, and
  // `place`, are by the bytes that were searched. Texts come in order.
  const LiteralHit* take(const AnchorTable& anchors, PaddedView text, uint32_t number,
                         const Span& place, const LiteralHit* hit, const LiteralHit* end);
  // When all are taken: lets go of the keywords that nobody need read.
  void finish();

  // What is left, by texts and ends.
  [[nodiscard]] std::span<const WakingHit> waking() const { return {waking_.data(), wakes_}; }
  [[nodiscard]] std::span<const KeywordHit> keywords() const { return {keywords_.data(), words_}; }

 private:
  std::vector<WakingHit> waking_;  // the first wakes_ of them, as of all lists here
  std::vector<KeywordHit> keywords_;
  size_t wakes_ = 0;
  size_t words_ = 0;
};

}  // namespace spillguard::detect
