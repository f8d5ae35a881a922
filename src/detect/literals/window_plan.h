// How a set of literals is found: the plan of the first stage.
//
// A text is looked at in pairs of bytes, from even places on. A window is three pairs in a row; for
// each literal there are two, one for occurrences at even and one for those at odd places, and each
// window belongs to one of 21 buckets. For each bucket and each of its three pairs, a set of pairs
// is kept in which those of all its windows are: the sieve (pair_sieve.h) finds the places where
// all three pairs are in the sets of one bucket. The bucket's key, those bytes of the window that
// are fixed in all its windows, then leads to the few literals that may stand there.
//
// The plan chooses window and bucket of each literal so that few places of a common text remain.
// Every plan finds the same.
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

// Where the window of a literal begins, and what stands in it.
struct LiteralWindow {
  static constexpr size_t kPairs = 3;
  static constexpr size_t kBytes = 2 * kPairs;
  static constexpr uint32_t kBuckets = 21;

  uint32_t literal = 0;
  int32_t offset = 0;   // of the window's begin from the literal's
  uint32_t bucket = 0;  // below kBuckets
};

class WindowPlan {
 public:
  // Window and bucket of a literal's occurrences at even places, and at odd ones.
  struct Place {
    int8_t offset = 0;
    uint8_t bucket = 0;
  };
  using Places = std::array<Place, 2>;

  // `known` gives places that were chosen before, by literal; nullopt where there are none. Known
  // places that do not fit are chosen anew. kInvalidArgument: a literal is empty.
  static Result<WindowPlan> make(std::span<const Literal> literals,
                                 std::span<const std::optional<Places>> known = {});

  // By literal: at even and at odd places. A window's offset is even for an even place.
  [[nodiscard]] const std::vector<Places>& places() const { return places_; }
  // How many of the literals had to be placed anew.
  [[nodiscard]] size_t newly_placed() const { return newly_placed_; }
  // Which bytes of a bucket's windows are its key: bit i for byte i of the window.
  [[nodiscard]] uint32_t key_bytes(uint32_t bucket) const { return key_bytes_[bucket]; }

  // What may stand at each byte of a window of the literal that begins at the offset.
  static std::array<ClassSet, LiteralWindow::kBytes> sets_of(const Literal& literal,
                                                             int32_t offset);

 private:
  std::vector<Places> places_;
  std::array<uint8_t, LiteralWindow::kBuckets> key_bytes_{};
  size_t newly_placed_ = 0;
};

}  // namespace spillguard::detect
