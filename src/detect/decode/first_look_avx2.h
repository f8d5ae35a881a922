// The first look at a run by vectors: twenty letters at once, without branches on what they are.
//
// Thread-safety: pure functions.
#pragma once

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "detect/decode/opaque_run.h"

namespace spillguard::detect::decode::first_look {

// Twenty letters of base64 and what they stand for.
static_assert(kMinBase64 == 20);
class TwentyLetters {
 public:
  __attribute__((target("avx2"), always_inline)) explicit TwentyLetters(const char* letters) {
    // Sixteen, and the last sixteen.
    const __m256i text = _mm256_inserti128_si256(
        _mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(letters))),
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(letters + 4)), 1);
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(text, 4), _mm256_set1_epi8(0x0F));
    // Sets of letters, as Begins in run_marks_avx2.cc has them.
    const __m256i low = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(26, 30, 30, 30, 30, 30, 30, 30, 30, 30, 28, 5, 4, 5, 4, 13));
    const __m256i high =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 1, 2, 4, 8, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0));
    const __m256i sets =
        _mm256_and_si256(_mm256_shuffle_epi8(low, text), _mm256_shuffle_epi8(high, upper));
    sixteen_ = _mm256_castsi256_si128(text);
    all_letters_ = _mm256_movemask_epi8(_mm256_cmpeq_epi8(sets, _mm256_setzero_si256())) == 0;
    // What is added to a letter makes its value, but for - / and _.
    const __m256i added = _mm256_broadcastsi128_si256(_mm_setr_epi8(
        0, 0, 62 - '+', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a', 0, 0, 0, 0, 0, 0, 0, 0));
    const auto more = [&](char letter, char by) __attribute__((target("avx2"), always_inline)) {
      return _mm256_and_si256(_mm256_cmpeq_epi8(text, _mm256_set1_epi8(letter)),
                              _mm256_set1_epi8(by));
    };
    const __m256i rest =
        _mm256_or_si256(_mm256_or_si256(more('-', static_cast<char>(62 - ('-' + 62 - '+'))),
                                        more('/', static_cast<char>(63 - ('/' + 62 - '+')))),
                        more('_', static_cast<char>(63 - ('_' - 'A'))));
    const __m256i values =
        _mm256_add_epi8(_mm256_add_epi8(text, _mm256_shuffle_epi8(added, upper)), rest);
    // What no run of hexadecimal digits may hold, see may_be_hex().
    const __m256i signs =
        _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(text, _mm256_set1_epi8('+')),
                                        _mm256_cmpeq_epi8(text, _mm256_set1_epi8('-'))),
                        _mm256_cmpeq_epi8(text, _mm256_set1_epi8('_')));
    no_signs_ = (static_cast<uint32_t>(_mm256_movemask_epi8(signs)) & 0xFFFFU) == 0;
    const __m256i twelve = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
    const __m256i bits = _mm256_madd_epi16(twelve, _mm256_set1_epi32(0x00011000));
    // Twelve bytes of the first, and three of the last, in their order.
    const __m256i ordered = _mm256_shuffle_epi8(
        bits, _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, -1, -1, -1,
                               -1, -1, -1, -1, -1, -1, -1, -1, -1, 14, 13, 12, -1));
    bytes_ = _mm_or_si128(_mm256_castsi256_si128(ordered), _mm256_extracti128_si256(ordered, 1));
  }

  [[nodiscard]] bool all_letters() const { return all_letters_; }

  // Whether the first sixteen may be hexadecimal digits but for their values.
  [[nodiscard]] bool no_signs() const { return no_signs_; }

  // False only when may_be_hex() is for what it looks at: every other digit of the first sixteen,
  // by which bytes of UTF-8 begin or go on.
  [[nodiscard]] __attribute__((target("avx2"), always_inline)) bool may_be_hex_text() const {
    // ASCII that is printed, by a digit; what goes on, by a digit or a letter; what leads.
    const __m128i low = _mm_setr_epi8(1, 4, 5, 9, 9, 9, 9, 1, 2, 2, 0, 0, 0, 0, 0, 0);
    const __m128i high = _mm_setr_epi8(0, 0, 0, 3, 12, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m128i upper = _mm_and_si128(_mm_srli_epi16(sixteen_, 4), _mm_set1_epi8(0x0F));
    const __m128i kinds =
        _mm_and_si128(_mm_shuffle_epi8(low, sixteen_), _mm_shuffle_epi8(high, upper));
    // The bit that is asked for becomes the sign of its byte.
    const auto is = [&](int bit) __attribute__((target("avx2"), always_inline)) {
      return static_cast<uint32_t>(_mm_movemask_epi8(_mm_slli_epi16(kinds, 7 - bit)));
    };
    constexpr uint32_t kEven = 0x5555;
    const uint32_t ascii = is(0);
    const uint32_t within = is(1) | is(2);
    const uint32_t leads = is(3);
    const uint32_t known = ascii | within | leads;
    // Behind a lead something goes on, and nothing does behind ASCII.
    const uint32_t wrong = ~known | (leads << 2U & ~within) | (ascii << 2U & within);
    // Two noughts, of UTF-16, be it behind 0x.
    const auto noughts =
        static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(sixteen_, _mm_set1_epi8('0'))));
    const bool is_utf16 = (noughts & noughts >> 1U & 0x15U) != 0;
    return ((wrong & kEven) == 0) | is_utf16;
  }

  // False only when may_be_base64() is, and true for hardly anything else.
  [[nodiscard]] __attribute__((target("avx2"), always_inline)) bool may_be_text() const {
    const auto mask = [](__m128i bytes) __attribute__((target("avx2"), always_inline)) {
      return static_cast<uint32_t>(_mm_movemask_epi8(bytes)) & kAll;
    };
    const auto below = [&](unsigned char limit) __attribute__((target("avx2"), always_inline)) {
      // Of unsigned bytes; `limit` is no zero.
      const __m128i most = _mm_set1_epi8(static_cast<char>(limit - 1));
      return mask(_mm_cmpeq_epi8(_mm_min_epu8(bytes_, most), bytes_));
    };
    const auto is = [&](char byte) __attribute__((target("avx2"), always_inline)) {
      return mask(_mm_cmpeq_epi8(bytes_, _mm_set1_epi8(byte)));
    };
    // A NUL, and 0xFE and above: of UTF-16, or no text.
    const uint32_t nul = is(0);
    const uint32_t marks = kAll & ~below(0xFE);
    const uint32_t high = mask(bytes_);
    const uint32_t blank = is('\t') | is('\n') | is('\r');
    const uint32_t leads = kAll & ~below(0xC2);
    const uint32_t within = high & below(0xC0);
    // Each of these is no text, wherever it stands: control characters, bytes that UTF-8 has not,
    // and what goes on behind no lead, or not where one wants it.
    const uint32_t control = (below(0x20) & ~blank) | is(0x7F);
    const uint32_t never = (high & ~leads & ~within) | (kAll & ~below(0xF5));
    const uint32_t wanted =
        leads << 1U | (leads & ~below(0xE0)) << 2U | (leads & ~below(0xF0)) << 3U;
    const uint32_t alone = wanted ^ within;
    // The first three are ASCII, or a lead comes first.
    const uint32_t late = (leads & 1U) != 0 ? 0 : high & 7U;
    const uint32_t is_no_utf8 = ((control | never | alone) & kAll) | late;
    const uint32_t is_utf16 = (nul | marks) & 3U;
    return (is_no_utf8 == 0) | (is_utf16 != 0);
  }

 private:
  static constexpr uint32_t kAll = 0x7FFF;

  __m128i sixteen_;
  __m128i bytes_;
  bool all_letters_;
  bool no_signs_;
};

}  // namespace spillguard::detect::decode::first_look

#endif
