// How far the letters of a text are from words: a model of three letters in a row, learned from
// words of English, German, French, Spanish and Portuguese and from names in programs.
// Thread-safety: immutable once made.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace spillguard::detect::generic {

class LetterModel {
 public:
  // The edge of a word and 26 letters.
  static constexpr size_t kSymbols = 27;
  static constexpr size_t kCells = kSymbols * kSymbols * kSymbols;

  // Costs as printable characters, one a cell, from '0' on, each step an eighth of a natural bit.
  static Result<LetterModel> parse(std::string_view cells);

  // The log of how much likelier the letters are by chance than as words, in 1/1024 of a natural
  // bit: above 0 random, below 0 words. Digits and signs part words, as does camelCase; the text
  // need not be ASCII, but only ASCII letters count.
  [[nodiscard]] int32_t randomness(std::string_view text) const;

 private:
  struct Walk;

  // By the two symbols before and the symbol, each of kBits. The row of an edge is the same
  // whatever stands before it, and nothing is ended there.
  static constexpr size_t kBits = 5;
  static constexpr size_t kPlaces = size_t{1} << (3 * kBits);
  std::array<uint8_t, kPlaces> cost_{};
};

}  // namespace spillguard::detect::generic
