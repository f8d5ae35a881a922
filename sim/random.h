// Deterministic random numbers: the same seed, purpose and index give the same sequence on every
// machine and in whatever order things are asked for. Not for anything that must be unguessable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace spillguard::sim {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  // A stream of its own for one thing: ("issue", 17) never disturbs ("page", 3).
  Random(uint64_t seed, std::string_view purpose, uint64_t index);

  uint64_t next();  // SplitMix64
  // 0 … n-1; n must not be 0.
  uint64_t below(uint64_t n) { return next() % n; }
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low + 1)));
  }
  bool chance(unsigned percent) { return below(100) < percent; }
  // One element of an array or vector.
  template <typename List>
  const auto& pick(const List& list) {
    return list[static_cast<size_t>(below(std::size(list)))];
  }
  // `length` characters out of `alphabet`.
  std::string chars(size_t length, std::string_view alphabet);

 private:
  uint64_t state_;
};

inline constexpr std::string_view kDigits = "0123456789";
inline constexpr std::string_view kHexDigits = "0123456789abcdef";
inline constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

}  // namespace spillguard::sim
