#include "regex/java/code_ranges.h"

#include <algorithm>

namespace spillguard::regex::java {
namespace {

constexpr char32_t kSurrogateFirst = 0xD800;
constexpr char32_t kSurrogateLast = 0xDFFF;

// The interval without its surrogates, as up to two intervals.
void append_scalar_values(std::vector<CodeRange>& out, CodeRange range) {
  if (range.first < kSurrogateFirst) {
    out.push_back({range.first, std::min<char32_t>(range.last, kSurrogateFirst - 1)});
  }
  if (range.last > kSurrogateLast) {
    out.push_back({std::max<char32_t>(range.first, kSurrogateLast + 1), range.last});
  }
}

}  // namespace

CodeRanges::CodeRanges(const std::vector<CodeRange>& ranges) {
  std::vector<CodeRange> parts;
  parts.reserve(ranges.size() + 1);
  for (const CodeRange& range : ranges) append_scalar_values(parts, range);
  std::sort(parts.begin(), parts.end(),
            [](const CodeRange& a, const CodeRange& b) { return a.first < b.first; });
  for (const CodeRange& range : parts) {
    if (!ranges_.empty() && range.first <= ranges_.back().last + 1) {
      ranges_.back().last = std::max(ranges_.back().last, range.last);
    } else {
      ranges_.push_back(range);
    }
  }
}

CodeRanges CodeRanges::united(const CodeRanges& other) const {
  std::vector<CodeRange> all = ranges_;
  all.insert(all.end(), other.ranges_.begin(), other.ranges_.end());
  return CodeRanges(all);
}

CodeRanges CodeRanges::intersected(const CodeRanges& other) const {
  CodeRanges out;
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
    const CodeRange common{std::max(a->first, b->first), std::min(a->last, b->last)};
    if (common.first <= common.last) out.ranges_.push_back(common);
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  return out;
}

CodeRanges CodeRanges::complement() const {
  std::vector<CodeRange> out;
  char32_t next = 0;
  for (const CodeRange& range : ranges_) {
    if (range.first > next) out.push_back({next, range.first - 1});
    next = range.last + 1;
  }
  if (next <= kMaxCodePoint) out.push_back({next, kMaxCodePoint});
  return CodeRanges(out);
}

bool CodeRanges::contains(char32_t code_point) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [&](const CodeRange& range) {
    return range.first <= code_point && code_point <= range.last;
  });
}

}  // namespace spillguard::regex::java
