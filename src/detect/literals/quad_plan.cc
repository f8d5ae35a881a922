#include "detect/literals/quad_plan.h"

#include <algorithm>
#include <limits>
#include <unordered_set>

#include "detect/literals/side_rows.h"

namespace spillguard::detect {
namespace quad_plan {

constexpr int32_t kQuadBytes = 4;
constexpr int32_t kMinOffset = -1;   // less would be nothing but unknown bytes
constexpr int32_t kMaxOffset = 100;  // an int8_t holds it
constexpr size_t kMostQuads = 1024;  // of a literal at an offset: more would fill the table
// What a place costs that has a quad of some literal, and what a bit of the table does: by their
// ratio quads are chosen. A quad that others have, too, costs the comparison only.
constexpr double kCostOfBit = 1.0 / (8U << QuadHash::kIndexBits);
constexpr double kCostOfNeighbour = 0.25;

using Bytes = std::array<bool, 256>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Bytes, ascending.
class Folded {
 public:
  void add(uint8_t byte) { bytes_.at(count_++) = byte; }
  [[nodiscard]] std::span<const uint8_t> bytes() const { return {bytes_.data(), count_}; }

 private:
  std::array<uint8_t, 256> bytes_{};
  size_t count_ = 0;
};

// What may stand at a place of the literal or beside it, folded.
Folded folded_at(const Literal& literal, int32_t at, uint8_t fold) {
  const auto length = static_cast<int32_t>(literal.bytes.size());
  Folded out;
  Bytes folded{};
  if (at >= 0 && at < length) {
    const char c = literal.bytes[static_cast<size_t>(at)];
    static_assert((kQuadFold & 0x20202020) == 0x20202020, "the case of a letter is not seen");
    if (!literal.any_digit || !is_digit(c)) {
      out.add(static_cast<uint8_t>(static_cast<unsigned char>(c) | fold));
      return out;
    }
    for (unsigned digit = '0'; digit <= '9'; ++digit) folded[digit | fold] = true;
  } else {
    // No quad begins before a text, so that something stands in front.
    ClassSet set = kAllClasses;
    if (at == -1) set = literal.before;
    if (at >= length && static_cast<size_t>(at - length) < literal.after.size()) {
      set = literal.after[static_cast<size_t>(at - length)];
    }
    for (size_t byte = 0; byte < folded.size(); ++byte) {
      if ((set >> kClassOfByte[byte] & 1U) != 0) folded[byte | fold] = true;
    }
  }
  for (size_t byte = 0; byte < folded.size(); ++byte) {
    if (folded[byte]) out.add(static_cast<uint8_t>(byte));
  }
  return out;
}

// The quads of a literal at an offset; none where they would be too many.
std::vector<uint32_t> quads_of(const Literal& literal, int32_t offset) {
  std::vector<uint32_t> quads = {0};
  for (int32_t i = 0; i < kQuadBytes; ++i) {
    const auto fold = static_cast<uint8_t>(kQuadFold >> (8 * i));
    const Folded folded = folded_at(literal, offset + i, fold);
    const std::span<const uint8_t> bytes = folded.bytes();
    if (bytes.size() == 1) {
      for (uint32_t& quad : quads) quad |= uint32_t{bytes.front()} << (8 * i);
      continue;
    }
    if (quads.size() * bytes.size() > kMostQuads) return {};
    std::vector<uint32_t> longer;
    longer.reserve(quads.size() * bytes.size());
    for (const uint32_t byte : bytes) {
      for (const uint32_t quad : quads) longer.push_back(quad | byte << (8 * i));
    }
    quads.swap(longer);
  }
  return quads;
}

// The last offset that is of use: two bytes of the literal are in the quad, so that no hit comes
// out of order.
int32_t last_offset(const Literal& literal) {
  return std::min(static_cast<int32_t>(literal.bytes.size()) - 2, kMaxOffset);
}

bool fits(const Literal& literal, bool odd, int8_t offset) {
  if (offset == QuadPlan::kNone) return true;
  return offset >= kMinOffset && offset <= last_offset(literal) && (offset % 2 != 0) == odd;
}

class Planner {
 public:
  // The quads of offsets that were chosen before, if these can be kept.
  std::optional<BothQuads> take(const Literal& literal, const QuadPlan::Offsets& offsets) {
    if (!fits(literal, false, offsets[0]) || !fits(literal, true, offsets[1])) return std::nullopt;
    if ((offsets[0] == QuadPlan::kNone) != (offsets[1] == QuadPlan::kNone)) return std::nullopt;
    BothQuads quads;
    for (size_t i = 0; i < quads.size(); ++i) {
      if (offsets.at(i) == QuadPlan::kNone) continue;
      quads.at(i) = quads_of(literal, offsets.at(i));
      if (quads.at(i).empty()) return std::nullopt;
    }
    const size_t count = quads[0].size() + quads[1].size();
    if (added_ + count > QuadPlan::kMaxQuads) return std::nullopt;
    added_ += count;
    return quads;
  }

