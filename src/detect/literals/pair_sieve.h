// Finds the windows of a plan in a text, with some that are none: the sieve of the first stage. For
// each pair of bytes one look into a table, for each place three words ANDed.
//
// Thread-safety: a sieve is immutable once built; each thread has its own SieveScratch.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/padded_text.h"
#include "detect/literals/window_plan.h"

namespace spillguard::detect {

// Windows of these buckets may begin at a place of the text.
struct SievePlace {
  uint32_t buckets = 0;  // a bit for each
  uint32_t pair = 0;     // in pairs of bytes from SieveScratch::begin
};

// What a sieve knows of the stretch of text that it looked at last.
class SieveScratch {
 public:
  static constexpr size_t kStretch = 2048;  // bytes of text that are looked at together

  std::array<SievePlace, kStretch / 2 + 2> places;
  size_t count = 0;
  // The place of pair 0: two pairs before the stretch, so it may be before the text.
  std::ptrdiff_t begin = 0;

 private:
  friend class PairSieve;
  static constexpr size_t kCarried = 2;  // pairs of the last stretch
  static constexpr size_t kSlack = 128;  // pairs that are written behind those that are there
  std::array<uint16_t, kStretch / 2 + kSlack> pairs;
  std::array<uint64_t, kStretch / 2 + kCarried + kSlack> words;
};

class PairSieve {
 public:
  PairSieve() = default;
  PairSieve(std::span<const Literal> literals, const WindowPlan& plan);

  // Looks at [from, from + bytes) of the text, at most kStretch bytes from an even place on.
  // Stretches come in order, the first from 0. Afterwards the scratch has all windows that begin
  // before from + bytes - 4, and in the last stretch those that begin later, too; none twice.
  // `portable`: without the processor's vectors, for tests.
  void look(PaddedView text, size_t from, size_t bytes, SieveScratch& scratch,
            bool portable = false) const;

 private:
  // 21 bits for each pair of a window: the buckets that have this pair there.
  std::array<uint64_t, kTextPairs> words_{};
};

}  // namespace spillguard::detect
