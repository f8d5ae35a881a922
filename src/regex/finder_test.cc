#include "regex/finder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace spillguard::regex {
namespace {

struct Found {
  std::vector<Span> spans;
  FindPlace place;
};

Found find_all(std::string_view pattern, const std::string& text, bool ignore_case = false) {
  const auto compiled = Pattern::compile(pattern, {.ignore_case = ignore_case, .attempts = true});
  SG_CHECK(compiled.has_value());
  const Finder finder(*compiled, nullptr, false);
  MatchScratch scratch;
  Found found;
  while (finder.next(text, 0, text.size(), found.place, scratch)) {
    found.spans.push_back(scratch.group(0));
  }
  return found;
}

// What every match holds is looked for in the whole text before a place gets more than a first
// look: no place is given up, and none costs anything.
TEST(Finder, WhatEveryMatchHoldsIsMissing) {
  std::string text;
  while (text.size() < 600'000) text += "key abcdefghijklmnopqrstuvw ";
  const Found found = find_all("key(.*)*x", text);
  EXPECT_TRUE(found.spans.empty());
  EXPECT_EQ(found.place.limit_at, FindPlace::npos);
  EXPECT_LT(found.place.work, text.size());
}

TEST(Finder, WhatEveryMatchHoldsStandsFarBehind) {
  const std::string run(5'000, 'a');
  const std::string text = "key" + run + "X key" + run;
  EXPECT_EQ(find_all("key[a-z]+x", text, true).spans,
            (std::vector<Span>{{.begin = 0, .end = 5'004}}));
  EXPECT_TRUE(find_all("key[a-z]+x", text).spans.empty());
  EXPECT_EQ(find_all("key[a-z]+X", text).spans.size(), 1U);
}

TEST(Finder, OnlyInALookBehind) {
  const std::string run(3'000, 'a');
  EXPECT_EQ(find_all("(?<=x)a+(?=b)", "x" + run + "b" + run).spans,
            (std::vector<Span>{{.begin = 1, .end = 3'001}}));
  EXPECT_EQ(find_all("a+(?<=xa{3000})$", "bx" + run).spans,
            (std::vector<Span>{{.begin = 2, .end = 3'002}}));
}

}  // namespace
}  // namespace spillguard::regex