  // Before the first is placed: all that were taken.
  void know(const std::vector<uint32_t>& quads) { quads_.insert(quads.begin(), quads.end()); }

  // Chooses an offset for occurrences at even or odd places, and gives its quads.
  int8_t place(const Literal& literal, bool odd, std::vector<uint32_t>& chosen_quads) {
    double best = std::numeric_limits<double>::max();
    int8_t chosen = QuadPlan::kNone;
    for (int32_t offset = odd ? -1 : 0; offset <= last_offset(literal); offset += 2) {
      std::vector<uint32_t> quads = quads_of(literal, offset);
      if (quads.empty() || added_ + quads.size() > QuadPlan::kMaxQuads) continue;
      const double cost = cost_of(quads, best);
      if (cost >= best) continue;
      best = cost;
      chosen = static_cast<int8_t>(offset);
      chosen_quads.swap(quads);
    }
    know(chosen_quads);
    added_ += chosen_quads.size();
    return chosen;
  }

 private:
  [[nodiscard]] double cost_of(const std::vector<uint32_t>& quads, double most) const {
    double cost = 0;
    for (const uint32_t quad : quads) {
      if (cost >= most) break;
      const double odds = quad_odds(quad);
      cost += quads_.contains(quad) ? kCostOfNeighbour * odds : odds + kCostOfBit;
    }
    return cost;
  }

  std::unordered_set<uint32_t> quads_;
  size_t added_ = 0;
};

}  // namespace quad_plan

void QuadPlan::set(size_t literal, const Offsets& offsets, const quad_plan::BothQuads& quads) {
  offsets_[literal] = offsets;
  for (size_t i = 0; i < quads.size(); ++i) {
    Range& range = places_[literal].at(i);
    range.begin = static_cast<uint32_t>(quads_.size());
    quads_.insert(quads_.end(), quads.at(i).begin(), quads.at(i).end());
    range.end = static_cast<uint32_t>(quads_.size());
  }
}

Result<QuadPlan> QuadPlan::make(std::span<const Literal> literals,
                                std::span<const std::optional<Offsets>> known) {
  QuadPlan out;
  out.offsets_.resize(literals.size(), {kNone, kNone});
  out.places_.resize(literals.size());
  quad_plan::Planner planner;
  std::vector<size_t> open;
  for (size_t i = 0; i < literals.size(); ++i) {
    if (literals[i].bytes.empty()) return fail(Code::kInvalidArgument, "an anchor is empty");
    if (SideRows::is_pair(literals[i]) || SideRows::is_digits(literals[i])) continue;
    const auto taken =
        i < known.size() && known[i] ? planner.take(literals[i], *known[i]) : std::nullopt;
    if (taken) {
      out.set(i, *known[i], *taken);
    } else {
      open.push_back(i);
    }
  }
  out.newly_placed_ = open.size();
  if (open.empty()) return out;
  planner.know(out.quads_);
  // Those of the short ones are given; longer ones may use what is there.
  std::stable_sort(open.begin(), open.end(), [&](size_t a, size_t b) {
    return literals[a].bytes.size() < literals[b].bytes.size();
  });
  for (const size_t i : open) {
    quad_plan::BothQuads quads;
    const Offsets offsets = {planner.place(literals[i], false, quads[0]),
                             planner.place(literals[i], true, quads[1])};
    // A literal without a quad at either places is looked for by itself anyway.
    if (offsets[0] != kNone && offsets[1] != kNone) out.set(i, offsets, quads);
  }
  return out;
}

QuadHash QuadPlan::choose_hash(const QuadPlan& plan) {
  constexpr int kTries = 512;
  std::vector<uint32_t> quads = plan.quads_;
  std::sort(quads.begin(), quads.end());
  quads.erase(std::unique(quads.begin(), quads.end()), quads.end());
  uint32_t random = 1;
  const auto odd_number = [&] {
    random = random * 1'664'525 + 1'013'904'223;
    return static_cast<uint16_t>(random >> 15U | 1U);
  };
  double best = std::numeric_limits<double>::max();
  QuadHash chosen;
  for (int i = 0; i < kTries; ++i) {
    const QuadHash hash = {.first = odd_number(), .last = odd_number(), .both = odd_number()};
    std::vector<uint8_t> table(size_t{1} << QuadHash::kIndexBits);
    for (const uint32_t quad : quads) {
      table[hash.index(quad)] |= hash.bits(quad);
    }
    double passed = 0;
    for (const CommonQuad& common : common_quads()) {
      const uint8_t wanted = hash.bits(common.quad);
      if ((table[hash.index(common.quad)] & wanted) == wanted) passed += common.odds;
    }
    if (passed >= best) continue;
    best = passed;
    chosen = hash;
  }
  return chosen;
}

}  // namespace spillguard::detect
