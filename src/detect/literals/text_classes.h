// Bytes in 64 classes, as the first stage sees them: letters of either case each have their own,
// most else shares one. And how common pairs of classes and rows of four bytes are in tickets and
// pages, by which the plan of the search is made; nothing that is found depends on these figures.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

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

// The other case of a letter becomes its lower case, and some other bytes become each other.
inline constexpr uint32_t kFoldBit = 0x20;
// How often these four bytes, folded, begin at a byte of a text; 0 for all but the commonest.
double quad_odds(std::string_view folded);

}  // namespace spillguard::detect
