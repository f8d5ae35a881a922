// The marks of a text, a stretch at a time and without branches on what it holds: masks of its
// bytes, of them those of runs, of these the offsets, and only then a look at single places.
#include "detect/decode/marks.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "detect/decode/marks_look.h"
#include "detect/decode/opaque_run.h"

#define SG_AVX2 __attribute__((target("avx2,bmi,popcnt")))
#define SG_AVX2_INLINE __attribute__((target("avx2,bmi,popcnt"), always_inline)) inline

namespace spillguard::detect::decode::marking {
namespace by_avx2 {
namespace {

constexpr size_t kWord = 32;   // bytes of text to a word of a mask
constexpr size_t kBlock = 64;  // bytes that are read at a time
constexpr size_t kWords = 64;  // of a stretch
constexpr size_t kStep = 4;    // words that runs are looked for in at a time
constexpr size_t kStretch = kWords * kWord;
static_assert(kMinBase64 == 20, "find_twentieths() looks for 16 and 4 more");
static_assert(PaddedText::kPadding >= kBlock);

// A bit for each byte of a stretch.
struct Masks {
  // Of these a word of the stretch before stands in front, and a step reads some behind.
  std::array<uint32_t, 1 + kWords + kStep - 1> others;    // than letters of base64
  std::array<uint32_t, 1 + kWords + kStep - 1> specials;  // slashes, and leads among the others
  std::array<uint32_t, kWords> twentieths;                // letters of runs
};

struct Tables {
  __m256i low;
  __m256i high;
  __m256i specials;
};

// A bit of what `low` and `high` have in common is for a set of letters, each a set of upper halves
// and one of lower ones.
SG_AVX2_INLINE Tables make_tables() {
  // Upper half 2: + - and /; 3: digits; 4 and 6: A to O; 5: P to Z and _; 7: p to z.
  constexpr char kB = 1;
  constexpr char kC = 2;
  constexpr char kD = 4;
  constexpr char kE = 8;
  constexpr char kF = 16;
  constexpr char kDigits = kC | kD | kE | kF;
  const __m128i low =
      _mm_setr_epi8(kC | kE | kF, kDigits, kDigits, kDigits, kDigits, kDigits, kDigits, kDigits,
                    kDigits, kDigits, kD | kE | kF, kB | kD, kD, kB | kD, kD, kB | kD | kE);
  const __m128i high = _mm_setr_epi8(0, 0, kB, kC, kD, kE, kD, kF, 0, 0, 0, 0, 0, 0, 0, 0);
  // Each special byte by its lower half; for other halves a byte that has another one.
  const __m128i specials = _mm_setr_epi8(1, 0, 0, 0, 0, '%', '&', 0, 0, 0, 0, 0, '\\', '=', 0, '/');
  return {_mm256_broadcastsi128_si256(low), _mm256_broadcastsi128_si256(high),
          _mm256_broadcastsi128_si256(specials)};
}

SG_AVX2_INLINE uint32_t mask_of(__m256i bytes) {
  return static_cast<uint32_t>(_mm256_movemask_epi8(bytes));
}

SG_AVX2_INLINE void mask_word(const char* bytes, const Tables& tables, size_t word, Masks& masks) {
  const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
  const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(text, 4), _mm256_set1_epi8(0x0F));
  const __m256i sets = _mm256_and_si256(_mm256_shuffle_epi8(tables.low, text),
                                        _mm256_shuffle_epi8(tables.high, upper));
  masks.others.data()[1 + word] = mask_of(_mm256_cmpeq_epi8(sets, _mm256_setzero_si256()));
  masks.specials.data()[1 + word] =
      mask_of(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(tables.specials, text), text));
}

// Of `size` bytes, at most a stretch. The last block may be short: what is read behind the text is
// its padding, and no part of the masks.
SG_AVX2 void mask_all(const char* bytes, size_t size, Masks& masks) {
  const Tables tables = make_tables();
  size_t word = 0;
  for (size_t at = 0; at < size; at += kBlock) {
    mask_word(bytes + at, tables, word, masks);
    mask_word(bytes + at + kWord, tables, word + 1, masks);
    word += 2;
  }
  if (size % kBlock != 0) {
    const uint64_t outside = ~uint64_t{0} << (size % kBlock);
    for (const size_t half : {0U, 1U}) {
      const auto bits = static_cast<uint32_t>(outside >> (half * kWord));
      masks.others[word - 1 + half] |= bits;
      masks.specials[word - 1 + half] &= ~bits;
    }
  }
  // The rest of the last step.
  for (size_t i = 0; i < kStep - 1; ++i) masks.others.data()[1 + word + i] = ~uint32_t{0};
}

// In lanes of two words: that of a place, and in front of it the one before, for what bits of it
// are moved.
SG_AVX2_INLINE __m256i lanes_of(const uint32_t* words) {
  const __m256i eight = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words));
  return _mm256_permutevar8x32_epi32(eight, _mm256_setr_epi32(0, 1, 1, 2, 2, 3, 3, 4));
}

