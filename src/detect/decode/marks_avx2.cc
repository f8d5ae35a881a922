// The marks of a text by vectors: a first walk lists the steps in which something may be, without
// branches on what it holds. What is listed, a third of real texts, is looked at again.
#if defined(__x86_64__)

#include "detect/decode/marks_avx2.h"
#include "detect/decode/marks_look.h"

namespace spillguard::detect::decode::marking {
namespace by_avx2 {
namespace {

// The first walk: two shuffles for each vector.
class Walk {
 public:
  // `before`: what the walk over the steps in front gave, or 0.
  SG_MARKS_INLINE explicit Walk(uint64_t before) : leads_(lead_table()), before_(before) {
    // No byte below these is a letter, by its lower half, and of those above few are none.
    constexpr char kDigit = '0';
    constexpr char kUpper = '@';
    least_ = twice(_mm_setr_epi8(kDigit, kDigit, kDigit, kDigit, kDigit, kDigit, kDigit, kDigit,
                                 kDigit, kDigit, kUpper, '+', kUpper, '-', kUpper, '/'));
  }

  // Lists a step of a stretch when something may be in it.
  SG_MARKS_INLINE void list(const char* stretch, size_t at, size_t left, Listed& listed) {
    uint32_t fours = 0;
    const bool has_leads = look({.bytes = stretch + at, .left = left}, fours);
    listed.leads.begins.data()[listed.leads.size] = static_cast<uint16_t>(at);
    listed.leads.size += has_leads ? 1U : 0U;
    listed.quads.begins.data()[listed.quads.size] = static_cast<uint16_t>(at);
    listed.quads.fours.data()[listed.quads.size] = fours;
    listed.quads.size += fours != 0 ? 1U : 0U;
  }
  [[nodiscard]] SG_MARKS_INLINE uint64_t before() const { return before_; }

 private:
  // Looks at a step; `fours` as in Quads. Whether there is a lead.
  SG_MARKS_INLINE bool look(const Place& place, uint32_t& fours) {
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
    uint32_t full = mask_of(quads);
    if (place.left < kStep) full &= (1U << (place.left / kQuad)) - 1U;
    const uint64_t from_before = uint64_t{full} << (kQuads - 1) | before_;
    const uint64_t twos = from_before & from_before >> 1U;
    before_ = full >> (32 - (kQuads - 1));
    fours = static_cast<uint32_t>(twos & twos >> 2U);
    const __m256i leads = _mm256_or_si256(_mm256_or_si256(is_lead(a), is_lead(b)),
                                          _mm256_or_si256(is_lead(c), is_lead(d)));
    return mask_of(leads) != 0;
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
  uint64_t before_;  // the last quads of the step before
};

// Looks again at what is listed of a stretch, and empties the lists.
SG_MARKS_INLINE void find_listed(PaddedView text, size_t stretch, Listed& listed, Marks& marks) {
  if (listed.quads.size != 0) find_runs(text, stretch, listed.quads, marks);
  if (listed.leads.size != 0) find_escapes(text, stretch, listed.leads, marks);
  listed.quads.size = 0;
  listed.leads.size = 0;
}

}  // namespace
}  // namespace by_avx2

SG_MARKS_AVX2 uint64_t find_by_avx2(PaddedView text, size_t from, size_t to, uint64_t before,
                                    Marks& marks) {
  static_assert(MarksSearch::kPiece == by_avx2::kStretch);
  by_avx2::Walk walk(before);
  by_avx2::Listed listed;
  const size_t last = to / by_avx2::kStep * by_avx2::kStep;
  size_t begin = from;
  while (to - begin >= by_avx2::kStretch) {
    for (size_t at = 0; at < by_avx2::kStretch; at += by_avx2::kStep) {
      walk.list(text.data() + begin, at, by_avx2::kStep, listed);
    }
    by_avx2::find_listed(text, begin, listed, marks);
    begin += by_avx2::kStretch;
  }
  for (size_t at = 0; at < last - begin; at += by_avx2::kStep) {
    walk.list(text.data() + begin, at, by_avx2::kStep, listed);
  }
  if (last < to) walk.list(text.data() + begin, last - begin, to - last, listed);
  by_avx2::find_listed(text, begin, listed, marks);
  return walk.before();
}

}  // namespace spillguard::detect::decode::marking

#endif
