#include "detect/generic/nats_key.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "detect/generic/characters.h"

namespace spillguard::detect::generic {
namespace {

constexpr size_t kCharacters = 56;
constexpr size_t kBytes = kCharacters * 5 / 8;
constexpr size_t kChecked = kBytes - 2;
// By the first characters that the bytes of kinds give; "P" and "S" are private.
constexpr std::string_view kPublicKinds = "UAONCXMV";

// CRC-16/XMODEM.
uint16_t crc_of(const std::array<uint8_t, kBytes>& bytes) {
  constexpr unsigned kPolynomial = 0x1021;
  unsigned crc = 0;
  for (size_t i = 0; i < kChecked; ++i) {
    crc ^= static_cast<unsigned>(bytes.at(i)) << 8U;
    for (int bit = 0; bit < 8; ++bit) crc = crc << 1U ^ ((crc & 0x8000U) != 0 ? kPolynomial : 0);
  }
  return static_cast<uint16_t>(crc);
}

}  // namespace

bool is_nats_public_key(std::string_view value) {
  if (value.size() != kCharacters) return false;
  if (kPublicKinds.find(value.front()) == std::string_view::npos) return false;
  std::array<uint8_t, kBytes> bytes{};
  unsigned bits = 0;
  unsigned count = 0;
  size_t at = 0;
  for (const char c : value) {
    const bool digit = c >= '2' && c <= '7';
    if (!is_upper(c) && !digit) return false;
    bits = bits << 5U | static_cast<unsigned>(digit ? c - '2' + 26 : c - 'A');
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.at(at++) = static_cast<uint8_t>(bits >> count);
  }
  return crc_of(bytes) == (bytes.at(kChecked) | bytes.at(kChecked + 1) << 8U);
}

}  // namespace spillguard::detect::generic
