#include "regex/java/pattern_error.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "regex/java/java_pattern.h"

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

namespace spillguard::regex {

std::optional<PatternPlace> java_error_place(const Error& error, std::string_view pattern) {
  constexpr std::string_view kHead = "Java pattern, character ";
  const std::string_view message = error.message;
  const size_t head = message.find(kHead);
  if (head == std::string_view::npos) return std::nullopt;
  const size_t number = head + kHead.size();
  const size_t colon = message.find(": ", number);
  const size_t end = message.find('\n', number);
  if (colon == std::string_view::npos || end == std::string_view::npos || end < colon) {
    return std::nullopt;
  }
  const auto character = parse_int(message.substr(number, colon - number));
  if (!character || *character < 1) return std::nullopt;
  PatternPlace out;
  out.character = static_cast<size_t>(*character) - 1;
  out.reason = std::string(message.substr(colon + 2, end - colon - 2));
  size_t passed = 0;
  while (out.byte < pattern.size()) {
    if (!java::is_continuation(pattern[out.byte]) && passed++ == out.character) break;
    ++out.byte;
  }
  return out;
}

}  // namespace spillguard::regex
