#include "regex/java/unicode_case.h"

#include <algorithm>

#include "regex/java/unicode_data.h"

namespace spillguard::regex::java {
namespace {

char32_t case_mapped(std::span<const CaseRun> runs, char32_t c) {
  for (const CaseRun& run : runs) {
    if (run.first > c) break;
    if (c <= run.last && (c - run.first) % run.step == 0) {
      return static_cast<char32_t>(static_cast<int32_t>(c) + run.delta);
    }
  }
  return c;
}

struct Cased {
  char32_t c;
  char32_t upper;
  char32_t fold;
};

// Every character that is not its own upper and lower case, or is one of another, sorted by fold.
std::vector<Cased> all_cased() {
  std::vector<char32_t> found;
  for (const auto& runs : {kToUpper, kToLower}) {
    for (const CaseRun& run : runs) {
      for (char32_t c = run.first; c <= run.last; c += run.step) {
        found.push_back(c);
        found.push_back(static_cast<char32_t>(static_cast<int32_t>(c) + run.delta));
      }
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::vector<Cased> out;
  out.reserve(found.size());
  for (const char32_t c : found) out.push_back({c, java_upper(c), java_fold(c)});
  std::stable_sort(out.begin(), out.end(),
                   [](const Cased& a, const Cased& b) { return a.fold < b.fold; });
  return out;
}

const std::vector<Cased>& cased() {
  static const std::vector<Cased> kAll = all_cased();
  return kAll;
}

}  // namespace

char32_t java_upper(char32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
  return case_mapped(kToUpper, c);
}

char32_t java_lower(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  return case_mapped(kToLower, c);
}

bool same_folded(char32_t a, char32_t b, Folding folding) {
  if (a == b || folding == Folding::kNone) return a == b;
  if (folding == Folding::kUnicode) return java_fold(a) == java_fold(b);
  return a < 0x80 && b < 0x80 && java_lower(a) == java_lower(b);
}

CodeRanges case_variants(char32_t c, bool in_string) {
  const char32_t upper = java_upper(c);
  const char32_t fold = java_lower(upper);
  if (upper == fold && !in_string) return {{c, c}};
  std::vector<CodeRange> out{{fold, fold}};
  auto at = std::lower_bound(cased().begin(), cased().end(), fold,
                             [](const Cased& one, char32_t key) { return one.fold < key; });
  for (; at != cased().end() && at->fold == fold; ++at) out.push_back({at->c, at->c});
  return CodeRanges(out);
}

CodeRanges case_variants(CodeRange range) {
  const auto in = [&](char32_t c) { return range.first <= c && c <= range.last; };
  std::vector<CodeRange> out{range};
  for (const Cased& one : cased()) {
    if (in(one.upper) || in(one.fold)) out.push_back({one.c, one.c});
  }
  return CodeRanges(out);
}

}  // namespace spillguard::regex::java
