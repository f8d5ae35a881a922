// The marks of a text, a stretch at a time and nearly without branches on what it holds: masks of
// its bytes, of them those of runs, of these the few whose first letters fit, and only then a look
// at single places.
#include "detect/decode/marks.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "detect/decode/marks_look.h"
#include "detect/decode/opaque_run.h"

#define SG_AVX2 __attribute__((target("avx2,bmi")))
#define SG_AVX2_INLINE __attribute__((target("avx2,bmi"), always_inline)) inline

namespace spillguard::detect::decode::marking {
namespace by_avx2 {
namespace {

constexpr size_t kWord = 32;   // bytes to a vector, and to a word of a mask
constexpr size_t kBlock = 64;  // to a mask
constexpr size_t kStep = 2 * kBlock;
constexpr size_t kStretch = 16 * kStep;
static_assert(kMinBase64 == 20, "twentieths() looks for 16 and 4 more");
static_assert(PaddedText::kPadding >= kBlock);

// The blocks of a stretch in which something is set. How many there are is kept beside it, in a
// register.
struct Listed {
  // What is put down behind the last of them is no part of them.
  std::array<uint64_t, kStretch / kBlock + 1> masks;
  std::array<uint32_t, kStretch / kBlock + 1> begins;
};

// Appends a block when something is set; returns how many there are then.
SG_AVX2_INLINE size_t append(size_t count, size_t begin, uint64_t mask, Listed& listed) {
  listed.masks.data()[count] = mask;
  listed.begins.data()[count] = static_cast<uint32_t>(begin);
  return count + (mask != 0 ? 1U : 0U);
}

// Takes out what is not below `size`; returns how many blocks are left.
SG_AVX2_INLINE size_t cut(size_t count, size_t size, Listed& listed) {
  while (count != 0 && listed.begins[count - 1] + kBlock > size) {
    const size_t begin = listed.begins[count - 1];
    uint64_t& mask = listed.masks[count - 1];
    mask = begin < size ? mask & ~(~uint64_t{0} << (size - begin)) : 0;
    if (mask != 0) break;
    --count;
  }
  return count;
}

SG_AVX2_INLINE uint32_t mask_of(__m256i bytes) {
  return static_cast<uint32_t>(_mm256_movemask_epi8(bytes));
}

// A bit for each byte of a block.
struct Masks {
  uint64_t others;    // than letters of base64
  uint64_t specials;  // slashes, and leads among the others
};

// Tells bytes by vectors.
class Reader {
 public:
  // A bit of what `low` and `high` have in common is for a set of letters, each a set of upper
  // halves and one of lower ones.
  SG_AVX2_INLINE Reader() {
    // Upper half 2: + - and /; 3: digits; 4 and 6: A to O; 5: P to Z and _; 7: p to z.
    constexpr char kB = 1;
    constexpr char kC = 2;
    constexpr char kD = 4;
    constexpr char kE = 8;
    constexpr char kF = 16;
    constexpr char kDigits = kC | kD | kE | kF;
    low_ = twice(_mm_setr_epi8(kC | kE | kF, kDigits, kDigits, kDigits, kDigits, kDigits, kDigits,
                               kDigits, kDigits, kDigits, kD | kE | kF, kB | kD, kD, kB | kD, kD,
                               kB | kD | kE));
    high_ = twice(_mm_setr_epi8(0, 0, kB, kC, kD, kE, kD, kF, 0, 0, 0, 0, 0, 0, 0, 0));
    // Each special byte by its lower half; for other halves a byte that has another one.
    specials_ = twice(_mm_setr_epi8(1, 0, 0, 0, 0, '%', '&', 0, 0, 0, 0, 0, '\\', '=', 0, '/'));
  }

  [[nodiscard]] SG_AVX2_INLINE Masks block(const char* bytes) const {
    const Masks first = word(bytes);
    const Masks second = word(bytes + kWord);
    return {.others = first.others | second.others << kWord,
            .specials = first.specials | second.specials << kWord};
  }

 private:
  SG_AVX2_INLINE static __m256i twice(__m128i table) { return _mm256_broadcastsi128_si256(table); }

  [[nodiscard]] SG_AVX2_INLINE Masks word(const char* bytes) const {
    const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(text, 4), _mm256_set1_epi8(0x0F));
    const __m256i sets =
        _mm256_and_si256(_mm256_shuffle_epi8(low_, text), _mm256_shuffle_epi8(high_, upper));
    return {.others = mask_of(_mm256_cmpeq_epi8(sets, _mm256_setzero_si256())),
            .specials = mask_of(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(specials_, text), text))};
  }

