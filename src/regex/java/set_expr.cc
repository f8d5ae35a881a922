#include "regex/java/set_expr.h"

#include <fmt/format.h>

#include <utility>

#include "regex/java/unicode_case.h"

namespace spillguard::regex::java {
namespace {

constexpr bool is_ascii_upper(char32_t c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_ascii_lower(char32_t c) { return c >= 'a' && c <= 'z'; }
constexpr char32_t ascii_lower(char32_t c) { return is_ascii_upper(c) ? c + 32 : c; }
constexpr char32_t ascii_upper(char32_t c) { return is_ascii_lower(c) ? c - 32 : c; }

// The ASCII letters whose other case is in the range.
void append_ascii_folds(std::vector<CodeRange>& out, CodeRange range) {
  const auto in = [&](char32_t c) { return range.first <= c && c <= range.last; };
  for (char32_t c = 'A'; c <= 'z'; ++c) {
    if (!is_ascii_upper(c) && !is_ascii_lower(c)) continue;
    if (in(ascii_lower(c)) || in(ascii_upper(c))) out.push_back({c, c});
  }
}

SetExpr combine(SetExpr::Kind kind, SetExpr a, SetExpr b) {
  SetExpr out;
  out.kind = kind;
  if (a.kind == kind && !a.negated) {
    out = std::move(a);
  } else {
    out.children.push_back(std::move(a));
  }
  const bool mergeable = kind == SetExpr::Kind::kUnion && b.kind == SetExpr::Kind::kRanges;
  if (mergeable) {
    for (SetExpr& child : out.children) {
      if (child.kind != SetExpr::Kind::kRanges) continue;
      child.ranges = child.ranges.united(b.ranges);
      return out;
    }
  }
  out.children.push_back(std::move(b));
  return out;
}

std::string one_character(char32_t c) {
  const bool word = (c >= '0' && c <= '9') || is_ascii_upper(c) || is_ascii_lower(c) || c == '_';
  if (word) return std::string(1, static_cast<char>(c));
  if (c > ' ' && c < 0x7F) return fmt::format("\\{}", static_cast<char>(c));
  return fmt::format("\\x{{{:x}}}", static_cast<uint32_t>(c));
}

std::string class_body(const CodeRanges& ranges) {
  std::string out;
  for (const CodeRange& range : ranges.ranges()) {
    out += one_character(range.first);
    if (range.last == range.first) continue;
    if (range.last > range.first + 1) out += '-';
    out += one_character(range.last);
  }
  return out;
}

std::string ranges_to_pcre2(const CodeRanges& ranges, bool& beyond_ascii) {
  if (ranges.empty()) return "(?!)";
  const auto& list = ranges.ranges();
  if (list.back().last > 0x7F) beyond_ascii = true;
  if (list.size() == 1 && list[0].first == list[0].last) return one_character(list[0].first);
  if (list.back().last != kMaxCodePoint) return "[" + class_body(ranges) + "]";
  const CodeRanges rest = ranges.complement();
  return rest.empty() ? "(?s:.)" : "[^" + class_body(rest) + "]";
}

// One item inside [ ], or nothing when it does not fit there.
bool append_class_item(std::string& out, const SetExpr& set) {
  if (set.kind == SetExpr::Kind::kRanges) {
    out += class_body(set.ranges);
    return true;
  }
  if (set.kind != SetExpr::Kind::kProperty) return false;
  out += fmt::format("\\{}{{{}}}", set.negated ? 'P' : 'p', set.property);
  return true;
}

std::string positive_to_pcre2(const SetExpr& set, bool& beyond_ascii);

std::string union_to_pcre2(const SetExpr& set, bool negated, bool& beyond_ascii) {
  std::string items;
  std::string others;
  for (const SetExpr& child : set.children) {
    if (append_class_item(items, child)) continue;
    others += '|';
    others += set_to_pcre2(child, beyond_ascii);
  }
  beyond_ascii = true;
  if (others.empty()) return fmt::format("[{}{}]", negated ? "^" : "", items);
  const std::string any = items.empty() ? others.substr(1) : fmt::format("[{}]{}", items, others);
  return negated ? fmt::format("(?:(?!{})(?s:.))", any) : fmt::format("(?:{})", any);
}

std::string positive_to_pcre2(const SetExpr& set, bool& beyond_ascii) {
  beyond_ascii = true;
  switch (set.kind) {
    case SetExpr::Kind::kRanges:
      return ranges_to_pcre2(set.ranges, beyond_ascii);
    case SetExpr::Kind::kProperty:
      return fmt::format("\\p{{{}}}", set.property);
    case SetExpr::Kind::kUnion:
      return union_to_pcre2(set, false, beyond_ascii);
    case SetExpr::Kind::kIntersect:
      break;
  }
  std::string out = "(?:";
  for (size_t i = 0; i < set.children.size(); ++i) {
    const std::string child = set_to_pcre2(set.children[i], beyond_ascii);
    out += i + 1 < set.children.size() ? fmt::format("(?={})", child) : child;
  }
  return out + ")";
}

}  // namespace

SetExpr SetExpr::of(CodeRanges ranges) {
  SetExpr out;
  out.ranges = std::move(ranges);
  return out;
}

SetExpr SetExpr::of_property(std::string name) {
  SetExpr out;
  out.kind = Kind::kProperty;
  out.property = std::move(name);
  return out;
}

SetExpr set_union(SetExpr a, SetExpr b) {
  if (a.kind == SetExpr::Kind::kRanges && b.kind == SetExpr::Kind::kRanges) {
    return SetExpr::of(a.ranges.united(b.ranges));
  }
  return combine(SetExpr::Kind::kUnion, std::move(a), std::move(b));
}

SetExpr set_intersection(SetExpr a, SetExpr b) {
  if (a.kind == SetExpr::Kind::kRanges && b.kind == SetExpr::Kind::kRanges) {
    return SetExpr::of(a.ranges.intersected(b.ranges));
  }
  return combine(SetExpr::Kind::kIntersect, std::move(a), std::move(b));
}

SetExpr set_complement(SetExpr a) {
  if (a.kind == SetExpr::Kind::kRanges) return SetExpr::of(a.ranges.complement());
  a.negated = !a.negated;
  return a;
}

SetExpr folded_character(char32_t c, Folding folding, bool in_string) {
  if (folding == Folding::kUnicode) return SetExpr::of(case_variants(c, in_string));
  std::vector<CodeRange> out{{c, c}};
  if (folding == Folding::kAscii) append_ascii_folds(out, {c, c});
  return SetExpr::of(CodeRanges(out));
}

SetExpr folded_range(CodeRange range, Folding folding) {
  if (folding == Folding::kUnicode) return SetExpr::of(case_variants(range));
  std::vector<CodeRange> out{range};
  if (folding == Folding::kAscii) append_ascii_folds(out, range);
  return SetExpr::of(CodeRanges(out));
}

std::string set_to_pcre2(const SetExpr& set, bool& beyond_ascii) {
  if (!set.negated)
    return set.kind == SetExpr::Kind::kRanges ? ranges_to_pcre2(set.ranges, beyond_ascii)
                                              : positive_to_pcre2(set, beyond_ascii);
  beyond_ascii = true;
  if (set.kind == SetExpr::Kind::kProperty) return fmt::format("\\P{{{}}}", set.property);
  if (set.kind == SetExpr::Kind::kUnion) return union_to_pcre2(set, true, beyond_ascii);
  return fmt::format("(?:(?!{})(?s:.))", positive_to_pcre2(set, beyond_ascii));
}

}  // namespace spillguard::regex::java
