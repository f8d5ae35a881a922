#include "detect/literals/text_classes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <vector>

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

// Below what is common.
constexpr double kLeastCommon = 20e-6;

// The classes of the bytes that are folded to byte i of the quad.
ClassSet classes_at(uint32_t quad, unsigned i) {
  static const auto kSets = [] {
    std::array<std::array<ClassSet, 256>, 4> sets{};
    for (unsigned place = 0; place < 4; ++place) {
      for (unsigned byte = 0; byte < 256; ++byte) {
        const unsigned folded = byte | (kQuadFold >> (8 * place) & UINT8_MAX);
        sets[place][folded] |= ClassSet{1} << kClassOfByte[byte];
      }
    }
    return sets;
  }();
  return kSets[i][quad >> (8 * i) & UINT8_MAX];
}

double pair_odds_of(ClassSet firsts, ClassSet seconds) {
  double odds = 0;
  for (; firsts != 0; firsts &= firsts - 1) {
    const auto first = static_cast<unsigned>(std::countr_zero(firsts));
    for (ClassSet left = seconds; left != 0; left &= left - 1) {
      odds += pair_odds(first * kTextClasses + static_cast<unsigned>(std::countr_zero(left)));
    }
  }
  return odds;
}

// As if each byte depended on the one before it alone.
double chained_odds(uint32_t quad) {
  double odds = 1;
  for (unsigned i = 0; i < 3; ++i) {
    odds *= pair_odds_of(classes_at(quad, i), classes_at(quad, i + 1));
    if (i != 0) odds /= class_odds(classes_at(quad, i));
  }
  return odds;
}

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

std::span<const CommonQuad> common_quads() {
  static const std::vector<CommonQuad> kCommon = [] {
    std::vector<CommonQuad> all;
    for (const QuadList& list : kQuads) {
      for (size_t at = 0; at + 4 <= list.quads.size(); at += 4) {
        uint32_t quad = 0;
        std::memcpy(&quad, list.quads.data() + at, sizeof quad);
        all.push_back({quad | kQuadFold, 1.4 * list.at_least / (1U << 20U)});
      }
    }
    return all;
  }();
  return kCommon;
}

double quad_odds(uint32_t quad) {
  static const std::unordered_map<uint32_t, double> kOdds = [] {
    std::unordered_map<uint32_t, double> odds;
    for (const CommonQuad& common : common_quads()) odds.emplace(common.quad, common.odds);
    return odds;
  }();
  const auto place = kOdds.find(quad);
  return place == kOdds.end() ? std::min(chained_odds(quad), kLeastCommon) : place->second;
}

}  // namespace spillguard::detect
