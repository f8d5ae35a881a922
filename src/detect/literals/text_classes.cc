#include "detect/literals/text_classes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <string>

namespace spillguard::detect {
namespace {

constexpr std::array<uint8_t, 256> class_table() {
  std::array<uint8_t, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    uint8_t number = kOtherClass;
    if (byte >= 0x40 && byte < 0x80) {
      number = static_cast<uint8_t>(byte - 0x40);
    } else if (byte >= '0' && byte <= '9') {
      number = kDigitClass;
    } else if (byte < 0x20) {
      number = kOutsideClass;
    } else if (byte == '-') {
      number = 28;
    } else if (byte == '.') {
      number = 29;
    } else if (byte == '/') {
      number = 30;
    } else if (byte == ':') {
      number = 32;
    } else if (byte == '=') {
      number = 59;
    } else if (byte == ' ') {
      number = 27;
    } else if (byte == '"' || byte == '\'') {
      number = 60;
    } else if (byte == '$') {
      number = 61;
    }
    table[byte] = number;
  }
  return table;
}

struct QuadList {
  unsigned at_least = 0;  // in 2^20 bytes
  std::string_view quads;
};

#include "detect/literals/text_odds.inc"

static_assert(kPairOdds.size() == kTextPairs);

}  // namespace

constexpr std::array<uint8_t, 256> kClassOfByte = class_table();

ClassSet classes_of(const regex::ByteSet& bytes) {
  ClassSet set = 0;
  for (unsigned byte = 0; byte < kClassOfByte.size(); ++byte) {
    if (bytes[byte]) set |= ClassSet{1} << kClassOfByte[byte];
  }
  return set;
}

double pair_odds(unsigned pair) {
  static const std::array<double, kTextPairs> kOdds = [] {
    std::array<double, kTextPairs> odds{};
    for (unsigned i = 0; i < kTextPairs; ++i) odds[i] = std::exp2(-(kPairOdds[i] - '#') / 4.0);
    return odds;
  }();
  return kOdds[pair];
}

double class_odds(ClassSet classes) {
  static const std::array<double, kTextClasses> kOdds = [] {
    std::array<double, kTextClasses> odds{};
    for (unsigned pair = 0; pair < kTextPairs; ++pair) odds[pair / kTextClasses] += pair_odds(pair);
    return odds;
  }();
  double odds = 0;
  for (; classes != 0; classes &= classes - 1) {
    odds += kOdds[static_cast<size_t>(std::countr_zero(classes))];
  }
  return odds;
}

double quad_odds(std::string_view folded) {
  static const std::map<std::string_view, double> kOdds = [] {
    std::map<std::string_view, double> odds;
    for (const QuadList& list : kQuads) {
      for (size_t at = 0; at + 4 <= list.quads.size(); at += 4) {
        odds[list.quads.substr(at, 4)] = 1.5 * list.at_least / (1U << 20U);
      }
    }
    return odds;
  }();
  const auto place = kOdds.find(folded);
  return place == kOdds.end() ? 0 : place->second;
}

}  // namespace spillguard::detect
