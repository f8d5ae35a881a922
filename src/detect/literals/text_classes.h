// Bytes in 64 classes, as the first stage sees them: letters of either case each have their own,
// most else shares one. And how common pairs of classes and rows of four bytes are in tickets and
// pages, by which the plan of the search is made; nothing that is found depends on these figures.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "regex/byte_set.h"

namespace spillguard::detect {

inline constexpr unsigned kTextClasses = 64;
inline constexpr unsigned kTextPairs = kTextClasses * kTextClasses;
// Digits share the class of Q: where letters may not stand, digits may not, and Q is the rarest.
inline constexpr uint8_t kDigitClass = 'Q' - 0x40;
inline constexpr uint8_t kOtherClass = 62;    // punctuation that has no class, and all above ASCII
inline constexpr uint8_t kOutsideClass = 63;  // control characters, and what is outside of a text

// The class of a byte.
extern const std::array<uint8_t, 256> kClassOfByte;

// A set of classes, one bit each.
using ClassSet = uint64_t;
inline constexpr ClassSet kAllClasses = ~ClassSet{0};
ClassSet classes_of(const regex::ByteSet& bytes);

// How often a pair of classes (first * 64 + second) begins at a byte of a text: 0 … 1.
double pair_odds(unsigned pair);

// How often a byte of a text is of one of these classes.
double class_odds(ClassSet classes);

// Quads, rows of four bytes, the first in the lowest bits, are told apart by what is left of them
// with these bits set: the case of letters is not seen, and less is known of the outer bytes.
inline constexpr uint32_t kQuadFold = 0xA12020A1;

struct CommonQuad {
  uint32_t quad = 0;  // folded
  double odds = 0;    // how often it begins at a byte of a text
};
// The commonest.
std::span<const CommonQuad> common_quads();
// How often a folded quad begins at a byte of a text, by estimate where it is not common.
double quad_odds(uint32_t quad);

}  // namespace spillguard::detect
