// The marks of a text by vectors: a first walk lists the steps in which something may be, nearly
// without branches on what it holds. What is listed, a third of the steps, is looked at again, and
// the few places that are left each for itself.
#include "detect/decode/marks.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "detect/decode/first_look_avx2.h"
#include "detect/decode/marks_look.h"
#include "detect/decode/opaque_run.h"

#define SG_AVX2 __attribute__((target("avx2,bmi")))
#define SG_AVX2_CALL __attribute__((target("avx2,bmi"), noinline))
#define SG_AVX2_INLINE __attribute__((target("avx2,bmi"), always_inline)) inline

namespace spillguard::detect::decode::marking {
namespace by_avx2 {
namespace {

constexpr size_t kWord = 32;  // bytes to a vector
constexpr size_t kHalf = 2 * kWord;
constexpr size_t kStep = 2 * kHalf;
constexpr size_t kSteps = 32;  // to a stretch
constexpr size_t kStretch = kSteps * kStep;
constexpr size_t kQuad = 4;
static_assert(PaddedText::kPadding >= kHalf);
// Wherever a run of 20 letters begins, it fills four quads of those that begin at a fourth byte.
constexpr size_t kQuads = 4;
static_assert(kMinBase64 >= kQuads * kQuad + kQuad - 1);

// Where a step is, and what of it is text: all, or less in the last one.
struct Place {
  const char* bytes;
  size_t left;
  // The second half; a last step that has none takes its first half again.
  [[nodiscard]] SG_AVX2_INLINE const char* second() const {
    return bytes + (left > kHalf ? kHalf : 0);
  }
};

// The steps of a stretch in which something may be. What is put down behind the last of them is no
// part of them.
struct Leads {
  size_t size = 0;
  std::array<uint16_t, kSteps + 1> begins;
};
struct Quads {
  size_t size = 0;
  std::array<uint16_t, kSteps + 1> begins;
  // A bit for each quad, from the third before the step on, with which four begin.
  std::array<uint32_t, kSteps + 1> fours;
};
struct Listed {
  Leads leads;
  Quads quads;
};

SG_AVX2_INLINE __m256i load(const char* bytes) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
}
SG_AVX2_INLINE __m256i twice(__m128i table) { return _mm256_broadcastsi128_si256(table); }
SG_AVX2_INLINE uint32_t mask_of(__m256i bytes) {
  return static_cast<uint32_t>(_mm256_movemask_epi8(bytes));
}
SG_AVX2_INLINE __m256i upper_half(__m256i bytes) {
  return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
}

// Each lead by its lower half; for other halves a byte that has another one.
SG_AVX2_INLINE __m256i lead_table() {
  return twice(_mm_setr_epi8(1, 0, 0, 0, 0, '%', '&', 0, 0, 0, 0, 0, '\\', '=', 0, 0));
}

// The first walk: two shuffles for each vector.
class Walk {
 public:
  SG_AVX2_INLINE Walk() : leads_(lead_table()) {
    // No byte below these is a letter, by its lower half, and of those above few are none.
    constexpr char kDigit = '0';
    constexpr char kUpper = '@';
    least_ = twice(_mm_setr_epi8(kDigit, kDigit, kDigit, kDigit, kDigit, kDigit, kDigit, kDigit,
                                 kDigit, kDigit, kUpper, '+', kUpper, '-', kUpper, '/'));
  }

  // Lists a step of a stretch when something may be in it.
  SG_AVX2_INLINE void list(const char* stretch, size_t at, size_t left, Listed& listed) {
    uint32_t fours = 0;
    const bool has_leads = look({.bytes = stretch + at, .left = left}, fours);
    listed.leads.begins.data()[listed.leads.size] = static_cast<uint16_t>(at);
    listed.leads.size += has_leads ? 1U : 0U;
    listed.quads.begins.data()[listed.quads.size] = static_cast<uint16_t>(at);
    listed.quads.fours.data()[listed.quads.size] = fours;
    listed.quads.size += fours != 0 ? 1U : 0U;
  }

 private:
  // Looks at a step; `fours` as in Quads. Whether there is a lead.
  SG_AVX2_INLINE bool look(const Place& place, uint32_t& fours) {
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

  SG_AVX2_INLINE static __m256i zero() { return _mm256_setzero_si256(); }
  // Not zero for what is no letter; nothing is above ASCII.
  [[nodiscard]] SG_AVX2_INLINE __m256i others(__m256i text) const {
    return _mm256_cmpgt_epi8(_mm256_shuffle_epi8(least_, text), text);
  }
  [[nodiscard]] SG_AVX2_INLINE __m256i is_lead(__m256i text) const {
    return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(leads_, text), text);
  }

