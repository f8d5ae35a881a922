#include "cli/source_text.h"

#include <gtest/gtest.h>

#include <string>

#include "cli/context.h"

namespace spillguard::cli {
namespace {

using namespace std::string_literals;

TEST(ToText, DecodesMarksAndRefusesBinaries) {
  EXPECT_EQ(to_text("abc"), "abc");
  EXPECT_EQ(to_text("\xEF\xBB\xBF"
                    "abc"),
            "abc");
  EXPECT_EQ(to_text("\xFF\xFE"
                    "a\0\xE9\0"s),
            "a\xC3\xA9");
  EXPECT_EQ(to_text("\xFE\xFF"
                    "\0a\xD8\x3D\xDE\x00"s),
            "a\xF0\x9F\x98\x80");
  EXPECT_EQ(to_text("\xFF\xFE"
                    "a\0b"s),
            "a");
  EXPECT_FALSE(to_text("ab\0cd"s).has_value());
  EXPECT_TRUE(to_text(std::string(9000, 'x') + "\0"s).has_value());
  EXPECT_EQ(to_text(""), "");
}

TEST(Places, CountsLinesAndCharacters) {
  const std::string text = "ab\n\xC3\xA9x\n\nlast";
  Places places(text);
  const auto check = [&](size_t offset, uint64_t line, uint64_t column) {
    const Place place = places.at(offset);
    EXPECT_EQ(place.line, line) << offset;
    EXPECT_EQ(place.column, column) << offset;
  };
  check(0, 1, 1);
  check(1, 1, 2);
  check(3, 2, 1);
  check(5, 2, 2);
  check(8, 4, 1);
  check(11, 4, 4);
  check(1, 1, 2);  // backwards
  check(99, 4, 5);
}

TEST(Context, MasksAllSecretsOfTheLineAndObeysNoTerminal) {
  const std::string text = "first\nkey=SECRET1 other=SECRET2\x1b[0m end\nnext";
  std::vector<detect::Match> matches(2);
  matches[0].secret = {10, 17};
  matches[1].secret = {24, 31};
  ASSERT_EQ(text.substr(24, 7), "SECRET2");
  const MaskedLines lines(text, matches);
  EXPECT_EQ(lines.before(matches[0].secret), "key=");
  EXPECT_EQ(lines.after(matches[0].secret), " other=***?[0m end");
  EXPECT_EQ(lines.before(matches[1].secret), "key=*** other=");
}

TEST(Context, LongLinesAreCutAtCharacters) {
  std::string text;
  for (int i = 0; i < 100; ++i) {
    text += "\xC3\xA9";
  }
  text += "S" + text;
  const Span secret{200, 201};
  const MaskedLines lines(text, {});
  const std::string before = lines.before(secret);
  const std::string after = lines.after(secret);
  EXPECT_TRUE(before.starts_with("…\xC3\xA9"));
  EXPECT_TRUE(after.ends_with("\xC3\xA9…"));
  EXPECT_EQ(before.find("\xEF\xBF\xBD"), std::string::npos);
  EXPECT_EQ(after.find("\xEF\xBF\xBD"), std::string::npos);
}

}  // namespace
}  // namespace spillguard::cli
