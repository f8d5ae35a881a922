// The marks of a text by vectors: a first walk notes what may be in each step, without branches on
// what it holds. The steps in which something may be, a third of real texts, are looked at again.
#if defined(__x86_64__)

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "detect/decode/marks_avx2.h"
#include "detect/decode/marks_look.h"

namespace spillguard::detect::decode::marking {
namespace by_avx2 {
namespace {

// The walk is often the first to read a text, and quicker than memory is without being asked.
constexpr size_t kAhead = 2048;

// What the first walk sees in a step.
struct Step {
  uint32_t quads;  // as in Seen
  bool has_lead;
};

// What the first walk asks: two shuffles for each vector.
class Look {
 public:
  SG_MARKS_INLINE Look() : leads_(lead_table()) {
    // No byte below these is a letter, by its lower half, and of those above few are none.
    constexpr char kDigit = '0';
    constexpr char kUpper = '@';
    least_ = twice(_mm_setr_epi8(kDigit, kDigit, kDigit, kDigit, kDigit, kDigit, kDigit, kDigit,
                                 kDigit, kDigit, kUpper, '+', kUpper, '-', kUpper, '/'));
  }

  // What is in a step, all of it text.
  [[nodiscard]] SG_MARKS_INLINE Step at(const char* step) const {
    return at({.bytes = step, .left = kStep});
  }
  // The same for the last step of a text.
  [[nodiscard]] SG_MARKS_INLINE Step at_last(const Place& place) const {
    Step step = at(place);
    step.quads &= (1U << (place.left / kQuad)) - 1U;
    return step;
  }

 private:
  [[nodiscard]] SG_MARKS_INLINE Step at(const Place& place) const {
    const char* const second = place.second();
    const __m256i a = load(place.bytes);
    const __m256i b = load(place.bytes + kWord);
    const __m256i c = load(second);
    const __m256i d = load(second + kWord);
    // No byte becomes 0 when two are made one.
    const __m256i pairs = _mm256_packs_epi16(_mm256_packs_epi16(others(a), others(b)),
                                             _mm256_packs_epi16(others(c), others(d)));
    const __m256i quads = _mm256_permutevar8x32_epi32(_mm256_cmpeq_epi8(pairs, zero()),
                                                      _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    const __m256i leads = _mm256_or_si256(_mm256_or_si256(is_lead(a), is_lead(b)),
                                          _mm256_or_si256(is_lead(c), is_lead(d)));
    return {.quads = mask_of(quads), .has_lead = mask_of(leads) != 0};
  }

  SG_MARKS_INLINE static __m256i zero() { return _mm256_setzero_si256(); }
  // Not zero for what is no letter; nothing is above ASCII.
  [[nodiscard]] SG_MARKS_INLINE __m256i others(__m256i text) const {
    return _mm256_cmpgt_epi8(_mm256_shuffle_epi8(least_, text), text);
  }
  [[nodiscard]] SG_MARKS_INLINE __m256i is_lead(__m256i text) const {
    return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(leads_, text), text);
  }

  __m256i least_;
  __m256i leads_;
};

// The first walk over a stretch, to the end of the text or as far as it reaches; `before` as in
// find_by_avx2().
SG_MARKS_INLINE void walk(const Look& look, PaddedView text, size_t stretch, uint32_t before,
                          Seen& seen) {
  const char* const bytes = text.data() + stretch;
  const size_t size = std::min(text.size() - stretch, kStretch);
  const size_t whole = size / kStep;
  seen.quads[0] = before;
  uint64_t no_leads = 0;
  const auto note = [&](size_t number, const Step& step)
                        __attribute__((target("avx2,bmi"), always_inline)) {
                          seen.quads.data()[number + 1] = step.quads;
                          no_leads += no_leads + (step.has_lead ? 0U : 1U);
                        };
#pragma GCC unroll 2
  for (size_t step = 0; step < whole; ++step) {
    const char* const begin = bytes + step * kStep;
    _mm_prefetch(begin + kAhead, _MM_HINT_T0);
    _mm_prefetch(begin + kAhead + kHalf, _MM_HINT_T0);
    note(step, look.at(begin));
  }
  seen.steps = whole;
  if (size % kStep != 0) {
    note(whole, look.at_last({.bytes = bytes + whole * kStep, .left = size % kStep}));
    ++seen.steps;
  }
  seen.no_leads = no_leads;
  // A last group has steps that are none.
  std::fill_n(seen.quads.begin() + static_cast<ptrdiff_t>(seen.steps) + 1, kGroup - 1, 0U);
}

}  // namespace
}  // namespace by_avx2

SG_MARKS_AVX2 uint32_t find_by_avx2(PaddedView text, size_t from, size_t to, uint32_t before,
                                    Marks& marks) {
  static_assert(MarksSearch::kPiece == by_avx2::kStretch);
  const by_avx2::Look look;
  by_avx2::Seen seen;
  for (size_t stretch = from; stretch < to; stretch += by_avx2::kStretch) {
    by_avx2::walk(look, text, stretch, before, seen);
    before = seen.quads[seen.steps];
    by_avx2::find_runs(text, stretch, seen, marks);
    by_avx2::find_escapes(text, stretch, seen, marks);
  }
  return before;
}

}  // namespace spillguard::detect::decode::marking

#endif
