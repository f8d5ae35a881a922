// What a value is made of: kinds of characters, and how they change.
// Thread-safety: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "detect/generic/value_block.h"

namespace spillguard::detect::generic {

struct Makeup {
  size_t lower = 0;
  size_t upper = 0;
  size_t digits = 0;
  size_t signs = 0;        // all other than letters, digits and blanks
  size_t blanks = 0;       // white space
  size_t changes = 0;      // from letter to digit and back
  size_t digit_runs = 0;   // rows of digits
  size_t humps = 0;        // capitals behind small letters
  bool odd_signs = false;  // signs that names and file names do not have
  [[nodiscard]] size_t letters() const { return lower + upper; }
};
Makeup make_up(std::string_view value);

// A bit for each byte of a block where a word of a name (for_each_word()) of three letters and more
// begins.
uint64_t long_words(const ValueBlock& block);

// The letters of a block.
struct LetterSymbols {
  alignas(16) std::array<uint8_t, ValueBlock::kSize> of_bytes;  // 1 … 26 of either case, else 0
  uint64_t humps = 0;  // a bit for each letter behind another that begins a word
  size_t letters = 0;
  size_t runs = 0;  // of letters, cut at humps
};
void find_symbols(const ValueBlock& block, LetterSymbols& symbols);

// How many different bytes a value has.
size_t count_distinct(std::string_view value);

}  // namespace spillguard::detect::generic
