#include <cstdint>

#include "detect/decode/escape.h"

namespace spillguard::detect::decode {
namespace backslash {
namespace {

Escape single(char c) { return {.size = 2, .length = 1, .bytes = {c}}; }

// \uXXXX, two of them for a character above the first 65,536; \u{X…} of JavaScript and Rust.
Escape read_u(std::string_view text, size_t at, size_t end) {
  size_t digits = at + 2;
  while (digits < end && text[digits] == 'u') ++digits;  // Java takes any number of them
  if (digits < end && text[digits] == '{') {
    const size_t close = text.substr(0, end).find('}', digits);
    if (close == std::string_view::npos || close - digits > 7 || close - digits < 2) return {};
    const int32_t number = hex_number(text, digits + 1, end, close - digits - 1);
    return number < 0 ? Escape{} : for_character(close + 1 - at, static_cast<char32_t>(number));
  }
  const int32_t number = hex_number(text, digits, end, 4);
  if (number < 0) return {};
  const size_t next = digits + 4;
  if (number >= 0xD800 && number < 0xDC00 && text.substr(next, 2) == "\\u") {
    const int32_t low = hex_number(text, next + 2, end, 4);
    if (low >= 0xDC00 && low < 0xE000) {
      const int32_t both = 0x10000 + (number - 0xD800) * 0x400 + (low - 0xDC00);
      return for_character(next + 6 - at, static_cast<char32_t>(both));
    }
  }
  return for_character(next - at, static_cast<char32_t>(number));
}

// \ooo of C and shells: three octal digits.
Escape read_octal(std::string_view text, size_t at, size_t end) {
  if (at + 4 > end) return {};
  uint32_t number = 0;
  for (size_t i = at + 1; i < at + 4; ++i) {
    if (text[i] < '0' || text[i] > '7') return {};
    number = number * 8 + static_cast<uint32_t>(text[i] - '0');
  }
  return number < 0x80 ? for_character(4, number) : Escape{};
}

}  // namespace
}  // namespace backslash

Escape read_backslash(std::string_view text, size_t at, size_t end) {
  if (at + 1 >= end) return {};
  const char next = text[at + 1];
  switch (next) {
    case 'n':
      return backslash::single('\n');
    case 'r':
      return backslash::single('\r');
    case 't':
      return backslash::single('\t');
    case '"':
    case '\'':
    case '/':
    case '\\':
      return backslash::single(next);
    case 'x':
      return read_bytes(text, at, end, "\\x");
    case 'u':
      return backslash::read_u(text, at, end);
    case 'U': {
      const int32_t number =
          hex_number(text, at + 2, end, 2) == 0 ? hex_number(text, at + 4, end, 6) : -1;
      return number < 0 ? Escape{} : for_character(10, static_cast<char32_t>(number));
    }
    default:
      return backslash::read_octal(text, at, end);
  }
}

}  // namespace spillguard::detect::decode
