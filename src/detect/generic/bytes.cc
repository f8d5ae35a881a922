#include "detect/generic/bytes.h"

#include <algorithm>

namespace spillguard::detect::generic {

bool is_wide_letter(std::string_view text, size_t offset) {
  // The lead byte of the character that the byte belongs to.
  size_t begin = offset;
  while (begin > 0 && offset - begin < 3 &&
         (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) {
    --begin;
  }
  const auto lead = static_cast<unsigned char>(text[begin]);
  const auto next = static_cast<unsigned char>(at(text, begin + 1));
  if (lead < 0xC3) return false;                   // no-break blank, « » and the like; no UTF-8
  if (lead == 0xE2 && next <= 0xAF) return false;  // dashes, quotes, arrows, boxes
  if (lead == 0xE3 && next == 0x80) return false;  // ideographic marks
  if (lead == 0xEF && next >= 0xBB) return false;  // byte order mark, full-width marks
  return lead < 0xF0;                              // pictures are no letters
}

size_t skip_blanks(std::string_view text, size_t from, size_t limit) {
  const size_t end = std::min(text.size(), from + limit);
  while (from < end && is_blank(text[from])) ++from;
  return from;
}

size_t skip_space(std::string_view text, size_t from, size_t limit) {
  const size_t end = std::min(text.size(), from + limit);
  while (from < end && is_gap(text[from])) ++from;
  return from;
}

size_t line_end(std::string_view text, size_t from, size_t limit) {
  const size_t end = std::min(text.size(), from + limit);
  while (from < end && !is_line_end(text[from])) ++from;
  return from;
}

Span line_around(std::string_view text, size_t offset) {
  const size_t first = offset - std::min(offset, kReach);
  size_t begin = offset;
  while (begin > first && !is_line_end(text[begin - 1])) --begin;
  return {begin, line_end(text, offset)};
}

bool matches_lower(std::string_view text, size_t offset, std::string_view lower_case) {
  if (text.size() - offset < lower_case.size()) return false;
  return std::equal(lower_case.begin(), lower_case.end(),
                    text.begin() + static_cast<std::ptrdiff_t>(offset),
                    [](char expected, char c) { return expected == lower(c); });
}

}  // namespace spillguard::detect::generic