// A bit where a run has its twentieth letter, or the part of one behind a slash.
SG_AVX2 void find_twentieths(size_t words, Masks& masks) {
  for (size_t word = 0; word < words; word += kStep) {
    const __m256i one = lanes_of(masks.others.data() + word);
    const __m256i slashes = _mm256_andnot_si256(one, lanes_of(masks.specials.data() + word));
    // A bit is clear where 2, 4, 8, 16 and then 20 letters end.
    const __m256i two = _mm256_or_si256(one, _mm256_add_epi64(one, one));
    const __m256i four = _mm256_or_si256(two, _mm256_slli_epi64(two, 2));
    const __m256i eight = _mm256_or_si256(four, _mm256_slli_epi64(four, 4));
    const __m256i sixteen = _mm256_or_si256(eight, _mm256_slli_epi64(eight, 8));
    const __m256i twenty = _mm256_or_si256(sixteen, _mm256_slli_epi64(sixteen, 4));
    // Of slashes in a row the last.
    const __m256i near = _mm256_slli_epi64(slashes, 19);
    const __m256i parts = _mm256_andnot_si256(near, _mm256_add_epi64(near, near));
    const __m256i first =
        _mm256_andnot_si256(twenty, _mm256_or_si256(_mm256_add_epi64(twenty, twenty), parts));
    const __m256i upper =
        _mm256_permutevar8x32_epi32(first, _mm256_setr_epi32(1, 3, 5, 7, 1, 3, 5, 7));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(masks.twentieths.data() + word),
                     _mm256_castsi256_si128(upper));
  }
}

// What is set in a stretch: first the blocks in which something is, then the offsets.
struct Found {
  // What is put down behind the last of them is no part of them.
  std::array<uint64_t, kWords / 2 + 1> masks;
  std::array<uint32_t, kWords / 2 + 1> blocks;
  std::array<uint16_t, kStretch + 2> offsets;
};

SG_AVX2_INLINE uint64_t two_words(const uint32_t* words) {
  uint64_t both = 0;
  std::memcpy(&both, words, sizeof both);
  return both;
}

// Puts down the offsets of the bits that are set in the blocks; returns how many.
SG_AVX2_INLINE size_t put_down(size_t blocks, Found& found) {
  uint16_t* next = found.offsets.data();
  for (size_t i = 0; i < blocks; ++i) {
    const uint64_t begin = size_t{found.blocks.data()[i]} * kBlock;
    const uint64_t whole = found.masks.data()[i];
    unsigned long long mask = whole;
    // Hardly any block has more than two.
    uint16_t* put = next;
    do {
      put[0] = static_cast<uint16_t>(begin + _tzcnt_u64(mask));
      mask = _blsr_u64(mask);
      put[1] = static_cast<uint16_t>(begin + _tzcnt_u64(mask));
      mask = _blsr_u64(mask);
      put += 2;
    } while (mask != 0);
    next += _mm_popcnt_u64(whole);
  }
  return static_cast<size_t>(next - found.offsets.data());
}

