// A first look at a run of letters of base64: nearly all runs of real text are names, paths and
// sums, and are told by the first bytes that they would decode to.
//
// Thread-safety: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "detect/decode/text_check.h"

namespace spillguard::detect::decode {

// What a byte is in base64: a value up to 63, or kNoLetter.
inline constexpr uint8_t kNoLetter = 0xFF;

constexpr std::array<uint8_t, 256> make_base64_values() {
  std::array<uint8_t, 256> values{};
  values.fill(kNoLetter);
  uint8_t next = 0;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) values[c] = next++;
  for (unsigned char c = 'a'; c <= 'z'; ++c) values[c] = next++;
  for (unsigned char c = '0'; c <= '9'; ++c) values[c] = next++;
  values['+'] = values['-'] = 62;
  values['/'] = values['_'] = 63;
  return values;
}
inline constexpr std::array<uint8_t, 256> kBase64Values = make_base64_values();

inline uint8_t base64_value(char c) { return kBase64Values[static_cast<unsigned char>(c)]; }

namespace first_look {

constexpr uint8_t kText = 1;  // ASCII that is printed, or the NUL of UTF-16
constexpr uint8_t kLead = 2;  // the first byte of a UTF-8 character, or of UTF-16's mark

constexpr std::array<uint8_t, 256> make_kinds() {
  std::array<uint8_t, 256> kinds{};
  for (unsigned c = 0; c < 256; ++c) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == 0 || TextCheck::printable(byte)) kinds[c] = kText;
    if (c >= 0xC2 && (c <= 0xF4 || c >= 0xFE)) kinds[c] = kLead;
  }
  return kinds;
}
inline constexpr std::array<uint8_t, 256> kKinds = make_kinds();

// Three bytes for four letters; more than 24 bits when they are not all letters.
inline uint32_t three_bytes(const char* letters) {
  const uint32_t a = base64_value(letters[0]);
  const uint32_t b = base64_value(letters[1]);
  const uint32_t c = base64_value(letters[2]);
  const uint32_t d = base64_value(letters[3]);
  return (a | b | c | d) > 63 ? UINT32_MAX : a << 18U | b << 12U | c << 6U | d;
}

inline bool all_text(uint32_t bytes) {
  return bytes <= 0xFFFFFFU &&
         (kKinds[bytes >> 16U] & kKinds[(bytes >> 8U) & 0xFFU] & kKinds[bytes & 0xFFU]) == kText;
}

// What a byte is as a hexadecimal digit: a value up to 15, or more.
constexpr std::array<uint8_t, 256> make_hex_values() {
  std::array<uint8_t, 256> values{};
  values.fill(UINT8_MAX);
  for (unsigned char c = '0'; c <= '9'; ++c) values[c] = c - '0';
  for (unsigned char c = 'a'; c <= 'f'; ++c) values[c] = values[c - 'a' + 'A'] = c - 'a' + 10;
  return values;
}
inline constexpr std::array<uint8_t, 256> kHexValues = make_hex_values();

inline unsigned hex_value(char c) { return kHexValues[static_cast<unsigned char>(c)]; }

}  // namespace first_look

// Whether what begins here may be base64 of a text; `at` has at least twenty bytes behind it.
inline bool may_be_base64(std::string_view text, size_t at) {
  const char* const letters = text.substr(at).data();
  const uint32_t first = first_look::three_bytes(letters);
  if (!first_look::all_text(first)) {
    if (first > 0xFFFFFFU || first_look::kKinds[first >> 16U] != first_look::kLead) return false;
    const uint32_t second = (first >> 8U) & 0xFFU;
    if ((second < 0x80 || second > 0xBF) && second < 0xFE) return false;
  }
  // The fewest bytes that are kept, all of a text.
  constexpr size_t kLetters = 20;
  TextCheck check;
  for (size_t i = 0; i < kLetters; i += 4) {
    const uint32_t bytes = first_look::three_bytes(letters + i);
    if (bytes > 0xFFFFFFU) return false;
    for (const unsigned shift : {16U, 8U, 0U}) {
      if (!check.feed(static_cast<unsigned char>(bytes >> shift & 0xFFU))) return false;
    }
  }
  return true;
}

// The same for hexadecimal digits; 0x in front is passed over. The fewest bytes that are kept are
// told whole: sums and ids of random bytes are in every text, and go no further than this.
inline bool may_be_hex(std::string_view text, size_t at) {
  constexpr size_t kLetters = 32;
  const size_t begin = at + (text[at] == '0' && (text[at + 1] | 0x20) == 'x' ? 2 : 0);
  if (text.size() - begin < kLetters) return false;
  const char* const letters = text.data() + begin;
  const auto ascii = [&](size_t i) {
    return (letters[i] >= '2' && letters[i] <= '7') || letters[i] == '0';
  };
  if (!ascii(0) || !ascii(2) || !ascii(4)) return false;
  TextCheck check;
  for (size_t i = 0; i < kLetters; i += 2) {
    const unsigned high = first_look::hex_value(letters[i]);
    const unsigned low = first_look::hex_value(letters[i + 1]);
    if ((high | low) > 15 || !check.feed(static_cast<unsigned char>(high << 4U | low)))
      return false;
  }
  return true;
}

}  // namespace spillguard::detect::decode
