#include "detect/filters.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/strings.h"

namespace spillguard::detect {
namespace {

TEST(Filters, WordsAreFoundInAnyCaseWhereverTheyStand) {
  std::mt19937 random(23);
  size_t found = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string text(random() % 80, 'a');
    for (char& c : text) c = "abABkK@`\xE1\x01"[random() % 10];
    std::string word(random() % 5, 'a');
    for (char& c : word) c = "abk`"[random() % 4];
    const bool holds = to_lower(text).find(word) != std::string::npos;
    if (text.empty()) continue;
    found += holds ? 1 : 0;
    EXPECT_EQ(contains_ignore_case(text, word), holds) << word << " in " << text;
  }
  EXPECT_GT(found, 500U);
  EXPECT_FALSE(contains_ignore_case("", "a"));
  EXPECT_TRUE(contains_ignore_case("here are sixteen bytes and the PassWord", "password"));
}

}  // namespace
}  // namespace spillguard::detect
