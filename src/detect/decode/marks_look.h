// What makes a guess of a place a mark: the tests of single places that both ways of finding them
// share. Most places fail at the byte behind them.
//
// Thread-safety: pure functions.
#pragma once

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/padded_text.h"
#include "detect/decode/first_look.h"
#include "detect/decode/marks.h"

namespace spillguard::detect::decode::marking {

// Bytes that may begin an escape, and what may follow each of them, a bit for each lead. Of escapes
// that stand for more than ASCII none matters, see decode_escaped().
inline constexpr uint8_t kPercentLead = 1;
inline constexpr uint8_t kBackslashLead = 2;
inline constexpr uint8_t kEntityLead = 4;
inline constexpr uint8_t kEqualsLead = 8;

constexpr std::array<uint8_t, 256> make_leads() {
  std::array<uint8_t, 256> leads{};
  leads['%'] = kPercentLead;
  leads['\\'] = kBackslashLead;
  leads['&'] = kEntityLead;
  leads['='] = kEqualsLead;
  return leads;
}
inline constexpr std::array<uint8_t, 256> kLeads = make_leads();

// None of them is a lead.
constexpr std::array<uint8_t, 256> make_followers() {
  std::array<uint8_t, 256> followers{};
  const auto add = [&](std::string_view bytes, uint8_t lead) {
    for (const char c : bytes) followers[static_cast<unsigned char>(c)] |= lead;
  };
  add("0234567u", kPercentLead);
  add("nrtxuU\"/'01", kBackslashLead);
  add("#abcdeglnpqrs", kEntityLead);
  add("3\n\r", kEqualsLead);
  return followers;
}
inline constexpr std::array<uint8_t, 256> kFollowers = make_followers();

// A word that is long enough for a secret.
inline constexpr size_t kLongWord = 14;

// Whether one begins here: most \n of real texts are folders. Reads sixteen bytes.
inline bool joins_long_word(const char* bytes) {
#if defined(__SSE2__)
  const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  const auto is = [&](char c) { return _mm_cmpeq_epi8(text, _mm_set1_epi8(c)); };
  // Signed, as in the other way.
  const __m128i blank = _mm_cmplt_epi8(text, _mm_set1_epi8(' ' + 1));
  const __m128i ends =
      _mm_or_si128(_mm_or_si128(_mm_or_si128(blank, is('\\')), _mm_or_si128(is('"'), is('\''))),
                   _mm_or_si128(_mm_or_si128(is('<'), is('>')), is(',')));
  return (_mm_movemask_epi8(ends) & ((1 << kLongWord) - 1)) == 0;
#else
  const auto ends_word = [](char c) {
    return static_cast<signed char>(c) <= ' ' || c == '\\' || c == '"' || c == '\'' || c == '<' ||
           c == '>' || c == ',';
  };
  return std::none_of(bytes, bytes + kLongWord, ends_word);
#endif
}

inline constexpr size_t kShortestFull = 71;
inline constexpr size_t kLongestFull = 75;

inline bool is_line_end(char c) { return c == '\n' || c == '\0'; }

// Whether a line ends in the bytes in front of a place, as many as the shortest full line has.
inline bool ends_short_line(const char* place) {
#if defined(__SSE2__)
  const auto ends = [&](size_t before) {
    const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(place - before));
    return _mm_or_si128(_mm_cmpeq_epi8(text, _mm_set1_epi8('\n')),
                        _mm_cmpeq_epi8(text, _mm_setzero_si128()));
  };
  static_assert(kShortestFull > 64 && kShortestFull <= 80);
  const __m128i far = _mm_or_si128(_mm_or_si128(ends(kShortestFull), ends(64)), ends(48));
  return _mm_movemask_epi8(_mm_or_si128(far, _mm_or_si128(ends(32), ends(16)))) != 0;
#else
  return std::any_of(place - kShortestFull, place, is_line_end);
#endif
}

// Whether the line that '=' ends is as long as quoted-printable makes them: up to 76 characters,
// and less by little. A NUL, as in front of the texts of a row, begins a line too.
inline bool ends_full_line(std::string_view text, size_t at) {
  if (at < kShortestFull || ends_short_line(text.data() + at)) return false;
  size_t begin = at - kShortestFull;
  const size_t reach = at - std::min(at, kLongestFull + 1);
  while (begin != reach && !is_line_end(text[begin - 1])) --begin;
  return at - begin <= kLongestFull;
}

// Whether a byte that may begin an escape does so, when what follows it fits. What is read behind
// the text is its padding.
inline bool begins_escape(PaddedView padded, size_t at) {
  const char* const bytes = padded.data() + at;
  const auto hex = [](char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
  };
  const auto digit = [](char c, char most) { return c >= '0' && c <= most; };
  if (at + 2 >= padded.size()) return false;
  const char next = bytes[1];
  switch (bytes[0]) {
    case '%':
      return next == 'u' ? bytes[2] == '0' && bytes[3] == '0' : hex(bytes[2]);
    case '\\':
      // Of those for control characters, the ones that join a word that follows.
      if (next == 'n' || next == 'r' || next == 't') {
        return padded.size() - at - 2 >= kLongWord && joins_long_word(bytes + 2);
      }
      if (next == 'u')
        return bytes[2] == '0' ? bytes[3] == '0' : bytes[2] == 'u' || bytes[2] == '{';
      if (next == 'U') return bytes[2] == '0';
      if (next == 'x' || next == '0' || next == '1') return digit(bytes[2], '7');
      return true;
    case '=':
      return next == '3' ? bytes[2] == 'D' : ends_full_line(padded.text(), at);
    default: {
      // A number, or the name of a character, which has two to six letters.
      if (next == '#') return digit(bytes[2], '9') || (bytes[2] | 0x20) == 'x';
      const std::string_view ends(bytes + 3, 5);
      return ends.find(';') != std::string_view::npos;
    }
  }
}

