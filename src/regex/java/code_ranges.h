// Sets of Unicode code points as sorted, disjoint intervals. Surrogates are never members: they do
// not occur in valid UTF-8.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

namespace spillguard::regex::java {

inline constexpr char32_t kMaxCodePoint = 0x10FFFF;

struct CodeRange {
  char32_t first = 0;
  char32_t last = 0;  // inclusive
};

// A value; all operations return new sets.
class CodeRanges {
 public:
  CodeRanges() = default;
  CodeRanges(std::initializer_list<CodeRange> ranges) : CodeRanges(std::vector(ranges)) {}
  // In any order, overlapping or not; first <= last in each.
  explicit CodeRanges(const std::vector<CodeRange>& ranges);

  [[nodiscard]] CodeRanges united(const CodeRanges& other) const;
  [[nodiscard]] CodeRanges intersected(const CodeRanges& other) const;
  [[nodiscard]] CodeRanges complement() const;
  [[nodiscard]] bool contains(char32_t code_point) const;
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] const std::vector<CodeRange>& ranges() const { return ranges_; }

 private:
  std::vector<CodeRange> ranges_;
};

}  // namespace spillguard::regex::java
