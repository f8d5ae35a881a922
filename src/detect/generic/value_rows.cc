// Rows of characters: masks, alphabets, keyboards.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "detect/generic/characters.h"
#include "detect/generic/value_block.h"
#include "detect/generic/value_forms.h"

namespace spillguard::detect::generic {
namespace {

constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
constexpr std::string_view kBullet = "\xE2\x80\xA2";

// What a byte says of a mask.
constexpr uint8_t kCross = 1;             // masks are made of these
constexpr uint8_t kRow = 2;               // three of these are one
constexpr uint8_t kRowOrLead = kRow | 4;  // or it may begin a character that is one
constexpr std::array<uint8_t, 256> kMaskMarks = [] {
  std::array<uint8_t, 256> marks{};
  for (const char c : std::string_view("x*?_#-")) marks.at(static_cast<size_t>(c)) |= kCross;
  for (const char c : std::string_view(".*")) marks.at(static_cast<size_t>(c)) |= kRow;
  marks.at(static_cast<unsigned char>(kEllipsis.front())) |= kRowOrLead & ~kRow;
  return marks;
}();

// Whether one of the rows or characters stands in the value that are masks wherever they are.
bool holds_mask(std::string_view value) {
  size_t row = 0;
  char before = '\0';
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    row = c == before ? row + 1 : 1;
    const uint8_t mark = kMaskMarks[static_cast<unsigned char>(c)];
    if (row == 3 && (mark & kRow) != 0) return true;
    const std::string_view rest = value.substr(i);
    if (rest.starts_with(kEllipsis) || rest.starts_with(kBullet)) return true;
    before = c;
  }
  return false;
}

// What the bytes of a value of one block say of masks.
struct Repeats {
  uint64_t of_before = 0;  // a bit for each byte that is the one before, in any case
  uint64_t crosses = 0;    // and for each of kCross
  uint8_t marks = 0;       // of all bytes
};

#if defined(__SSE2__)
Repeats repeats_of(const ValueBlock& block) {
  Repeats repeats;
  uint64_t rows = 0;
  uint64_t leads = 0;
  __m128i last = _mm_setzero_si128();  // the bytes before, in lower case
  for (size_t i = 0; i < block.size(); i += ValueBlock::kLanes) {
    const __m128i here = block.lanes(i);
    const auto is = [&](char c) { return _mm_cmpeq_epi8(here, _mm_set1_epi8(c)); };
    const auto bits = [&](__m128i mask) {
      return uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(mask))} << i;
    };
    const __m128i lower =
        _mm_or_si128(here, _mm_and_si128(in_range(here, 'A', 26), _mm_set1_epi8(0x20)));
    const __m128i before = _mm_or_si128(_mm_slli_si128(lower, 1), _mm_srli_si128(last, 15));
    repeats.of_before |= bits(_mm_cmpeq_epi8(lower, before));
    last = lower;
    const __m128i stars = is('*');
    repeats.crosses |= bits(_mm_or_si128(
        _mm_or_si128(_mm_or_si128(stars, _mm_cmpeq_epi8(lower, _mm_set1_epi8('x'))), is('?')),
        _mm_or_si128(_mm_or_si128(is('_'), is('#')), is('-'))));
    rows |= bits(_mm_or_si128(stars, is('.')));
    leads |= bits(is(kEllipsis.front()));
  }
  // What stands before the first byte is no byte, and zeros behind the last are none.
  repeats.of_before &= block.used() & ~uint64_t{1};
  repeats.marks =
      static_cast<uint8_t>((rows != 0 ? kRow : 0) | (leads != 0 ? kRowOrLead & ~kRow : 0));
  return repeats;
}
#else
Repeats repeats_of(const ValueBlock& block) {
  Repeats repeats;
  char before = '\0';
  for (size_t i = 0; i < block.size(); ++i) {
    const char c = kLower[static_cast<unsigned char>(block.bytes()[i])];
    const uint8_t mark = kMaskMarks[static_cast<unsigned char>(c)];
    repeats.of_before |= uint64_t{i != 0 && c == before} << i;
    repeats.crosses |= uint64_t{(mark & kCross) != 0} << i;
    repeats.marks |= mark;
    before = c;
  }
  return repeats;
}
#endif

// The most bits in a row.
size_t longest_row(uint64_t bits) {
  size_t longest = 0;
  for (; bits != 0; bits &= bits << 1U) ++longest;
  return longest;
}

// Whether a text has more different characters than `most`, whatever their case.
bool has_more_than(size_t most, std::string_view text) {
  std::array<uint64_t, 4> seen{};
  size_t distinct = 0;
  for (const char byte : text) {
    const auto c = static_cast<unsigned char>(kLower[static_cast<unsigned char>(byte)]);
    uint64_t& bits = seen.data()[c / 64];
    const uint64_t bit = uint64_t{1} << (c % 64U);
    distinct += (bits & bit) == 0 ? 1 : 0;
    bits |= bit;
    if (distinct > most) return true;
  }
  return false;
}

}  // namespace

