// Finds literals of two bytes: too short to be told by a row of four, with any bytes around them.
//
// Thread-safety: immutable once built.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/padded_text.h"
#include "detect/literals/literal.h"

namespace spillguard::detect {

class BytePairs {
 public:
  static bool serves(const Literal& literal) {
    return literal.bytes.size() == 2 && !literal.any_digit;
  }
  void add(const Literal& literal);

  // Adds the places in [from, from + bytes) of the text, from `from` on, where a literal may stand.
  // `portable`: without the processor's vectors, for tests.
  void find(PaddedView text, size_t from, size_t bytes, std::vector<uint32_t>& places,
            bool portable) const;

  // By half a byte, a bit for each group of literals that have it at a place.
  struct Halves {
    std::array<uint8_t, 16> lower{};
    std::array<uint8_t, 16> upper{};
  };

 private:
  std::array<Halves, 2> halves_{};
};

}  // namespace spillguard::detect
