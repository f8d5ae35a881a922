#include "base/padded_row.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace spillguard {
namespace {

bool is_zero(const char* begin, size_t bytes) {
  return std::all_of(begin, begin + bytes, [](char c) { return c == '\0'; });
}

TEST(PaddedRow, TextsStandWithZerosBehindEach) {
  PaddedRow row;
  std::vector<std::string> texts;
  for (size_t size = 0; size < 200; ++size) texts.emplace_back(size, 'x');
  for (int round = 0; round < 3; ++round) {
    row.clear();
    EXPECT_EQ(row.texts(), 0U);
    EXPECT_TRUE(row.whole().empty());
    for (const std::string& text : texts) {
      // What follows the text does not come along.
      const PaddedText longer(text + std::string(40, 'y'));
      row.add(longer.view().subview(0, text.size()));
    }
    ASSERT_EQ(row.texts(), texts.size());
    for (size_t i = 0; i < texts.size(); ++i) {
      EXPECT_EQ(row.text(i).text(), texts[i]);
      EXPECT_EQ(row.whole().text().substr(row.place(i).begin, row.place(i).size()), texts[i]);
      EXPECT_TRUE(is_zero(row.text(i).data() + texts[i].size(), PaddedRow::kGap));
      const size_t begin = i == 0 ? 0 : row.place(i - 1).end + PaddedRow::kGap;
      EXPECT_EQ(row.place(i).begin, begin);
    }
    std::reverse(texts.begin(), texts.end());
  }
}

TEST(PaddedRow, IsFullBeforeItsPaddingIsGone) {
  const PaddedText text(std::string(PaddedRow::kMostSmall, 'x'));
  PaddedRow row;
  while (row.has_room_for(text.view())) row.add(text.view());
  EXPECT_EQ(row.texts(), PaddedRow::kMost / (PaddedRow::kMostSmall + PaddedRow::kGap));
  const PaddedText nothing;
  while (row.has_room_for(nothing.view())) row.add(nothing.view());
  EXPECT_LE(row.whole().size(), PaddedRow::kMost);
  EXPECT_TRUE(
      is_zero(row.whole().data() + row.whole().size() - PaddedRow::kGap, PaddedText::kPadding));
}

}  // namespace
}  // namespace spillguard
