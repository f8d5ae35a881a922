// Escapes: a few bytes that stand for a character, in text that otherwise stands for itself.
// Thread-safety: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spillguard::detect::decode {

struct Escape {
  size_t size = 0;     // bytes of the escape; 0: none stands here
  uint8_t length = 0;  // bytes that it stands for; none for a line that is joined with the next
  std::array<char, 4> bytes{};
  [[nodiscard]] std::string_view text() const { return {bytes.data(), length}; }
};

// What stands at text[at] when text[at] is '%', '\', '&' or '='; looks no further than `end`. Only
// what is printed is decoded, and bytes above ASCII only where they make a whole UTF-8 character:
// decoded text is as clean as the text it stood in.
Escape read_percent(std::string_view text, size_t at, size_t end);
Escape read_backslash(std::string_view text, size_t at, size_t end);
Escape read_entity(std::string_view text, size_t at, size_t end);
Escape read_quoted(std::string_view text, size_t at, size_t end);  // quoted-printable

// Helpers of these. -1 when it is no hexadecimal digit.
int hex_value(char c);
// The number of `digits` hexadecimal digits at `at`, or -1.
int32_t hex_number(std::string_view text, size_t at, size_t end, size_t digits);
// An escape for a code point; none when it is not printed.
Escape for_character(size_t size, char32_t character);
// An escape for a byte, or for all bytes of a UTF-8 character that are written one behind the other
// as `lead` and two hexadecimal digits, `lead` being what stands at `at`.
Escape read_bytes(std::string_view text, size_t at, size_t end, std::string_view lead);

}  // namespace spillguard::detect::decode
