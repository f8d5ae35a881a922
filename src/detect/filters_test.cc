#include "detect/filters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
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

TEST(Filters, EntropyIsThatOfThePlainSum) {
  std::mt19937 random(29);
  for (int round = 0; round < 4000; ++round) {
    std::string text(1 + random() % 120, 'a');
    const unsigned kinds = 1 + static_cast<unsigned>(random() % 256);
    for (char& c : text) c = static_cast<char>(random() % kinds);
    const auto total = static_cast<double>(text.size());
    double sum = 0;
    for (int byte = 0; byte < 256; ++byte) {
      const auto count =
          static_cast<double>(std::count(text.begin(), text.end(), static_cast<char>(byte)));
      if (count > 0) sum += count * std::log2(count);
    }
    // To the last bit: findings hold it.
    EXPECT_EQ(shannon_entropy(text), std::max(0.0, std::log2(total) - sum / total)) << text;
  }
}

}  // namespace
}  // namespace spillguard::detect
