// How a set of literals is found: the plan of the first stage.
//
// A text is looked at in rows of four bytes, quads, from each even place on. For each literal there
// are two quads that lie in it or at its edge, one for occurrences at even and one for those at odd
// places; where a quad reaches beyond a short literal, there is one for each way in which the text
// may go on there. Quads are folded: less is known of their outer bytes, so that few ways are many.
// The sieve (quad_sieve.h) finds the places of a text that have such a quad.
//
// The plan chooses the quads of each literal so that few places of a common text remain. Every plan
// finds the same.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "detect/literals/literal.h"
#include "detect/literals/text_classes.h"

namespace spillguard::detect {

namespace quad_plan {
// The quads of a literal at its two offsets.
using BothQuads = std::array<std::vector<uint32_t>, 2>;
}  // namespace quad_plan

// Where a quad is in the sieve's table: two bits of a byte. The factors are chosen with the plan.
struct QuadHash {
  static constexpr unsigned kIndexBits = 16;
  static constexpr unsigned kPatternBits = 4;

  uint16_t first = 0x9E37;  // for the byte: of the first two bytes of the quad
  uint16_t last = 0x85EB;   // and of the last two
  uint16_t both = 0xC2B1;   // for the pattern of bits

  [[nodiscard]] uint32_t index(uint32_t quad) const {
    const uint32_t sum = (quad & UINT16_MAX) * first + (quad >> 16U) * last;
    return (sum & UINT16_MAX) >> (16 - kIndexBits);
  }
  [[nodiscard]] uint8_t bits(uint32_t quad) const {
    const uint32_t sum = (quad & UINT16_MAX) + (quad >> 16U) * last;
    return kPatterns[((sum * both) & UINT16_MAX) >> (16 - kPatternBits)];
  }

  // One bit of the lower four and one of the upper four: two quads in one byte make four of the
  // sixteen patterns pass, no more.
  static constexpr std::array<uint8_t, size_t{1} << kPatternBits> kPatterns = [] {
    std::array<uint8_t, size_t{1} << kPatternBits> patterns{};
    for (unsigned i = 0; i < patterns.size(); ++i) {
      patterns[i] = static_cast<uint8_t>(1U << (i % 4) | 0x10U << (i / 4));
    }
    return patterns;
  }();
};

class QuadPlan {
 public:
  // The offsets of a literal's quads from its begin, of its occurrences at even places and at odd
  // ones; an even place's is even. kNone: the literal has none, and is found in another way.
  using Offsets = std::array<int8_t, 2>;
  static constexpr int8_t kNone = INT8_MIN;
  static constexpr size_t kMaxQuads = 60'000;  // of all literals

  // `known` gives offsets that were chosen before, by literal; nullopt where there are none. Known
  // ones that do not fit are chosen anew. kInvalidArgument: a literal is empty.
  static Result<QuadPlan> make(std::span<const Literal> literals,
                               std::span<const std::optional<Offsets>> known = {});

  // By literal.
  [[nodiscard]] const std::vector<Offsets>& offsets() const { return offsets_; }
  // The quads of a literal at the first or the second of its offsets; none where that is kNone.
  [[nodiscard]] std::span<const uint32_t> quads(size_t literal, size_t which) const {
    const auto [begin, end] = places_[literal].at(which);
    return std::span(quads_).subspan(begin, end - begin);
  }
  // How many of the literals had to be placed anew.
  [[nodiscard]] size_t newly_placed() const { return newly_placed_; }

  // The factors that let the fewest places of a common text pass that have no quad of the plan.
  static QuadHash choose_hash(const QuadPlan& plan);

 private:
  struct Range {
    uint32_t begin = 0;
    uint32_t end = 0;
  };
  // Decides for a literal.
  void set(size_t literal, const Offsets& offsets, const quad_plan::BothQuads& quads);

  std::vector<Offsets> offsets_;
  std::vector<uint32_t> quads_;               // of all literals
  std::vector<std::array<Range, 2>> places_;  // in quads_, by literal
  size_t newly_placed_ = 0;
};

}  // namespace spillguard::detect
