// Runs in the steps that hold sixteen letters or more: of their words those where one may begin, of
// these the few places whose first letters fit, and only then twenty letters.
#if defined(__x86_64__)

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "detect/decode/first_look_avx2.h"
#include "detect/decode/marks_avx2.h"
#include "detect/decode/marks_look.h"

namespace spillguard::detect::decode::marking::by_avx2 {
namespace {

// Bytes in front of a step that belong to the quads before it, and one.
constexpr size_t kBefore = kQuads * kQuad;

// Bytes of a stretch's quads: those of a word each.
constexpr size_t kWords = kSteps * kStep / kWord;

// The words of a stretch with four quads of letters: a bit for each quad, from the third before the
// word on, with which four begin.
struct Fours {
  alignas(kWord) std::array<uint8_t, kWords> of;
  // Those that have some. What is put down behind the last of them is no part of them.
  std::array<uint8_t, kWords + 8> words;
};

// The words of a stretch with places where a run may begin, each moved to the front by kBefore.
// What is put down behind the last of them is no part of them.
struct Words {
  std::array<uint16_t, kWords + 1> begins;
  std::array<uint32_t, kWords + 1> masks;
};

// The numbers of a byte's bits, a byte for each.
constexpr std::array<uint64_t, 256> make_numbers() {
  std::array<uint64_t, 256> numbers{};
  for (unsigned bits = 0; bits < 256; ++bits) {
    unsigned found = 0;
    for (uint64_t i = 0; i < 8; ++i) {
      if ((bits >> i & 1U) != 0) numbers[bits] |= i << (8 * found++);
    }
  }
  return numbers;
}
constexpr std::array<uint64_t, 256> kNumbers = make_numbers();

// Four bits for each bit.
constexpr std::array<uint32_t, 256> make_spread() {
  std::array<uint32_t, 256> spread{};
  for (unsigned bits = 0; bits < 256; ++bits) {
    for (unsigned i = 0; i < 8; ++i) spread[bits] |= (bits >> i & 1U) * (0xFU << (4 * i));
  }
  return spread;
}
constexpr std::array<uint32_t, 256> kSpread = make_spread();

// Where a run or a part of one may begin in a word.
class Begins {
 public:
  // A bit of what `low` and `high` have in common is for a set of letters, each a set of upper
  // halves and one of lower ones.
  SG_MARKS_INLINE Begins() {
    // Upper half 2: + and -; 3: digits; 4 and 6: A to O; 5: P to Z and _; 7: p to z.
    constexpr char kB = 1;
    constexpr char kC = 2;
    constexpr char kD = 4;
    constexpr char kE = 8;
    constexpr char kF = 16;
    constexpr auto kSlash = static_cast<char>(128);
    constexpr char kDigits = kC | kD | kE | kF;
    low_ = twice(_mm_setr_epi8(kC | kE | kF, kDigits, kDigits, kDigits, kDigits, kDigits, kDigits,
                               kDigits, kDigits, kDigits, kD | kE | kF, kB | kD, kD, kB | kD, kD,
                               kSlash | kD | kE));
    high_ = twice(_mm_setr_epi8(0, 0, kSlash | kB, kC, kD, kE, kD, kF, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  // A bit for each byte behind which one may begin.
  [[nodiscard]] SG_MARKS_INLINE uint32_t word(__m256i text) const {
    const __m256i sets = _mm256_and_si256(_mm256_shuffle_epi8(low_, text),
                                          _mm256_shuffle_epi8(high_, upper_half(text)));
    const uint32_t others = mask_of(_mm256_cmpeq_epi8(sets, _mm256_setzero_si256()));
    const uint32_t slashes = mask_of(sets);
    return (others | (slashes & ~(slashes >> 1U))) & ~(others >> 1U);
  }

 private:
  __m256i low_;
  __m256i high_;
};

// Where the first two letters of a run fit each other: part of may_begin_run().
class FirstLetters {
 public:
  SG_MARKS_INLINE FirstLetters() {
    // First letters of ASCII, or of UTF-16 in which it comes first or second: A C D I to O; P to Z;
    // a to f.
    constexpr char kA = 1;
    constexpr char kP = 2;
    constexpr char kL = 4;
    // Of all else, and of hexadecimal digits: w to z 7 8 9 + - /; 0 to 6; _.
    constexpr char kW = 8;
    constexpr char kD = 16;
    constexpr char kU = 32;
    static_assert(kAscii == (kA | kP | kL));
    low_ = twice(_mm_setr_epi8(kP | kD, kA | kP | kL | kD, kP | kL | kD, kA | kP | kL | kD,
                               kA | kP | kL | kD, kP | kL | kD, kP | kL | kD, kP | kW, kP | kW,
                               kA | kP | kW, kA | kP | kW, kA | kW, kA, kA | kW, kA, kA | kW | kU));
    high_ = twice(_mm_setr_epi8(0, 0, kW, kW | kD, kA, kP | kU, kL, kW, 0, 0, 0, 0, 0, 0, 0, 0));
    // What follows those of ASCII: A C to H Q S to X; 0 to 3; g i to n w y z.
    constexpr char kQ = 1;
    constexpr char kN = 2;
    constexpr char kG = 4;
    second_low_ = twice(_mm_setr_epi8(kN, kQ | kN, kN, kQ | kN, kQ, kQ, kQ, kQ | kG, kQ, kG, kG, kG,
                                      kG, kG, kG, 0));
    second_high_ = twice(_mm_setr_epi8(0, 0, 0, kN, kQ, kQ, kG, kG, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  // A bit for each byte with which they begin.
  [[nodiscard]] SG_MARKS_INLINE uint32_t word(const char* bytes) const {
    const __m256i text = load(bytes);
    const __m256i behind = load(bytes + 1);
    const __m256i first = _mm256_and_si256(_mm256_shuffle_epi8(low_, text),
                                           _mm256_shuffle_epi8(high_, upper_half(text)));
    const __m256i second = _mm256_and_si256(_mm256_shuffle_epi8(second_low_, behind),
                                            _mm256_shuffle_epi8(second_high_, upper_half(behind)));
    const __m256i zero = _mm256_setzero_si256();
    const __m256i refused =
        _mm256_and_si256(_mm256_cmpeq_epi8(second, zero), _mm256_set1_epi8(kAscii));
    return ~mask_of(_mm256_cmpeq_epi8(_mm256_andnot_si256(refused, first), zero));
  }

 private:
  static constexpr char kAscii = 7;

  __m256i low_;
  __m256i high_;
  __m256i second_low_;
  __m256i second_high_;
};

// The fours of a group of steps; `quads` are theirs.
SG_MARKS_INLINE __m256i fours_of(const uint32_t* quads) {
  const __m256i here = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(quads));
  const __m256i before = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(quads - 1));
  const __m256i twos = _mm256_and_si256(
      here, _mm256_or_si256(_mm256_add_epi32(here, here), _mm256_srli_epi32(before, 31)));
  const __m256i twos_before = _mm256_and_si256(before, _mm256_add_epi32(before, before));
  return _mm256_and_si256(
      twos, _mm256_or_si256(_mm256_slli_epi32(twos, 2), _mm256_srli_epi32(twos_before, 30)));
}

// Finds them for a stretch; returns how many words have some.
SG_MARKS_INLINE size_t find_fours(const Seen& seen, Fours& fours) {
  constexpr uint64_t kEach = 0x0101010101010101U;
  size_t found = 0;
  uint64_t first = 0;  // word of eight, in each byte
  for (size_t step = 0; step < seen.steps; step += kGroup) {
    const __m256i group = fours_of(seen.quads.data() + 1 + step);
    _mm256_store_si256(reinterpret_cast<__m256i*>(fours.of.data() + 4 * step), group);
    uint32_t rest = ~mask_of(_mm256_cmpeq_epi8(group, _mm256_setzero_si256()));
    for (int eight = 0; eight < 4; ++eight) {
      const uint64_t words = kNumbers.data()[rest & 0xFFU] + first;
      std::memcpy(fours.words.data() + found, &words, sizeof words);
      found += static_cast<size_t>(_mm_popcnt_u32(rest & 0xFFU));
      rest >>= 8U;
      first += 8 * kEach;
    }
  }
  return found;
}

// Offsets in a stretch from kBefore in front of it on.
using Offsets = std::array<uint16_t, kStretch + 2 * kBefore>;

// Puts down the places of the words' bits at which the first letters fit; returns how many.
SG_MARKS_INLINE size_t put_down(const Words& words, size_t count, const char* stretch,
                                Offsets& offsets) {
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    const size_t begin = words.begins.data()[i] + size_t{1};
    const char* const bytes = stretch + begin - kBefore;
    uint32_t mask = words.masks.data()[i];
    // Hardly any word has more than two.
    do {
      const size_t first = _tzcnt_u32(mask);
      const uint32_t rest = _blsr_u32(mask);
      const size_t second = _tzcnt_u32(rest != 0 ? rest : mask);
      offsets.data()[kept] = static_cast<uint16_t>(begin + first);
      kept += may_begin_run(bytes + first) ? 1U : 0U;
      offsets.data()[kept] = static_cast<uint16_t>(begin + second);
      kept += static_cast<size_t>(rest != 0) & static_cast<size_t>(may_begin_run(bytes + second));
      mask = _blsr_u32(rest);
    } while (mask != 0);
  }
  return kept;
}

// Whether a run begins here, or the part of one behind a slash, and what stands in it may be a
// text. Hardly any place is left by the first look, which has one branch for all it asks.
SG_MARKS_INLINE bool is_mark(PaddedView padded, size_t at) {
  const std::string_view text = padded.text();
  const char* const bytes = padded.data() + at;
  const first_look::TwentyLetters letters(bytes);
  const char before = at != 0 ? bytes[-1] : '\0';
  const auto is = [](bool condition) { return condition ? 1U : 0U; };
  // Of slashes in a row the last.
  const unsigned is_part =
      is(base64_value(before) == kNoLetter) | (is(before == '/') & is(bytes[0] != '/'));
  const bool may_be_text = letters.may_be_text();
  const unsigned fits = is(text.size() - at >= kMinBase64) & is(letters.all_letters()) & is_part &
                        (is(may_be_text) | (is(letters.no_signs()) & is(may_begin_hex(bytes)) &
                                            is(letters.may_be_hex_text())));
  return fits != 0 && (may_be_text ? is_run(padded, at) : may_be_hex(text, at));
}

}  // namespace

SG_MARKS_AVX2 void find_runs(PaddedView text, size_t stretch, const Seen& seen, Marks& marks) {
  const Begins begins;
  const FirstLetters letters;
  Fours fours;
  const size_t with_fours = find_fours(seen, fours);
  Words words;
  const char* const bytes = text.data() + stretch;
  size_t kept = 0;
  size_t next = 0;
  if (stretch == 0 && fours.of[0] != 0) {
    // In front of the text there is a byte that is no letter, at least.
    const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
    const __m256i word = _mm256_inserti128_si256(_mm256_setzero_si256(), first, 1);
    // It begins where the text does.
    words.begins[0] = kBefore - 1;
    words.masks[0] = (kSpread[fours.of[0]] & begins.word(word)) >> (kBefore - 1);
    words.masks[0] &= letters.word(bytes);
    kept = words.masks[0] != 0 ? 1 : 0;
    next = 1;
  }
  for (; next < with_fours; ++next) {
    const size_t number = fours.words.data()[next];
    const size_t begin = number * kWord;
    const char* const word = bytes + begin - kBefore;
    const uint32_t mask =
        begins.word(load(word)) & letters.word(word + 1) & kSpread.data()[fours.of.data()[number]];
    words.begins.data()[kept] = static_cast<uint16_t>(begin);
    words.masks.data()[kept] = mask;
    kept += mask != 0 ? 1U : 0U;
  }
  Offsets offsets;
  const size_t fitting = put_down(words, kept, bytes, offsets);
  for (size_t i = 0; i < fitting; ++i) {
    const size_t at = stretch + offsets[i] - kBefore;
    if (is_mark(text, at)) marks.runs.push_back(at);
  }
}

}  // namespace spillguard::detect::decode::marking::by_avx2

#endif
