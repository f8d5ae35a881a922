// What a byte of a text may be to the reader, as bits in one table: most hits are turned away by a
// few questions of it.
// Thread-safety: constants.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "detect/generic/characters.h"

namespace spillguard::detect::generic {

inline constexpr uint16_t kUpperKind = 1U << 0U;
inline constexpr uint16_t kLowerKind = 1U << 1U;
inline constexpr uint16_t kDigitKind = 1U << 2U;
inline constexpr uint16_t kUnderscoreKind = 1U << 3U;
inline constexpr uint16_t kJoinKind = 1U << 4U;  // . and -, between the words of a name
inline constexpr uint16_t kWideKind = 1U << 5U;  // of a character beyond ASCII
inline constexpr uint16_t kBlankKind = 1U << 6U;
inline constexpr uint16_t kLineEndKind = 1U << 7U;  // NUL too: what stands behind the end of a text
inline constexpr uint16_t kDividerKind = 1U << 8U;  // between the cells of a row
inline constexpr uint16_t kTieKind = 1U << 9U;      // may follow a name that a value is tied to
inline constexpr uint16_t kCloserKind =
    1U << 10U;  // may stand between a name and what ties a value to it
inline constexpr uint16_t kBreakKind = 1U << 11U;  // ends a word of prose: gaps, ':', '=' and '|'
inline constexpr uint16_t kQuoteKind = 1U << 12U;  // ' " `
inline constexpr uint16_t kOperatorKind = 1U << 13U;  // begins an operator that ties
inline constexpr uint16_t kBareStopKind = 1U << 14U;  // may end a value without quotes
inline constexpr uint16_t kBareNameKind = 1U << 15U;  // of names in programs: words and . : > -
inline constexpr uint16_t kLetterKind = kUpperKind | kLowerKind;
inline constexpr uint16_t kWordKind = kLetterKind | kDigitKind | kUnderscoreKind;
inline constexpr uint16_t kGapKind = kBlankKind | kLineEndKind;

constexpr std::array<uint16_t, 256> make_byte_kinds() {
  std::array<uint16_t, 256> kinds{};
  const auto add = [&](std::string_view bytes, uint16_t kind) {
    for (const char c : bytes) kinds[static_cast<unsigned char>(c)] |= kind;
  };
  for (size_t i = 0; i < kinds.size(); ++i) {
    const char c = static_cast<char>(i);
    if (is_upper(c)) kinds[i] |= kUpperKind;
    if (is_lower(c)) kinds[i] |= kLowerKind;
    if (is_digit(c)) kinds[i] |= kDigitKind;
    if (is_word(c)) kinds[i] |= kBareNameKind;
    if (i >= 0x80) kinds[i] |= kWideKind | kTieKind | kCloserKind | kBareStopKind;
  }
  using std::string_view_literals::operator""sv;
  add("_", kUnderscoreKind);
  add(".-", kJoinKind);
  add(" \t", kBlankKind);
  add("\n\r\0"sv, kLineEndKind);
  add("\t|", kDividerKind);
  add(" \t\n\r\0=:\"'`()]*|<>\\!?,-}/.;&"sv, kTieKind);
  add("\"'`\\])*}&", kCloserKind);
  add(" \t\n\r\0:=|"sv, kBreakKind);
  add("\"'`", kQuoteKind);
  add("=!<:-?|+\xEF", kOperatorKind);
  add(" \t\n\r\0,;\"'`<\\&({"sv, kBareStopKind);
  add(".:>-", kBareNameKind);
  return kinds;
}
inline constexpr std::array<uint16_t, 256> kByteKinds = make_byte_kinds();

inline uint16_t kind_of(char c) { return kByteKinds[static_cast<unsigned char>(c)]; }
inline bool is_kind(char c, uint16_t kinds) { return (kind_of(c) & kinds) != 0; }

}  // namespace spillguard::detect::generic