// What 16 letters of base64 say: whether they may be of a text, or their digits of one in
// hexadecimal. Quicker than is_run(), and never false where that is true.
class Look {
 public:
  SG_AVX2_INLINE Look()
      : shifts_(twice(_mm_setr_epi8(0, 0, 16, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0))),
        odd_(twice(_mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '+', 0, '-', 0, '_'))),
        odd_values_(twice(_mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 62, 0, 62, 0, 63))),
        order_(twice(_mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1))),
        blanks_(twice(_mm_setr_epi8(1, 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0))),
        high_digits_(
            twice(_mm_setr_epi8('0', 1, '2', '3', '4', '5', '6', '7', 0, 0, 0, 0, 0, 0, 0, 0))) {}

  // The answers for letters at two places.
  struct Answers {
    bool first;
    bool second;
  };
  [[nodiscard]] SG_AVX2_INLINE Answers at(const char* first, const char* second) const {
    const __m256i text = _mm256_inserti128_si256(
        _mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(first))),
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(second)), 1);
    const __m256i is_odd = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(odd_, text), text);
    const __m256i bytes = decoded(text, is_odd);
    const unsigned control = controls(bytes);
    // UTF-16 begins with a NUL or its mark in one of two bytes.
    const unsigned nul = mask_of(_mm256_cmpeq_epi8(bytes, _mm256_setzero_si256()));
    const unsigned mark =
        mask_of(_mm256_cmpeq_epi8(_mm256_max_epu8(bytes, _mm256_set1_epi8(-2)), bytes));
    // Of pairs of digits three, and no signs: as in may_be_hex().
    const unsigned digit =
        mask_of(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(high_digits_, text), text));
    const unsigned odd = mask_of(is_odd);
    const auto answer = [&](unsigned shift) -> bool {
      constexpr unsigned kBytes = 0xFFF;
      constexpr unsigned kFirst = 3;
      constexpr unsigned kDigits = 1U | 1U << 2U | 1U << 4U;
      const auto no_text = static_cast<unsigned>((control >> shift & kBytes) != 0);
      const auto narrow = static_cast<unsigned>((nul >> shift & kFirst) == 0) &
                          static_cast<unsigned>((mark >> shift & kFirst) != kFirst);
      const auto no_digits = static_cast<unsigned>((digit >> shift & kDigits) != kDigits) |
                             static_cast<unsigned>((odd >> shift & 0xFFFFU) != 0);
      return (no_text & narrow & no_digits) == 0;
    };
    return {answer(0), answer(16)};
  }

 private:
  SG_AVX2_INLINE static __m256i twice(__m128i table) { return _mm256_broadcastsi128_si256(table); }

  // Twelve bytes for 16 letters, then zeros.
  [[nodiscard]] SG_AVX2_INLINE __m256i decoded(__m256i text, __m256i is_odd) const {
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(text, 4), _mm256_set1_epi8(0x0F));
    const __m256i values =
        _mm256_blendv_epi8(_mm256_add_epi8(text, _mm256_shuffle_epi8(shifts_, upper)),
                           _mm256_shuffle_epi8(odd_values_, text), is_odd);
    const __m256i twelves = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
    const __m256i groups = _mm256_madd_epi16(twelves, _mm256_set1_epi32(0x00011000));
    return _mm256_shuffle_epi8(groups, order_);
  }

  // A bit where a control character stands, or what is no UTF-8.
  [[nodiscard]] SG_AVX2_INLINE unsigned controls(__m256i bytes) const {
    const unsigned high = mask_of(bytes);
    const unsigned ascii =
        mask_of(_mm256_or_si256(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(0x1F)),
                                _mm256_cmpeq_epi8(_mm256_shuffle_epi8(blanks_, bytes), bytes)));
    // Bytes that go on a character, and those that begin one of two bytes or more, three or more,
    // and four.
    const unsigned later = mask_of(_mm256_cmpgt_epi8(_mm256_set1_epi8(-0x40), bytes));
    const unsigned two = high & ~later;
    const unsigned three = high & mask_of(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(-0x21)));
    const unsigned four = high & mask_of(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(-0x11)));
    return ~(ascii | high) | (later ^ (two << 1U | three << 2U | four << 3U));
  }

  __m256i shifts_;  // from a letter to its value, by its upper half
  __m256i odd_;     // letters that have values of their own, by their lower halves
  __m256i odd_values_;
  __m256i order_;
  __m256i blanks_;
  __m256i high_digits_;  // of pairs that stand for what is printed
};

