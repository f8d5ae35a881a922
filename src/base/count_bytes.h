// Counts bytes of a text, many at a time.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>

namespace spillguard {

// How many bytes of the text are `wanted`, a function of a char. Counters of a
// byte each, which are added up before they overflow, are what a compiler makes vectors of.
template <typename Wanted>
size_t count_bytes(std::string_view text, const Wanted& wanted) {
  constexpr size_t kLanes = 64;
  constexpr size_t kMostSteps = 255;
  size_t count = 0;
  const char* at = text.data();
  size_t steps = text.size() / kLanes;
  const char* const end = at + text.size();
  while (steps > 0) {
    const size_t now = std::min(steps, kMostSteps);
    std::array<uint8_t, kLanes> lanes{};
    uint8_t* const lane = lanes.data();
    for (size_t step = 0; step < now; ++step, at += kLanes) {
      for (size_t i = 0; i < kLanes; ++i) lane[i] += static_cast<uint8_t>(wanted(at[i]));
    }
    count = std::accumulate(lanes.begin(), lanes.end(), count);
    steps -= now;
  }
  for (; at != end; ++at) count += wanted(*at) ? 1 : 0;
  return count;
}

inline size_t count_byte(std::string_view text, char wanted) {
  return count_bytes(text, [wanted](char c) { return c == wanted; });
}

}  // namespace spillguard
