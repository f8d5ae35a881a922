// What tests of the reader share: the values that it gives for a text.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "detect/generic/keywords.h"
#include "detect/generic/reader.h"

namespace spillguard::detect::generic {

inline std::vector<Candidate> candidates_of(std::string_view text) {
  std::vector<Candidate> found;
  const std::string folded = to_lower(text);
  for (const Anchor& anchor : anchors()) {
    for (size_t p = folded.find(anchor.text); p != std::string::npos;
         p = folded.find(anchor.text, p + 1)) {
      read_hit(text, {p, p + anchor.text.size()}, anchor.tool, found);
    }
  }
  std::sort(found.begin(), found.end(),
            [](const Candidate& a, const Candidate& b) { return a.value < b.value; });
  found.erase(
      std::unique(found.begin(), found.end(),
                  [](const Candidate& a, const Candidate& b) { return a.value == b.value; }),
      found.end());
  return found;
}

inline std::vector<std::string> values_of(std::string_view text) {
  std::vector<std::string> values;
  for (const Candidate& candidate : candidates_of(text)) {
    values.emplace_back(text.substr(candidate.value.begin, candidate.value.size()));
  }
  return values;
}

struct ReaderCase {
  std::string_view text;
  std::vector<std::string> values;
};

inline void expect_all(const std::vector<ReaderCase>& cases) {
  for (const ReaderCase& one : cases) EXPECT_EQ(values_of(one.text), one.values) << one.text;
}

}  // namespace spillguard::detect::generic