SG_AVX2 void look_at_runs(PaddedView text, size_t begin, const Masks& masks, size_t blocks,
                          Found& found, Marks& marks) {
  size_t with = 0;
  for (size_t block = 0; block < blocks; ++block) {
    const uint64_t mask = two_words(masks.twentieths.data() + block * 2);
    found.blocks.data()[with] = static_cast<uint32_t>(block);
    found.masks.data()[with] = mask;
    with += mask != 0 ? 1U : 0U;
  }
  const size_t count = put_down(with, found);
  const char* const letters = text.data() + begin + 1 - kMinBase64;
  const Look look;
  size_t kept = 0;
  for (size_t i = 0; i < count; i += 2) {
    const size_t next = std::min(i + 1, count - 1);
    const uint16_t first = found.offsets.data()[i];
    const uint16_t second = found.offsets.data()[next];
    const Look::Answers answers = look.at(letters + first, letters + second);
    found.offsets.data()[kept] = first;
    kept += answers.first ? 1U : 0U;
    found.offsets.data()[kept] = second;
    kept += answers.second ? next - i : 0;
  }
  for (size_t i = 0; i < kept; ++i) {
    const size_t run = begin + found.offsets.data()[i] + 1 - kMinBase64;
    if (is_run(text, run)) marks.runs.push_back(run);
  }
}

SG_AVX2 void look_at_leads(PaddedView text, size_t begin, const Masks& masks, size_t blocks,
                           Found& found, Marks& marks) {
  size_t with = 0;
  for (size_t block = 0; block < blocks; ++block) {
    const uint64_t mask = two_words(masks.others.data() + 1 + block * 2) &
                          two_words(masks.specials.data() + 1 + block * 2);
    found.blocks.data()[with] = static_cast<uint32_t>(block);
    found.masks.data()[with] = mask;
    with += mask != 0 ? 1U : 0U;
  }
  const size_t count = put_down(with, found);
  for (size_t i = 0; i < count; ++i) {
    const size_t at = begin + found.offsets.data()[i];
    if (is_escape(text, at)) marks.escapes.push_back(at);
  }
}

}  // namespace
}  // namespace by_avx2

void find_by_avx2(PaddedView text, Marks& marks) {
  using by_avx2::kStretch;
  by_avx2::Masks masks;
  by_avx2::Found found;
  masks.others[0] = ~uint32_t{0};
  masks.specials[0] = 0;
  for (size_t begin = 0; begin < text.size(); begin += kStretch) {
    const size_t size = std::min(text.size() - begin, kStretch);
    const size_t blocks = (size + by_avx2::kBlock - 1) / by_avx2::kBlock;
    by_avx2::mask_all(text.data() + begin, size, masks);
    by_avx2::find_twentieths(blocks * 2, masks);
    by_avx2::look_at_runs(text, begin, masks, blocks, found, marks);
    by_avx2::look_at_leads(text, begin, masks, blocks, found, marks);
    masks.others[0] = masks.others[by_avx2::kWords];
    masks.specials[0] = masks.specials[by_avx2::kWords];
  }
}

}  // namespace spillguard::detect::decode::marking

#undef SG_AVX2
#undef SG_AVX2_INLINE

#endif