bool is_masked(std::string_view value) {
  // One character over and over, or a row of the usual ones: "xxxx", "yyyyyyyy", "____".
  size_t longest = 0;
  size_t crosses = 0;
  uint8_t marks = 0;
  if (value.size() <= ValueBlock::kSize) {
    const Repeats repeats = repeats_of(ValueBlock(value));
    longest = longest_row(repeats.of_before) + 1;
    crosses = static_cast<size_t>(std::popcount(repeats.crosses));
    marks = repeats.marks;
  } else {
    size_t row = 0;
    char before = '\0';
    for (const char byte : value) {
      const char c = kLower[static_cast<unsigned char>(byte)];
      row = c == before ? row + 1 : 1;
      longest = std::max(longest, row);
      before = c;
      const uint8_t mark = kMaskMarks[static_cast<unsigned char>(c)];
      crosses += mark & kCross;
      marks |= mark;
    }
  }
  if ((marks & kRowOrLead) != 0 && holds_mask(value)) return true;
  if (longest * 2 > value.size() && longest >= 3) return true;
  // A hand that fell on the keyboard: long, and of few characters. Digits have no more than ten.
  constexpr size_t kLongRow = 24;
  constexpr size_t kFewCharacters = 7;
  if (value.size() >= kLongRow && !has_more_than(kFewCharacters, value) &&
      !all_of_text(value, is_digit)) {
    return true;
  }
  return crosses * 4 >= value.size() * 3 && value.size() >= 2;
}

namespace {

// Whether a character goes on a row that another began: alphabet, digits, rows of a keyboard, up
// and down the first two.
constexpr bool goes_on(char a, char b) {
  constexpr std::array<std::string_view, 4> kKeyboard = {"qwertyuiop", "asdfghjkl", "zxcvbnm",
                                                         "qwertzuiop"};
  if (b == a || b == a + 1 || b + 1 == a) return true;
  if (a == '9' && b == '0') return true;
  for (const std::string_view row : kKeyboard) {
    const size_t at = row.find(a);
    if (at != std::string_view::npos && at + 1 < row.size() && row[at + 1] == b) return true;
  }
  return false;
}

// By byte: a letter of either case or a digit, or what is neither.
constexpr uint8_t kNoAlnum = 63;
constexpr std::array<uint8_t, 256> kAlnumNumbers = [] {
  std::array<uint8_t, 256> numbers{};
  for (size_t i = 0; i < numbers.size(); ++i) {
    const char c = lower(static_cast<char>(i));
    numbers.at(i) = is_digit(c)   ? static_cast<uint8_t>(c - '0' + 26)
                    : is_lower(c) ? static_cast<uint8_t>(c - 'a')
                                  : kNoAlnum;
  }
  return numbers;
}();
// For each of these numbers a bit for each that goes on its row.
constexpr std::array<uint64_t, kNoAlnum + 1> kGoingOn = [] {
  constexpr std::string_view kAll = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::array<uint64_t, kNoAlnum + 1> rows{};
  for (const char a : kAll) {
    for (const char b : kAll) {
      if (!goes_on(a, b)) continue;
      rows.at(kAlnumNumbers.at(static_cast<size_t>(a))) |=
          uint64_t{1} << kAlnumNumbers.at(static_cast<size_t>(b));
    }
  }
  return rows;
}();

}  // namespace

int sequence_share(std::string_view value) {
  if (value.empty()) return 0;
  constexpr size_t kBits = 64;
  constexpr size_t kLeast = 3;
  if (value.size() <= kBits) {
    // Where a character goes on the row of the one before.
    uint64_t follows = 0;
    uint64_t going_on = 0;
    for (size_t i = 0; i < value.size(); ++i) {
      const uint8_t number = kAlnumNumbers.data()[static_cast<unsigned char>(value.data()[i])];
      const uint64_t same = i != 0 && value.data()[i] == value.data()[i - 1] ? 1 : 0;
      follows |= ((going_on >> number & 1U) | same) << i;
      going_on = kGoingOn.data()[number];
    }
    // All of a row once it is long enough.
    const uint64_t thirds = follows & follows << 1U;
    const uint64_t all = thirds | thirds >> 1U | thirds >> 2U;
    return static_cast<int>(static_cast<size_t>(std::popcount(all)) * 1024 / value.size());
  }
  size_t covered = 0;
  size_t row = 0;
  unsigned char before = '\0';
  uint64_t going_on = 0;  // what goes on the row of the character before
  for (const char byte : value) {
    const auto c = static_cast<unsigned char>(byte);
    const uint8_t number = kAlnumNumbers[c];
    const uint64_t follows = (going_on >> number & 1U) | uint64_t{c == before && row != 0};
    row = row * follows + 1;
    // All of a row once it is long enough.
    covered += (row == kLeast ? kLeast : 0) + (row > kLeast ? 1 : 0);
    going_on = kGoingOn.data()[number];
    before = c;
  }
  return static_cast<int>(covered * 1024 / value.size());
}

}  // namespace spillguard::detect::generic
