#include "cli/pragma.h"

#include <algorithm>

#include "base/strings.h"

namespace spillguard::cli {
namespace pragmas {
namespace {

enum class Kind { kNone, kThisLine, kNextLine };

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Takes a word, and the blanks before it, off the text's front.
bool take_word(std::string_view& text, std::string_view word) {
  std::string_view rest = text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
  if (!starts_with_ignore_case(rest, word) ||
      (rest.size() > word.size() && is_word(rest[word.size()]))) {
    return false;
  }
  text = rest.substr(word.size());
  return true;
}

// What stands behind "pragma:".
Kind kind_of(std::string_view text) {
  if (!take_word(text, "allowlist")) {
    return Kind::kNone;
  }
  const bool next = take_word(text, "nextline");
  if (!take_word(text, "secret")) {
    return Kind::kNone;
  }
  return next ? Kind::kNextLine : Kind::kThisLine;
}

}  // namespace
}  // namespace pragmas

AllowedLines::AllowedLines(std::string_view text) {
  constexpr std::string_view kWord = "pragma";
  uint64_t line = 1;
  size_t counted = 0;  // line ends before here are in `line`
  for (size_t colon = text.find(':'); colon != std::string_view::npos;
       colon = text.find(':', colon + 1)) {
    if (colon < kWord.size()) {
      continue;
    }
    const size_t begin = colon - kWord.size();
    if (!equals_ignore_case(text.substr(begin, kWord.size()), kWord) ||
        (begin > 0 && pragmas::is_word(text[begin - 1]))) {
      continue;
    }
    const auto kind = pragmas::kind_of(text.substr(colon + 1, 80));
    if (kind != pragmas::Kind::kNone) {
      const auto at = text.begin() + static_cast<std::ptrdiff_t>(colon);
      line += static_cast<uint64_t>(
          std::count(text.begin() + static_cast<std::ptrdiff_t>(counted), at, '\n'));
      counted = colon;
      marks_.push_back(
          {.line = kind == pragmas::Kind::kNextLine ? line + 1 : line, .offset = colon});
    }
  }
  std::sort(marks_.begin(), marks_.end());
}

bool AllowedLines::allow(uint64_t first_line, uint64_t last_line, Span secret) const {
  return has(first_line, secret.begin) || (last_line != first_line && has(last_line, secret.end));
}

bool AllowedLines::has(uint64_t line, size_t offset) const {
  const Mark least{.line = line, .offset = offset - std::min(offset, kReach)};
  const auto mark = std::lower_bound(marks_.begin(), marks_.end(), least);
  return mark != marks_.end() && mark->line == line && mark->offset <= offset + kReach;
}

}  // namespace spillguard::cli
