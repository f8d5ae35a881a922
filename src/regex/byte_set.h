// A set of byte values, for what a pattern may stand on at one position.
#pragma once

#include <bitset>
#include <string_view>

namespace spillguard::regex {

using ByteSet = std::bitset<256>;

inline unsigned char to_byte(char c) { return static_cast<unsigned char>(c); }

inline bool is_word_byte(unsigned char b) {
  return (b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z') || b == '_';
}

inline ByteSet byte_range(unsigned first, unsigned last) {
  ByteSet set;
  for (unsigned b = first; b <= last; ++b) set.set(b);
  return set;
}

inline ByteSet bytes_of(std::string_view text) {
  ByteSet set;
  for (const char c : text) set.set(to_byte(c));
  return set;
}

inline ByteSet word_bytes() {
  return byte_range('0', '9') | byte_range('A', 'Z') | byte_range('a', 'z') | bytes_of("_");
}

// The set and the other case of its ASCII letters.
inline ByteSet fold_case(ByteSet set) {
  for (unsigned b = 'a'; b <= 'z'; ++b) {
    if (set[b] || set[b - 32]) {
      set.set(b);
      set.set(b - 32);
    }
  }
  return set;
}

}  // namespace spillguard::regex