  __m256i low_;
  __m256i high_;
  __m256i specials_;
};

// The words of a step in lanes: each with the one before it in front, for what bits of it are
// moved. `before` is the step before, and this one then.
SG_AVX2_INLINE __m256i lanes_of(uint64_t first, uint64_t second, __m128i& before) {
  const __m128i now = _mm_set_epi64x(static_cast<int64_t>(second), static_cast<int64_t>(first));
  const __m256i both = _mm256_inserti128_si256(_mm256_castsi128_si256(before), now, 1);
  before = now;
  return _mm256_permutevar8x32_epi32(both, _mm256_setr_epi32(3, 4, 4, 5, 5, 6, 6, 7));
}

// A bit where a run has its twentieth letter, or the part of one behind a slash.
SG_AVX2_INLINE __m128i twentieths(__m256i others, __m256i slashes) {
  // A bit is clear where 2, 4, 8, 16 and then 20 letters end.
  const __m256i two = _mm256_or_si256(others, _mm256_add_epi64(others, others));
  const __m256i four = _mm256_or_si256(two, _mm256_slli_epi64(two, 2));
  const __m256i eight = _mm256_or_si256(four, _mm256_slli_epi64(four, 4));
  const __m256i sixteen = _mm256_or_si256(eight, _mm256_slli_epi64(eight, 8));
  const __m256i twenty = _mm256_or_si256(sixteen, _mm256_slli_epi64(sixteen, 4));
  // Of slashes in a row the last.
  const __m256i near = _mm256_slli_epi64(slashes, 19);
  const __m256i parts = _mm256_andnot_si256(near, _mm256_add_epi64(near, near));
  const __m256i first =
      _mm256_andnot_si256(twenty, _mm256_or_si256(_mm256_add_epi64(twenty, twenty), parts));
  return _mm256_castsi256_si128(
      _mm256_permutevar8x32_epi32(first, _mm256_setr_epi32(1, 3, 5, 7, 1, 3, 5, 7)));
}

// Offsets in a stretch, ascending.
using Offsets = std::array<uint16_t, kStretch + 2>;

// Puts down the offsets of what is listed whose bytes, those from `bytes` on moved by the offset,
// are as `fits` asks; returns how many.
template <typename Fits>
SG_AVX2_INLINE size_t put_down(const Listed& listed, size_t blocks, const char* bytes,
                               const Fits& fits, Offsets& offsets) {
  size_t kept = 0;
  for (size_t i = 0; i < blocks; ++i) {
    const size_t begin = listed.begins.data()[i];
    unsigned long long mask = listed.masks.data()[i];
    // Hardly any block has more than two.
    do {
      const size_t first = begin + _tzcnt_u64(mask);
      const unsigned long long rest = _blsr_u64(mask);
      const size_t second = begin + _tzcnt_u64(rest != 0 ? rest : mask);
      offsets.data()[kept] = static_cast<uint16_t>(first);
      kept += fits(bytes + first) ? 1U : 0U;
      offsets.data()[kept] = static_cast<uint16_t>(second);
      kept += static_cast<size_t>(rest != 0) & static_cast<size_t>(fits(bytes + second));
      mask = _blsr_u64(rest);
    } while (mask != 0);
  }
  return kept;
}

}  // namespace
}  // namespace by_avx2

SG_AVX2 void find_by_avx2(PaddedView text, Marks& marks) {
  using by_avx2::kBlock;
  using by_avx2::kStretch;
  const by_avx2::Reader reader;
  by_avx2::Listed runs;
  by_avx2::Listed leads;
  by_avx2::Offsets offsets;
  __m128i others_before = _mm_set1_epi8(-1);
  __m128i slashes_before = _mm_setzero_si128();
  for (size_t begin = 0; begin < text.size(); begin += kStretch) {
    const size_t size = std::min(text.size() - begin, kStretch);
    const char* const bytes = text.data() + begin;
    size_t with_runs = 0;
    size_t with_leads = 0;
    for (size_t at = 0; at < size; at += by_avx2::kStep) {
      // A last step without a second block takes the first one again, and that is cut off below.
      const by_avx2::Masks first = reader.block(bytes + at);
      const by_avx2::Masks second = reader.block(bytes + (size - at > kBlock ? at + kBlock : at));
      with_leads = by_avx2::append(with_leads, at, first.others & first.specials, leads);
      with_leads = by_avx2::append(with_leads, at + kBlock, second.others & second.specials, leads);
      const __m128i found =
          by_avx2::twentieths(by_avx2::lanes_of(first.others, second.others, others_before),
                              by_avx2::lanes_of(first.specials & ~first.others,
                                                second.specials & ~second.others, slashes_before));
      with_runs =
          by_avx2::append(with_runs, at, static_cast<uint64_t>(_mm_cvtsi128_si64(found)), runs);
      with_runs = by_avx2::append(with_runs, at + kBlock,
                                  static_cast<uint64_t>(_mm_extract_epi64(found, 1)), runs);
    }
    with_leads = by_avx2::cut(with_leads, size, leads);
    with_runs = by_avx2::cut(with_runs, size, runs);
    // From a twentieth letter back to the first: no text begins with one.
    constexpr size_t kBack = kMinBase64 - 1;
    size_t count = by_avx2::put_down(
        runs, with_runs, bytes - kBack, [](const char* at) { return may_begin_run(at); }, offsets);
    for (size_t i = 0; i < count; ++i) {
      const size_t run = begin + offsets.data()[i] - kBack;
      if (is_run(text, run)) marks.runs.push_back(run);
    }
    count = by_avx2::put_down(
        leads, with_leads, bytes, [](const char* at) { return may_begin_escape(at); }, offsets);
    for (size_t i = 0; i < count; ++i) {
      const size_t lead = begin + offsets.data()[i];
      if (begins_escape(text, lead)) marks.escapes.push_back(lead);
    }
  }
}

}  // namespace spillguard::detect::decode::marking

#undef SG_AVX2
#undef SG_AVX2_INLINE

#endif
