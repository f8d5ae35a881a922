#include "detect/generic/bytes.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "detect/generic/byte_set.h"

namespace spillguard::detect::generic {
namespace {

// Byte by byte, what the functions do in strides.
size_t slow_end(std::string_view text, size_t from, size_t end, std::string_view ends) {
  while (from < end && ends.find(text[from]) == std::string_view::npos) ++from;
  return from;
}
size_t slow_begin(std::string_view text, size_t begin, size_t from, std::string_view ends) {
  while (from > begin && ends.find(text[from - 1]) == std::string_view::npos) --from;
  return from;
}

TEST(GenericBytes, LinesAndCellsEndWhereTheyDo) {
  using std::string_view_literals::operator""sv;
  constexpr std::string_view kLineEnds = "\n\r\0"sv;
  constexpr std::string_view kCellEnds = "\n\r\0\t|"sv;
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    std::string text(random() % 120, 'a');
    for (char& c : text) {
      if (random() % 12 == 0) c = "\n\r\0\t|<>"[random() % 7];
      if (random() % 12 == 0) c = static_cast<char>(random() % 256);
    }
    for (int i = 0; i < 20; ++i) {
      const size_t to = text.empty() ? 0 : random() % (text.size() + 1);
      const size_t from = to == 0 ? 0 : random() % (to + 1);
      EXPECT_EQ(find_line_end(text, from, to), slow_end(text, from, to, kLineEnds)) << text;
      EXPECT_EQ(find_cell_end(text, from, to), slow_end(text, from, to, kCellEnds)) << text;
      EXPECT_EQ(find_line_begin(text, from, to), slow_begin(text, from, to, kLineEnds)) << text;
      EXPECT_EQ(find_cell_begin(text, from, to), slow_begin(text, from, to, kCellEnds)) << text;
      EXPECT_EQ(find_tag_begin(text, from, to), slow_begin(text, from, to, "<>\n")) << text;
    }
  }
}

// Words, and what breaks prose.
TEST(GenericBytes, WordsAndBreaksAreWhereTheKindsSay) {
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    std::string text(random() % 120, 'a');
    for (char& c : text) {
      if (random() % 3 == 0) c = "azAZ09_@[`{/:-. =|"[random() % 18];
      if (random() % 9 == 0) c = static_cast<char>(random() % 256);
    }
    for (int i = 0; i < 20; ++i) {
      const size_t to = text.empty() ? 0 : random() % (text.size() + 1);
      const size_t from = to == 0 ? 0 : random() % (to + 1);
      size_t end = from;
      while (end < to && is_kind(text[end], kWordKind)) ++end;
      EXPECT_EQ(find_word_end(text, from, to), end) << text;
      size_t begin = to;
      while (begin > from && is_kind(text[begin - 1], kWordKind)) --begin;
      EXPECT_EQ(find_word_begin(text, from, to), begin) << text;
      const uint64_t breaks = find_breaks(text, from);
      const uint64_t dashes = find_byte(text, from, '-');
      for (size_t bit = 0; bit < 64; ++bit) {
        EXPECT_EQ((dashes >> bit & 1U) != 0, at(text, from + bit) == '-') << text;
        EXPECT_EQ((breaks >> bit & 1U) != 0, is_kind(at(text, from + bit), kBreakKind)) << text;
      }
    }
  }
}

TEST(GenericBytes, SetsHoldTheirBytes) {
  constexpr ByteSet kSet(".\xE2?");
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    EXPECT_EQ(kSet.holds(c), c == '.' || c == '?' || c == '\xE2') << i;
  }
  EXPECT_EQ(kSet.find_first("a.b?c"), 1U);
  EXPECT_EQ(kSet.find_last("a.b?c"), 3U);
  EXPECT_EQ(kSet.find_first("abc"), std::string_view::npos);
  EXPECT_EQ(kSet.find_last(""), std::string_view::npos);
}

}  // namespace
}  // namespace spillguard::detect::generic
