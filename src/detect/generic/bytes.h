// What single bytes of a text mean to the reader of structure. All functions are safe at any offset
// and look at a bounded stretch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/span.h"
#include "detect/generic/characters.h"
#include "detect/generic/kinds.h"

namespace spillguard::detect::generic {

// No look to either side goes further than this, so that a hit costs a bounded time.
inline constexpr size_t kReach = 400;

// The byte at an offset; 0 outside.
[[nodiscard]] inline char at(std::string_view text, size_t offset) {
  return offset < text.size() ? text.data()[offset] : '\0';
}
[[nodiscard]] inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
// Zero is what stands behind the end of the text.
[[nodiscard]] inline bool is_line_end(char c) { return c == '\n' || c == '\r' || c == '\0'; }
[[nodiscard]] inline bool is_gap(char c) { return is_blank(c) || is_line_end(c); }

// Whether the byte belongs to a letter beyond ASCII, not to punctuation (quotes, dashes, no-break
// blanks, full-width marks) in UTF-8.
bool is_wide_letter(std::string_view text, size_t offset);
[[nodiscard]] inline bool is_name_byte(std::string_view text, size_t offset) {
  const uint16_t kind = kind_of(at(text, offset));
  return (kind & kWordKind) != 0 || ((kind & kWideKind) != 0 && is_wide_letter(text, offset));
}

// The first offset from `from` on, and before `end`, whose byte is of one of the kinds; else `end`.
[[nodiscard]] inline size_t find_kind(std::string_view text, size_t from, size_t end,
                                      uint16_t kinds) {
  const char* const bytes = text.data();
  while (from < end && !is_kind(bytes[from], kinds)) ++from;
  return from;
}
// The same for the ends of lines, and for those and the dividers of cells; for longer ways.
[[nodiscard]] size_t find_line_end(std::string_view text, size_t from, size_t end);
[[nodiscard]] size_t find_cell_end(std::string_view text, size_t from, size_t end);
// One more than the last offset before `from`, and not before `begin`, whose byte ends a line; else
// `begin`. And again with the dividers.
[[nodiscard]] size_t find_line_begin(std::string_view text, size_t begin, size_t from);
[[nodiscard]] size_t find_cell_begin(std::string_view text, size_t begin, size_t from);
// The same for '<', '>' and '\n'.
[[nodiscard]] size_t find_tag_begin(std::string_view text, size_t begin, size_t from);

// The first offset from `from` on, and before `end`, whose byte belongs to no word of ASCII; else
// `end`. And one more than the last such offset before `from`, and not before `begin`; else
// `begin`.
[[nodiscard]] size_t find_word_end(std::string_view text, size_t from, size_t end);
[[nodiscard]] size_t find_word_begin(std::string_view text, size_t begin, size_t from);
// A bit for each of the 64 bytes from an offset on that is of kBreakKind; what stands behind the
// end of the text is.
[[nodiscard]] uint64_t find_breaks(std::string_view text, size_t offset);
// The same for a byte other than zero; behind the text there is none.
[[nodiscard]] uint64_t find_byte(std::string_view text, size_t offset, char byte);

// The first offset from `from` on that is no blank, at most `limit` bytes on.
[[nodiscard]] inline size_t skip_blanks(std::string_view text, size_t from, size_t limit = 48) {
  const size_t end = text.size() < from + limit ? text.size() : from + limit;
  while (from < end && is_blank(text.data()[from])) ++from;
  return from;
}
// The same over line ends too.
size_t skip_space(std::string_view text, size_t from, size_t limit = 96);
// The line around an offset without its end, cut at kReach to either side.
Span line_around(std::string_view text, size_t offset);
// The end of the line, at most `limit` bytes on.
size_t line_end(std::string_view text, size_t from, size_t limit = kReach);
// The same, past the first byte.
bool matches_lower(std::string_view text, size_t offset, std::string_view lower_case);
// Whether the text goes on with a word in lower case ASCII, in any case. Most do not, and their
// first byte says so: that much stands where it is asked.
[[nodiscard]] [[gnu::always_inline]] inline bool goes_on_with(std::string_view text, size_t offset,
                                                              std::string_view lower_case) {
  return offset < text.size() && !lower_case.empty() &&
         lower(text.data()[offset]) == *lower_case.data() &&
         matches_lower(text, offset, lower_case);
}

}  // namespace spillguard::detect::generic