// Whether a byte may begin an escape, as the one behind it says.
inline bool may_begin_escape(const char* bytes) {
  return (kLeads[static_cast<unsigned char>(bytes[0])] &
          kFollowers[static_cast<unsigned char>(bytes[1])]) != 0;
}

// Whether there is a mark at a place.
inline bool is_escape(PaddedView text, size_t at) {
  return may_begin_escape(text.data() + at) && begins_escape(text, at);
}

// What the first letters of a run can be, each for itself, a bit for each kind of text that it may
// stand for. Four letters of six bits are three bytes, and the fifth begins the fourth.
struct RunKinds {
  static constexpr uint8_t kAscii = 1;          // three characters of ASCII, and any
  static constexpr uint8_t kTwoBytes = 2;       // a character of two bytes of UTF-8, and any
  static constexpr uint8_t kMoreBytes = 4;      // one of three or four
  static constexpr uint8_t kMark = 8;           // the mark of UTF-16
  static constexpr uint8_t kLittleEndian = 16;  // a character of ASCII and a NUL
  static constexpr uint8_t kBigEndian = 32;     // a NUL
  static constexpr uint8_t kHex = 64;           // hexadecimal digits for one of them

  static constexpr size_t kLetters = 5;
  std::array<std::array<uint8_t, 256>, kLetters> of{};
};

constexpr RunKinds make_run_kinds() {
  RunKinds kinds;
  for (unsigned c = 0; c < 256; ++c) {
    const unsigned value = kBase64Values[c];
    if (value == kNoLetter) continue;
    const unsigned low = value % 16;
    const auto set = [&](size_t letter, uint8_t kind, bool is_one) {
      if (is_one) kinds.of[letter][c] |= kind;
    };
    // The upper six bits of what is printed, of tab and line feed, and of carriage return.
    const bool ascii = (value >= 8 && value < 32) || value == 2 || value == 3;
    set(0, RunKinds::kAscii | RunKinds::kLittleEndian, ascii);
    set(0, RunKinds::kTwoBytes, value >= 48 && value < 56);
    set(0, RunKinds::kMoreBytes, value >= 56 && value < 62);
    set(0, RunKinds::kMark, value == 63);
    set(0, RunKinds::kBigEndian, value == 0);
    // Two of the first byte, and the upper half of the second.
    set(1, RunKinds::kAscii, low == 0 || (low >= 2 && low < 8));
    set(1, RunKinds::kTwoBytes | RunKinds::kMoreBytes, low >= 8 && low < 12);
    set(1, RunKinds::kMark, low == 15);
    set(1, RunKinds::kLittleEndian, low == 0);
    set(1, RunKinds::kBigEndian, value < 16);
    // The rest of the second, and the uppermost bits of the third.
    const bool high = (value & 2U) != 0;
    set(2, RunKinds::kAscii | RunKinds::kBigEndian, !high);
    set(2, RunKinds::kTwoBytes, value % 4 != 2);
    set(2, RunKinds::kMoreBytes, value % 4 == 2);
    set(2, RunKinds::kMark, value >= 56);
    set(2, RunKinds::kLittleEndian, value < 2);
    // A character begins.
    set(4, RunKinds::kAscii, ascii || (value >= 48 && value < 62));
    set(4, UINT8_MAX - RunKinds::kAscii - RunKinds::kHex, true);
    // Every other digit; 0x in front is two more.
    const bool digit = (c >= '2' && c <= '7') || c == '0';
    for (const size_t letter : {0U, 2U, 4U}) set(letter, RunKinds::kHex, digit);
    set(1, RunKinds::kHex, true);
  }
  return kinds;
}
inline constexpr RunKinds kRunKinds = make_run_kinds();

// Quicker than is_run(), and never false where that is true.
inline bool may_begin_run(const char* letters) {
  const auto kinds = [&](size_t i) {
    return kRunKinds.of[i][static_cast<unsigned char>(letters[i])];
  };
  return (kinds(0) & kinds(1) & kinds(2) & kinds(4)) != 0;
}

// The same for hexadecimal digits alone, with or without 0x in front.
inline bool may_begin_hex(const char* letters) {
  const auto kinds = [&](size_t i) {
    return kRunKinds.of[i][static_cast<unsigned char>(letters[i])];
  };
  return (kinds(0) & kinds(2) & kinds(4) & RunKinds::kHex) != 0;
}

// Whether there is one where a run of at least twenty letters of base64 begins.
inline bool is_run(PaddedView text, size_t begin) {
  return may_be_base64(text.text(), begin) || may_be_hex(text.text(), begin);
}

// The marks of [from, to) of a text where the processor has AVX2: `from` is the begin of a piece,
// and so is `to`, or the text's end. `before` is what the call for the piece before gave, or 0.
uint32_t find_by_avx2(PaddedView text, size_t from, size_t to, uint32_t before, Marks& marks);

}  // namespace spillguard::detect::decode::marking
