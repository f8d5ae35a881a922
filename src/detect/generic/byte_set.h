// Sets of bytes, asked by a table: the library's searches for one of several bytes call a function
// for each byte of a text.
// Thread-safety: constants.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spillguard::detect::generic {

class ByteSet {
 public:
  constexpr explicit ByteSet(std::string_view bytes) {
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      sets_[byte / 64U] |= uint64_t{1} << (byte % 64U);
    }
  }
  [[nodiscard]] constexpr bool holds(char c) const {
    const auto byte = static_cast<unsigned char>(c);
    return (sets_.data()[byte / 64U] >> (byte % 64U) & 1U) != 0;
  }
  [[nodiscard]] constexpr bool any_of(const ByteSet& other) const {
    return ((sets_[0] & other.sets_[0]) | (sets_[1] & other.sets_[1]) |
            (sets_[2] & other.sets_[2]) | (sets_[3] & other.sets_[3])) != 0;
  }
  // The first, and the last, of these bytes in a text, or npos.
  [[nodiscard]] constexpr size_t find_first(std::string_view text) const {
    for (size_t i = 0; i < text.size(); ++i) {
      if (holds(text.data()[i])) return i;
    }
    return std::string_view::npos;
  }
  [[nodiscard]] constexpr size_t find_last(std::string_view text) const {
    for (size_t i = text.size(); i > 0; --i) {
      if (holds(text.data()[i - 1])) return i - 1;
    }
    return std::string_view::npos;
  }

 private:
  std::array<uint64_t, 4> sets_{};
};

}  // namespace spillguard::detect::generic
