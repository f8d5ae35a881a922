// Finds the places of a text that have a quad of a plan, with some that have none: the sieve of the
// first stage. A look into a table for each quad.
//
// Thread-safety: a sieve is immutable once built; each thread has its own SieveScratch.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/padded_text.h"
#include "detect/literals/quad_plan.h"

namespace spillguard::detect {

// What a sieve knows of the stretch of text that it looked at last.
struct SieveScratch {
  static constexpr size_t kStretch = 4096;  // bytes of text that are looked at together
  static constexpr size_t kSlack = 64;      // of each list: what is written behind what is there

  // The places that passed: in pairs of bytes from the stretch's begin, ascending.
  std::array<uint16_t, kStretch / 2 + kSlack> places{};
  size_t count = 0;

  // By place: where its quad is in the table, and the bits that are asked for there.
  alignas(32) std::array<uint16_t, kStretch / 2 + kSlack> indexes{};
  alignas(32) std::array<uint8_t, kStretch / 2 + kSlack> wanted{};
};

class QuadSieve {
 public:
  QuadSieve() = default;
  explicit QuadSieve(const QuadHash& hash) : hash_(hash) {}

  void add(uint32_t quad) { table_[hash_.index(quad)] |= hash_.bits(quad); }

  // Looks at the quads that begin at even places of [from, from + bytes) of the text, at most
  // kStretch bytes from an even place on. `portable`: without the processor's vectors, for tests.
  void look(PaddedView text, size_t from, size_t bytes, SieveScratch& scratch,
            bool portable = false) const;

 private:
  QuadHash hash_;
  std::vector<uint8_t> table_ = std::vector<uint8_t>(size_t{1} << QuadHash::kIndexBits);
};

}  // namespace spillguard::detect
