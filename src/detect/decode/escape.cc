#include "detect/decode/escape.h"

#include <algorithm>
#include <string>

#include "base/strings.h"
#include "detect/decode/text_check.h"

namespace spillguard::detect::decode {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int32_t hex_number(std::string_view text, size_t at, size_t end, size_t digits) {
  if (at + digits > end) return -1;
  int32_t number = 0;
  for (size_t i = 0; i < digits; ++i) {
    const int value = hex_value(text[at + i]);
    if (value < 0) return -1;
    number = number * 16 + value;
  }
  return number;
}

Escape for_character(size_t size, char32_t character) {
  Escape escape;
  const bool surrogate = character >= 0xD800 && character < 0xE000;
  const bool printed = character < 0x80
                           ? TextCheck::printable(static_cast<unsigned char>(character))
                           : character >= 0xA0 && character <= 0x10FFFF && !surrogate;
  if (!printed) return escape;
  if (character < 0x80) {
    return {.size = size, .length = 1, .bytes = {static_cast<char>(character)}};
  }
  std::string bytes;
  append_utf8(bytes, character);
  escape.size = size;
  escape.length = static_cast<uint8_t>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), escape.bytes.begin());
  return escape;
}

Escape read_bytes(std::string_view text, size_t at, size_t end, std::string_view lead) {
  Escape escape;
  size_t next = at;
  size_t wanted = 1;
  for (size_t i = 0; i < wanted; ++i) {
    if (text.substr(next, lead.size()) != lead) return {};
    const int32_t byte = hex_number(text, next + lead.size(), end, 2);
    if (byte < 0) return {};
    if (i == 0) wanted = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    escape.bytes.at(i) = static_cast<char>(byte);
    next += lead.size() + 2;
  }
  escape.length = static_cast<uint8_t>(wanted);
  const auto first = static_cast<unsigned char>(escape.bytes[0]);
  const bool good = wanted == 1 ? TextCheck::printable(first) : is_valid_utf8(escape.text());
  if (!good) return {};
  escape.size = next - at;
  return escape;
}

Escape read_percent(std::string_view text, size_t at, size_t end) {
  // %uXXXX of JavaScript's escape(), which some servers still understand.
  if (at + 1 < end && text[at + 1] == 'u') {
    const int32_t number = hex_number(text, at + 2, end, 4);
    return number < 0 ? Escape{} : for_character(6, static_cast<char32_t>(number));
  }
  return read_bytes(text, at, end, "%");
}

Escape read_quoted(std::string_view text, size_t at, size_t end) {
  Escape escape;
  if (at + 1 < end && text[at + 1] == '\n') escape.size = 2;
  if (at + 2 < end && text[at + 1] == '\r' && text[at + 2] == '\n') escape.size = 3;
  return escape.size != 0 ? escape : read_bytes(text, at, end, "=");
}

}  // namespace spillguard::detect::decode
