// Finds the windows of a plan in a text, with some that are none: the sieve of the first stage. A
// shift-or automaton of all buckets over pairs of bytes: one look into a table for each pair.
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

// What a sieve knows of the stretch of text that it looked at last.
class SieveScratch {
 public:
  static constexpr size_t kStretch = 2048;  // bytes of text that are looked at together
  static constexpr size_t kSlack = 128;     // of each list: what is written behind what is there

  // Where windows may begin: in pairs of bytes from `begin`, ascending.
  std::array<uint16_t, kStretch / 2 + kSlack> places{};
  size_t count = 0;
  // The place of pair 0: two pairs before the stretch, so it may be before the text.
  std::ptrdiff_t begin = 0;

  // The buckets, a bit for each, whose windows may begin at the place.
  [[nodiscard]] uint32_t buckets(size_t place) const { return buckets_of(states[place]); }
  // The same of a state.
  static uint32_t buckets_of(uint64_t state) {
    constexpr unsigned kShift = LiteralWindow::kBuckets;
    return static_cast<uint32_t>(~state >> (2 * kShift)) & ((uint32_t{1} << kShift) - 1);
  }

 private:
  friend class PairSieve;
  static constexpr size_t kCarried = 2;  // pairs of the last stretch
  std::array<uint16_t, kStretch / 2 + 2 * kCarried + kSlack> pairs{};
  // By place: what is not there, behind the third pair. A bit that is not set: a window of its
  // bucket begins at the place.
  std::array<uint64_t, kStretch / 2 + kCarried + kSlack> states{};
  size_t walked = 0;  // pairs, without those that were carried
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
  static constexpr uint16_t kNowhere = kTextPairs;  // a pair that is in no window

  // 21 bits for each pair of a window: not set where the bucket has this pair there. A state moves
  // by so many bits and takes up the word of the next pair: what is not set any more is no window.
  std::array<uint64_t, kTextPairs + 1> words_ = all_set();
  static constexpr std::array<uint64_t, kTextPairs + 1> all_set() {
    std::array<uint64_t, kTextPairs + 1> words{};
    words.fill(~uint64_t{0});
    return words;
  }
};

}  // namespace spillguard::detect
