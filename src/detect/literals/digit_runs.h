// Finds digits that others follow: card numbers begin with any digits, and what follows tells more.
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

class DigitRuns {
 public:
  // Of literals that are digits and stand for any.
  static bool serves(const Literal& literal);
  explicit DigitRuns(const Literal& literal);

  // Adds the places in [from, from + bytes) of the text, from `from` on, where the literal may
  // stand. `portable`: without the processor's vectors, for tests.
  void find(PaddedView text, size_t from, size_t bytes, std::vector<uint32_t>& places,
            bool portable) const;

 private:
  // How far behind the first digit there must be others; 0 says nothing.
  std::array<uint8_t, 6> digits_at_{};
};

}  // namespace spillguard::detect
