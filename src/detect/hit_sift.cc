#include "detect/hit_sift.h"

#include "detect/generic/generic_detector.h"

namespace spillguard::detect {

void HitSift::begin(size_t hits) {
  wakes_ = words_ = 0;
  if (waking_.size() >= hits) return;
  waking_.resize(2 * hits);
  keywords_.resize(2 * hits);
}

// Both are written down at any rate, for nobody could tell which of them the next hit is.
const LiteralHit* HitSift::take(const AnchorTable& anchors, PaddedView text, uint32_t number,
                                const Span& place, const LiteralHit* hit, const LiteralHit* end) {
  WakingHit* const waking = waking_.data();
  KeywordHit* const words = keywords_.data();
  size_t wakes = wakes_;
  size_t count = words_;
  for (; hit != end && hit->end <= place.end; ++hit) {
    const uint32_t literal = hit->literal;
    const size_t length = anchors.length(literal);
    // What holds zeros may stand between texts.
    if (hit->end < place.begin + length) [[unlikely]] {
      continue;
    }
    const size_t hit_end = hit->end - place.begin;
    const Span at{.begin = hit_end - length, .end = hit_end};
    const uint32_t keyword = anchors.keyword(literal);
    words[count] = {.bytes = text.text(), .text = number, .keyword = keyword, .at = at};
    count += keyword != AnchorTable::kNoKeyword ? 1 : 0;
    waking[wakes] = {.text = number, .literal = literal, .at = at};
    wakes += anchors.may_wake(literal, text, at.begin, at.end) ? 1 : 0;
  }
  wakes_ = wakes;
  words_ = count;
  return hit;
}

void HitSift::finish() {
  size_t kept = 0;
  for (size_t i = 0; i < words_; ++i) {
    const KeywordHit& word = keywords_[i];
    if (!generic::GenericDetector::may_read(word.bytes, word.keyword, word.at)) continue;
    keywords_[kept++] = word;
  }
  words_ = kept;
}

}  // namespace spillguard::detect
