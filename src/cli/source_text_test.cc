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

TEST(TextStream, GivesTheSameForAnyPieces) {
  const std::string utf16 =
      "\xFF\xFE"
      "a\0\xE9\0\x3D\xD8\x00\xDE\x3D\xD8z\0\x3D\xD8"s;
  std::string swapped;
  for (size_t i = 0; i + 1 < utf16.size(); i += 2) {
    swapped += {utf16[i + 1], utf16[i]};
  }
  for (const std::string& bytes : {utf16, swapped, utf16 + "x", "\xEF\xBB\xBF plain \xC3\xA9"s}) {
    for (size_t piece = 1; piece < 6; ++piece) {
      TextStream stream;
      std::string text;
      ASSERT_TRUE(stream.begin(bytes.substr(0, 3), text));
      for (size_t i = 3; i < bytes.size(); i += piece) {
        stream.add(std::string_view(bytes).substr(i, piece), text);
      }
      stream.finish(text);
      EXPECT_EQ(text, to_text(bytes)) << piece;
    }
  }
}

// The truth: every byte counted from the text's begin.
Place counted(std::string_view text, size_t offset) {
  Place place;
  for (size_t i = 0; i < std::min(offset, text.size()); ++i) {
    const bool inside =
        i + 1 < text.size() && (static_cast<unsigned char>(text[i + 1]) & 0xC0) == 0x80;
    if (text[i] == '\n') {
      ++place.line;
      place.column = 1;
    } else if (!inside) {
      ++place.column;
    }
  }
  return place;
}

TEST(Places, OfPartsAreThoseOfTheWhole) {
  std::string text;
  for (int i = 0; text.size() < 20'000; ++i) {
    text += i % 7 == 0 ? "\n" : i % 500 == 1 ? std::string(3000, 'x') : "\xC3\xA9z";
  }
  for (const size_t cut : {size_t{0}, size_t{1}, size_t{4095}, size_t{4098}, size_t{9001}}) {
    size_t begin = cut;
    while ((static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) {
      ++begin;
    }
    Places places(std::string_view(text).substr(begin), counted(text, begin));
    for (size_t offset = begin; offset < text.size(); offset += 97) {
      for (const size_t back : {size_t{0}, size_t{60}}) {  // not always ascending
        const size_t at = std::max(begin, offset - std::min(offset, back));
        const Place place = places.at(at - begin);
        const Place expected = counted(text, at);
        ASSERT_EQ(place.line, expected.line) << cut << " " << at;
        ASSERT_EQ(place.column, expected.column) << cut << " " << at;
      }
    }
  }
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

TEST(SourceText, ZeroBytesShowUtf16WithoutAMark) {
  const std::u16string text = u"password = \u00FC and some\r\nmore \u2026";
  std::string little;
  std::string big;
  for (const char16_t c : text) {
    little += {static_cast<char>(c & 0xFFU), static_cast<char>(c >> 8U)};
    big += {static_cast<char>(c >> 8U), static_cast<char>(c & 0xFFU)};
  }
  const std::string expected = "password = \xC3\xBC and some\r\nmore \xE2\x80\xA6";
  EXPECT_EQ(to_text(little), expected);
  EXPECT_EQ(to_text(big), expected);
  EXPECT_EQ(to_text(little + '\0'), std::nullopt);                  // no whole units
  EXPECT_EQ(to_text(little + std::string(2, '\0')), std::nullopt);  // an empty unit
  EXPECT_EQ(to_text(std::string("a\0b\0", 4)), std::nullopt);       // too little to tell
  EXPECT_EQ(to_text(std::string("\x7F"
                                "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0",
                                18)),
            std::nullopt);
}

}  // namespace
}  // namespace spillguard::cli