  __m256i least_;
  __m256i leads_;
  uint64_t before_ = 0;  // the last quads of the step before
};

// Bytes in front of a step that belong to the quads before it, and one.
constexpr size_t kBefore = kQuads * kQuad;

// The words of a stretch with places where a run may begin, each moved to the front by kBefore.
// What is put down behind the last of them is no part of them.
struct Words {
  std::array<uint16_t, kSteps * 4 + 4> begins;
  std::array<uint32_t, kSteps * 4 + 4> masks;
};

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
  SG_AVX2_INLINE Begins() {
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
  [[nodiscard]] SG_AVX2_INLINE uint32_t word(__m256i text) const {
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
  SG_AVX2_INLINE FirstLetters() {
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
  [[nodiscard]] SG_AVX2_INLINE uint32_t word(const char* bytes) const {
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

// The words of the steps that are listed.
SG_AVX2_INLINE size_t words_of(const Quads& listed, Words& words) {
  size_t found = 0;
  for (size_t i = 0; i < listed.size; ++i) {
    const uint32_t fours = listed.fours.data()[i];
    for (size_t word = 0; word < 4; ++word) {
      const uint32_t here = fours >> (8 * word) & 0xFFU;
      words.begins.data()[found] = static_cast<uint16_t>(listed.begins.data()[i] + word * kWord);
      words.masks.data()[found] = here;
      found += here != 0 ? 1U : 0U;
    }
  }
  return found;
}

// Offsets in a stretch from kBefore in front of it on.
using Offsets = std::array<uint16_t, kStretch + 2 * kBefore>;

// Puts down the places of the words' bits at which the first letters fit; returns how many.
SG_AVX2_INLINE size_t put_down(const Words& words, size_t count, const char* stretch,
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
// text.
SG_AVX2_INLINE bool is_mark(PaddedView padded, size_t at) {
  const std::string_view text = padded.text();
  if (text.size() - at < kMinBase64) return false;
  const bool goes_on = at != 0 && base64_value(text[at - 1]) != kNoLetter;
  // Of slashes in a row the last.
  if (goes_on && (text[at - 1] != '/' || text[at] == '/')) return false;
  const first_look::TwentyLetters letters(text.data() + at);
  if (!letters.all_letters()) return false;
  using Told = first_look::TwentyLetters::Told;
  const Told told = letters.tell();
  return told == Told::kYes || (told == Told::kUnsure && may_be_base64(text, at)) ||
         (letters.may_be_hex() && may_be_hex(text, at));
}

SG_AVX2_CALL void find_runs(PaddedView text, size_t stretch, const Quads& listed, Marks& marks) {
  const Begins begins;
  const FirstLetters letters;
  Words words;
  const size_t with_quads = words_of(listed, words);
  const char* const bytes = text.data() + stretch;
  size_t kept = 0;
  size_t next = 0;
  if (stretch == 0 && words.begins[0] == 0) {
    // In front of the text there is a byte that is no letter, at least.
    const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
    const __m256i word = _mm256_inserti128_si256(_mm256_setzero_si256(), first, 1);
    // It begins where the text does.
    words.begins[0] = kBefore - 1;
    words.masks[0] = (kSpread[words.masks[0]] & begins.word(word)) >> (kBefore - 1);
    words.masks[0] &= letters.word(bytes);
    kept = words.masks[0] != 0 ? 1 : 0;
    next = 1;
  }
  for (; next < with_quads; ++next) {
    const size_t begin = words.begins.data()[next];
    const char* const word = bytes + begin - kBefore;
    const uint32_t mask =
        begins.word(load(word)) & letters.word(word + 1) & kSpread.data()[words.masks.data()[next]];
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

// Bytes that may begin an escape, with the byte behind each.
class LeadSteps {
 public:
  // A bit of what a lead, and the lower and the upper half of the byte behind it have in common is
  // for a set of followers: all of may_begin_escape(), and some more.
  SG_AVX2_INLINE LeadSteps() : leads_(lead_table()) {
    constexpr char kA = 1;                       // behind %: 0 2 to 7, u
    constexpr char kB = 2;                       // behind a backslash: " / ' 0 1
    constexpr char kC = 4;                       // r t u x U
    constexpr char kD = 8;                       // n
    constexpr char kE = 16;                      // behind &: a to n
    constexpr char kF = 32;                      // # p to s
    constexpr char kG = 64;                      // behind =: 3
    constexpr auto kH = static_cast<char>(128);  // line ends
    kinds_ = twice(
        _mm_setr_epi8(0, 0, 0, 0, 0, kA, kE | kF, 0, 0, 0, 0, 0, kB | kC | kD, kG | kH, 0, 0));
    low_ = twice(_mm_setr_epi8(kA | kB | kF, kB | kE | kF, kA | kB | kC | kE | kF,
                               kA | kE | kF | kG, kA | kC | kE, kA | kC | kE, kA, kA | kB | kE, kC,
                               0, kH, 0, kE, kH, kD | kE, kB));
    high_ = twice(_mm_setr_epi8(kH, 0, kB | kF, kA | kB | kG, 0, kC, kD | kE, kA | kC | kF, 0, 0, 0,
                                0, 0, 0, 0, 0));
  }
  [[nodiscard]] SG_AVX2_INLINE uint64_t half(const char* bytes) const {
    return uint64_t{word(bytes)} | uint64_t{word(bytes + kWord)} << kWord;
  }

 private:
  [[nodiscard]] SG_AVX2_INLINE uint32_t word(const char* bytes) const {
    const __m256i text = load(bytes);
    const __m256i behind = load(bytes + 1);
    const __m256i is_lead = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(leads_, text), text);
    const __m256i kinds = _mm256_and_si256(is_lead, _mm256_shuffle_epi8(kinds_, text));
    const __m256i followers = _mm256_and_si256(_mm256_shuffle_epi8(low_, behind),
                                               _mm256_shuffle_epi8(high_, upper_half(behind)));
    const __m256i both = _mm256_and_si256(kinds, followers);
    return ~mask_of(_mm256_cmpeq_epi8(both, _mm256_setzero_si256()));
  }

  __m256i leads_;
  __m256i kinds_;
  __m256i low_;
  __m256i high_;
};

// The first bits of a mask.
SG_AVX2_INLINE uint64_t lowest(size_t bits) {
  return bits >= kHalf ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
}

// False for most escapes of control characters: those that join no long word, see begins_escape().
SG_AVX2_INLINE bool may_go_on(const char* lead) {
  const char next = lead[1];
  const bool control = lead[0] == '\\' && (next == 'n' || next == 'r' || next == 't');
  return !control || joins_long_word(lead + 2);
}

SG_AVX2_CALL void find_escapes(PaddedView text, size_t stretch, const Leads& listed, Marks& marks) {
  const LeadSteps steps;
  const char* const bytes = text.data() + stretch;
  struct {
    std::array<uint16_t, 2 * kSteps + 2> begins;
    std::array<uint64_t, 2 * kSteps + 2> masks;
  } halves;
  size_t kept = 0;
  for (size_t i = 0; i < listed.size; ++i) {
    const size_t begin = listed.begins.data()[i];
    const Place place{.bytes = bytes + begin, .left = text.size() - stretch - begin};
    const auto keep = [&](size_t at, uint64_t mask) {
      halves.begins.data()[kept] = static_cast<uint16_t>(at);
      halves.masks.data()[kept] = mask;
      kept += mask != 0 ? 1U : 0U;
    };
    keep(begin, steps.half(place.bytes) & lowest(place.left));
    const size_t second = place.left - std::min(place.left, kHalf);
    keep(begin + kHalf, steps.half(place.second()) & lowest(second));
  }
  for (size_t i = 0; i < kept; ++i) {
    const size_t begin = halves.begins.data()[i];
    uint64_t mask = halves.masks.data()[i];
    do {
      const size_t at = begin + _tzcnt_u64(mask);
      if (may_go_on(bytes + at) && is_escape(text, stretch + at)) {
        marks.escapes.push_back(stretch + at);
      }
      mask = _blsr_u64(mask);
    } while (mask != 0);
  }
}

// Looks again at what is listed of a stretch, and empties the lists.
SG_AVX2_INLINE void find_listed(PaddedView text, size_t stretch, Listed& listed, Marks& marks) {
  if (listed.quads.size != 0) find_runs(text, stretch, listed.quads, marks);
  if (listed.leads.size != 0) find_escapes(text, stretch, listed.leads, marks);
  listed.quads.size = 0;
  listed.leads.size = 0;
}

}  // namespace
}  // namespace by_avx2

SG_AVX2 void find_by_avx2(PaddedView text, Marks& marks) {
  by_avx2::Walk walk;
  by_avx2::Listed listed;
  const size_t last = text.size() / by_avx2::kStep * by_avx2::kStep;
  size_t begin = 0;
  while (text.size() - begin >= by_avx2::kStretch) {
    for (size_t at = 0; at < by_avx2::kStretch; at += by_avx2::kStep) {
      walk.list(text.data() + begin, at, by_avx2::kStep, listed);
    }
    by_avx2::find_listed(text, begin, listed, marks);
    begin += by_avx2::kStretch;
  }
  for (size_t at = 0; at < last - begin; at += by_avx2::kStep) {
    walk.list(text.data() + begin, at, by_avx2::kStep, listed);
  }
  if (last < text.size()) {
    walk.list(text.data() + begin, last - begin, text.size() - last, listed);
  }
  by_avx2::find_listed(text, begin, listed, marks);
}

}  // namespace spillguard::detect::decode::marking

#undef SG_AVX2
#undef SG_AVX2_CALL
#undef SG_AVX2_INLINE

#endif
