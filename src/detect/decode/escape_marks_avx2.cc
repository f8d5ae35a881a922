// Escapes in the steps that hold a byte that may begin one.
#if defined(__x86_64__)

#include <algorithm>
#include <array>
#include <cstdint>

#include "detect/decode/marks_avx2.h"
#include "detect/decode/marks_look.h"

namespace spillguard::detect::decode::marking::by_avx2 {
namespace {

// Bytes that may begin an escape, with the byte behind each.
class LeadSteps {
 public:
  // A bit of what a lead, and the lower and the upper half of the byte behind it have in common is
  // for a set of followers: all of may_begin_escape(), and some more.
  SG_MARKS_INLINE LeadSteps() : leads_(lead_table()) {
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
  [[nodiscard]] SG_MARKS_INLINE uint64_t half(const char* bytes) const {
    return uint64_t{word(bytes)} | uint64_t{word(bytes + kWord)} << kWord;
  }

 private:
  [[nodiscard]] SG_MARKS_INLINE uint32_t word(const char* bytes) const {
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
SG_MARKS_INLINE uint64_t lowest(size_t bits) {
  return bits >= kHalf ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
}

// False for most escapes of control characters: those that join no long word, see begins_escape().
SG_MARKS_INLINE bool may_go_on(const char* lead) {
  const char next = lead[1];
  const bool control = lead[0] == '\\' && (next == 'n' || next == 'r' || next == 't');
  return !control || joins_long_word(lead + 2);
}

}  // namespace

SG_MARKS_AVX2 void find_escapes(PaddedView text, size_t stretch, const Seen& seen, Marks& marks) {
  const LeadSteps steps;
  const char* const bytes = text.data() + stretch;
  struct {
    std::array<uint16_t, 2 * kSteps + 2> begins;
    std::array<uint64_t, 2 * kSteps + 2> masks;
  } halves;
  size_t kept = 0;
  // The first step's comes first.
  uint64_t with_leads = ~seen.no_leads << (kSteps - seen.steps);
  while (with_leads != 0) {
    const auto step = static_cast<size_t>(__builtin_clzll(with_leads));
    with_leads &= ~(uint64_t{1} << 63U >> step);
    const size_t begin = step * kStep;
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

}  // namespace spillguard::detect::decode::marking::by_avx2

#endif
