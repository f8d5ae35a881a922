#include "regex/java/pattern_error.h"

#include <fmt/format.h>

#include <algorithm>

namespace spillguard::regex::java {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

tl::unexpected<Error> pattern_error(Code code, std::string_view pattern, size_t byte,
                                    std::string_view what) {
  constexpr size_t kAround = 50;  // characters shown on each side
  byte = std::min(byte, pattern.size());
  size_t begin = byte;
  for (size_t shown = 0; begin > 0 && shown < kAround;) {
    --begin;
    if (!is_continuation(pattern[begin])) ++shown;
  }
  size_t end = byte;
  for (size_t shown = 0; end < pattern.size(); ++end) {
    if (!is_continuation(pattern[end]) && shown++ == kAround) break;
  }
  std::string line(pattern.substr(begin, end - begin));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c >= 0 && (c < ' ' || c == 0x7F); }, ' ');
  const auto characters = [&](size_t from) {
    return std::count_if(pattern.begin() + static_cast<ptrdiff_t>(from),
                         pattern.begin() + static_cast<ptrdiff_t>(byte),
                         [](char c) { return !is_continuation(c); });
  };
  return fail(code, fmt::format("Java pattern, character {}: {}\n  {}\n  {:>{}}", characters(0) + 1,
                                what, line, "^", characters(begin) + 1));
}

}  // namespace spillguard::regex::java
