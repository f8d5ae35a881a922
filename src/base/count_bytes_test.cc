#include "base/count_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace spillguard {
namespace {

TEST(CountBytes, OfAnySizeAndPlace) {
  std::string text;
  for (size_t i = 0; i < 40'000; ++i) text += i * 7919 % 11 < 3 ? '\n' : '\xE9';
  for (const size_t begin : {0U, 1U, 63U, 64U}) {
    for (const size_t size : {0U, 1U, 63U, 64U, 65U, 255U * 64U, 256U * 64U + 5U, 30'000U}) {
      const std::string part = text.substr(begin, size);
      EXPECT_EQ(count_byte(part, '\n'),
                static_cast<size_t>(std::count(part.begin(), part.end(), '\n')))
          << begin << " " << size;
    }
  }
}

TEST(CountBytes, CountersDoNotOverflow) {
  const std::string text(size_t{64} * 1000 + 17, 'x');
  EXPECT_EQ(count_byte(text, 'x'), text.size());
  EXPECT_EQ(count_bytes(text, [](char c) { return c != 'x'; }), 0U);
}

}  // namespace
}  // namespace spillguard
