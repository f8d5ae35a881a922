// Steps through valid UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace spillguard::regex::java {

struct Utf8Step {
  char32_t c;
  size_t end;  // behind the character
};

// The character that begins at `at`, which is before the end.
inline Utf8Step utf8_at(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const char32_t lead = byte(0);
  if (lead < 0x80) return {lead, at + 1};
  const size_t bytes = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t c = lead & (0x7FU >> bytes);
  for (size_t i = 1; i < bytes; ++i) c = (c << 6U) | (byte(i) & 0x3FU);
  return {c, at + bytes};
}

inline bool continues_utf8(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// Where the character begins that ends at `at`, which is behind the begin.
inline size_t utf8_before(std::string_view text, size_t at) {
  --at;
  while (at > 0 && continues_utf8(text[at])) --at;
  return at;
}

// Where the next character begins, or one behind the end.
inline size_t utf8_behind(std::string_view text, size_t at) {
  ++at;
  while (at < text.size() && continues_utf8(text[at])) ++at;
  return at;
}

}  // namespace spillguard::regex::java
