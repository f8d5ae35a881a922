// Source: the rules GB1 to GB13 of Unicode Standard Annex 29, with Java's kinds of characters.
#include "regex/java/graphemes.h"

#include <algorithm>
#include <iterator>

#include "regex/java/unicode_data.h"
#include "regex/java/utf8.h"

namespace spillguard::regex::java {
namespace {

// Values of kGraphemes that have rules of their own.
constexpr uint32_t kJoiner = 5;
constexpr uint32_t kRegional = 6;
constexpr uint32_t kPictograph = 14;

uint32_t grapheme_kind(char32_t c) {
  const auto behind =
      std::upper_bound(kGraphemes.begin(), kGraphemes.end(), c,
                       [](char32_t at, const UnicodeRun& run) { return at < run.first; });
  return std::prev(behind)->value;
}

}  // namespace

size_t grapheme_end(std::string_view text, size_t at) {
  Utf8Step step = utf8_at(text, at);
  uint32_t last = grapheme_kind(step.c);
  const bool pictograph = last == kPictograph;  // Java asks this of the first character only
  size_t flags = last == kRegional ? 1 : 0;     // regional indicators so far: two are one flag
  size_t end = step.end;
  while (end < text.size()) {
    step = utf8_at(text, end);
    const uint32_t kind = grapheme_kind(step.c);
    const bool joined = (pictograph && last == kJoiner && kind == kPictograph) ||
                        (flags % 2 == 1 && last == kRegional && kind == kRegional);
    if (!joined && (kGraphemeBreaks[last] >> kind & 1U) != 0) break;
    if (kind == kRegional) ++flags;
    last = kind;
    end = step.end;
  }
  return end;
}

}  // namespace spillguard::regex::java
