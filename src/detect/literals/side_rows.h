// Finds the literals that rows of four bytes do not tell, in one walk over the text: those of two
// bytes, with any bytes around them, and digits that stand for any digits and are followed by more,
// as card numbers begin.
//
// Thread-safety: immutable once built.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/padded_text.h"
#include "detect/literals/literal.h"
#include "detect/literals/quad_sieve.h"
#include "detect/literals/text_classes.h"

namespace spillguard::detect {

// Places of a stretch, from its begin, in ascending order.
struct SidePlaces {
  static constexpr size_t kSlack = 4;  // what is written behind what is there
  std::array<uint16_t, SieveScratch::kStretch + kSlack> pairs;
  std::array<uint16_t, SieveScratch::kStretch + kSlack> digits;
  size_t pairs_count = 0;
  size_t digits_count = 0;

  // Of the blocks that have some, where they are: a bit each.
  struct Block {
    uint64_t pairs;
    uint64_t digits;
    size_t at;
  };
  static constexpr size_t kBlock = 56;  // bytes
  std::array<Block, SieveScratch::kStretch / kBlock + 2> blocks;
};

class SideRows {
 public:
  static constexpr size_t kSeen = 8;       // bytes from a place on by which digits are told
  static constexpr size_t kLookedAt = 16;  // and by the classes of which they are told then

  static bool is_pair(const Literal& literal) {
    return literal.bytes.size() == 2 && !literal.any_digit;
  }
  static bool is_digits(const Literal& literal);
  // Adds a literal that is one of these.
  void add(const Literal& literal);

  // Where in [from, from + bytes) of the text a literal may stand; at most SieveScratch::kStretch
  // bytes. `portable`: without the processor's vectors, for tests.
  void find(PaddedView text, size_t from, size_t bytes, SidePlaces& places, bool portable) const;

  // By half a byte, a bit for each group of pairs that have it as their first or second byte.
  struct Halves {
    std::array<uint8_t, 16> lower{};
    std::array<uint8_t, 16> upper{};
  };
  // All pairs begin with one byte, and no two of their second ones have the same lower half.
  struct OneFirst {
    char first = 0;
    std::array<char, 16> seconds{};  // by lower half; where there is none, a byte of another one
  };
  // Digits are told by twos.
  struct Digits {
    unsigned second = 0;              // how far the second of a two is behind the first: 1, or 0
    std::array<uint8_t, 3> twos{};    // how far behind the first digit there must be a two
    uint64_t in_front = ~uint64_t{};  // all bits: no digit may be in front of the first
  };

 private:
  void add_pair(const Literal& literal);
  void add_digits(const Literal& literal);
  void ask_farther(const Literal& literal);
  void keep_fitting(const char* stretch, SidePlaces& places) const;

  // Of which classes a byte behind the first digit must be, where not any will do.
  struct Asked {
    uint8_t at = 0;
    ClassSet classes = kAllClasses;
  };

  bool has_pairs_ = false;
  std::array<Halves, 2> halves_{};
  std::vector<std::pair<char, char>> added_;
  std::optional<OneFirst> one_first_;
  bool has_digits_ = false;
  uint8_t digits_at_ = UINT8_MAX;  // bit i: all literals have a digit i bytes behind the first
  Digits digits_;
  std::array<ClassSet, kLookedAt> classes_{};  // of any literal of digits, by place
  // What the twos do not tell. Always as many, for a loop that ends anywhere is mispredicted.
  static constexpr size_t kMostAsked = 8;
  std::array<Asked, kMostAsked> farther_{};
};

}  // namespace spillguard::detect
