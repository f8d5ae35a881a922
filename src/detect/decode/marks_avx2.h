// What the parts of find_by_avx2() share: how a text is walked, what of it is listed to be looked
// at again, and a few words for vectors.
//
// Thread-safety: pure functions.
#pragma once

#if defined(__x86_64__)

#include <immintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/padded_text.h"
#include "detect/decode/marks.h"
#include "detect/decode/opaque_run.h"

#define SG_MARKS_AVX2 __attribute__((target("avx2,bmi"), noinline))
#define SG_MARKS_INLINE __attribute__((target("avx2,bmi"), always_inline)) inline

namespace spillguard::detect::decode::marking::by_avx2 {

inline constexpr size_t kWord = 32;  // bytes to a vector
inline constexpr size_t kHalf = 2 * kWord;
inline constexpr size_t kStep = 2 * kHalf;
inline constexpr size_t kSteps = 64;  // to a stretch
inline constexpr size_t kStretch = kSteps * kStep;
inline constexpr size_t kGroup = 8;  // steps of which one vector holds the quads
inline constexpr size_t kQuad = 4;
static_assert(PaddedText::kPadding >= kHalf);
// Wherever a run of 20 letters begins, it fills four quads of those that begin at a fourth byte.
inline constexpr size_t kQuads = 4;
static_assert(kMinBase64 >= kQuads * kQuad + kQuad - 1);

// Where a step is, and what of it is text: all, or less in the last one.
struct Place {
  const char* bytes;
  size_t left;
  // The second half; a last step that has none takes its first half again.
  [[nodiscard]] SG_MARKS_INLINE const char* second() const {
    return bytes + (left > kHalf ? kHalf : 0);
  }
};

// What the first walk saw in the steps of a stretch.
struct Seen {
  // A bit for each quad of letters of a step; the first one is of the step in front. What is put
  // down behind the last of them is no part of them.
  std::array<uint32_t, 1 + kSteps + kGroup> quads;
  // A bit for each step without a lead, the uppermost for the first.
  uint64_t no_leads = 0;
  size_t steps = 0;
};

SG_MARKS_INLINE __m256i load(const char* bytes) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
}
SG_MARKS_INLINE __m256i twice(__m128i table) { return _mm256_broadcastsi128_si256(table); }
SG_MARKS_INLINE uint32_t mask_of(__m256i bytes) {
  return static_cast<uint32_t>(_mm256_movemask_epi8(bytes));
}
SG_MARKS_INLINE __m256i upper_half(__m256i bytes) {
  return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
}

// Each lead by its lower half; for other halves a byte that has another one.
SG_MARKS_INLINE __m256i lead_table() {
  return twice(_mm_setr_epi8(1, 0, 0, 0, 0, '%', '&', 0, 0, 0, 0, 0, '\\', '=', 0, 0));
}

// Look again at what was seen of a stretch and append its marks.
void find_runs(PaddedView text, size_t stretch, const Seen& seen, Marks& marks);
void find_escapes(PaddedView text, size_t stretch, const Seen& seen, Marks& marks);

}  // namespace spillguard::detect::decode::marking::by_avx2

#endif
