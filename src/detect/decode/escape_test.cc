#include "detect/decode/escape.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "detect/decode/escaped_run.h"

namespace spillguard::detect::decode {
namespace {

// All escapes of a kind in a text decoded; empty when there is none that matters.
std::string decoded(Encoding encoding, char lead, const std::string& text) {
  Level level;
  const Span bounds{.begin = 0, .end = text.size()};
  for (size_t at = text.find(lead); at != std::string::npos; at = text.find(lead, at + 1)) {
    if (decode_escaped(text, at, 0, bounds, encoding, level) == 0) continue;
    const Span span = level.sections()[0].text;
    return level.text().substr(span.begin, span.size());
  }
  return {};
}

std::string percent(const std::string& text) { return decoded(Encoding::kPercent, '%', text); }
std::string backslash(const std::string& text) { return decoded(Encoding::kBackslash, '\\', text); }
std::string entity(const std::string& text) { return decoded(Encoding::kEntity, '&', text); }
std::string quoted(const std::string& text) {
  return decoded(Encoding::kQuotedPrintable, '=', text);
}

TEST(Percent, DecodesWhatIsPrinted) {
  EXPECT_EQ(percent("key=a%2Bb%2fc%3D"), "key=a+b/c=");
  EXPECT_EQ(percent("%75%73%65%72%3A%70%77"), "user:pw");
  EXPECT_EQ(percent("a%3Db%C3%BCc"),
            "a=b\xC3\xBC"
            "c");
  EXPECT_EQ(percent("a%3Db%00c%FFd%C3e%zz%4"), "a=b%00c%FFd%C3e%zz%4");
  EXPECT_EQ(percent("%u0041%u00fcb"),
            "A\xC3\xBC"
            "b");
}

TEST(Percent, LettersOfOtherScriptsAloneHideNothing) {
  EXPECT_EQ(percent("https://de.example.org/wiki/M%C3%BCnchen"), "");
  EXPECT_EQ(percent("100%"), "");
  EXPECT_EQ(percent("%%%"), "");
}

TEST(Backslash, EscapesOfManyLanguages) {
  EXPECT_EQ(backslash(R"({\"key\":\"a\/b\"})"), R"({"key":"a/b"})");
  EXPECT_EQ(backslash(R"(a\u003db\u0026c)"), "a=b&c");
  EXPECT_EQ(backslash(R"(\uuu0041\u{42}\U00000043)"), "ABC");
  EXPECT_EQ(backslash(R"(\x41\x62\x63)"), "Abc");
  EXPECT_EQ(backslash(R"(\101\142)"), "Ab");
  EXPECT_EQ(backslash(R"(a\nb\tc\\d)"), "a\nb\tc\\d");
  EXPECT_EQ(backslash(R"(=\xC3\xBC=\u00fc=\ud83d\ude00)"), "");  // nothing of ASCII
  EXPECT_EQ(backslash(R"(x\"\xC3\xBC\u00fc\ud83d\ude00)"), "x\"\xC3\xBC\xC3\xBC\xF0\x9F\x98\x80");
}

TEST(Backslash, BrokenOnesStay) {
  EXPECT_EQ(backslash(R"(x\"\u12 \uZZZZ \u{} \u{110000} \xZ \ud800 \x00 \q)"),
            R"(x"\u12 \uZZZZ \u{} \u{110000} \xZ \ud800 \x00 \q)");
  EXPECT_EQ(backslash("x\\\"\\"), "x\"\\");
  EXPECT_EQ(backslash("\\"), "");
}

TEST(Entity, NamesAndNumbers) {
  EXPECT_EQ(entity("a&quot;b&amp;c&lt;d&gt;e&apos;f"), "a\"b&c<d>e'f");
  EXPECT_EQ(entity("&#65;&#x42;&#X63;&#0067;"), "ABcC");
  EXPECT_EQ(entity("a&equals;b&nbsp;c&#160;d"), "a=b c d");
  EXPECT_EQ(entity("&quot;&unknown; &amp &#; &#x; &#xZ; &#1; &#99999999999;"),
            "\"&unknown; &amp &#; &#x; &#xZ; &#1; &#99999999999;");
  EXPECT_EQ(entity("a=1&b=2&c;"), "");
}

TEST(QuotedPrintable, EscapesAndLinesThatGoOn) {
  EXPECT_EQ(quoted("key=3Dab=C3=BCc"),
            "key=ab\xC3\xBC"
            "c");
  const std::string line(70, 'k');
  EXPECT_EQ(quoted(line + "=\nabc\nrest"), line + "abc");
  EXPECT_EQ(quoted(line + "=\r\nabc\r\nrest"), line + "abc");
}

TEST(EscapedRun, TakesTheNamesInFrontAndEndsAtBlanks) {
  EXPECT_EQ(percent("one two\nkey: the value a%2Bb " + std::string(80, 'x') + " y"),
            "key: the value a+b " + std::string(80, 'x'));
  const std::string far(100, 'w');
  EXPECT_EQ(percent(far + " key a%2Bb"), far + " key a+b");
}

TEST(EscapedRun, FurtherEscapesMakeItLonger) {
  std::string text;
  std::string expected;
  for (int i = 0; i < 50; ++i) {
    text += R"(\"some words here\" )";
    expected += R"("some words here" )";
  }
  EXPECT_EQ(backslash(text), expected);
}

TEST(EscapedRun, LongWordsAreCutAndSayIt) {
  const std::string word(2000, 'w');
  const std::string text = word + "%2B" + word;
  Level level;
  const size_t end = decode_escaped(text, word.size(), 0, {.begin = 0, .end = text.size()},
                                    Encoding::kPercent, level);
  ASSERT_NE(end, 0U);
  EXPECT_LT(end, text.size());
  const Section& section = level.sections()[0];
  EXPECT_TRUE(section.cut_begin);
  EXPECT_TRUE(section.cut_end);
  EXPECT_GT(section.source.begin, 0U);
}

TEST(EscapedRun, SpansOfEscapesAreWhole) {
  const std::string text = "ab%41cd%C3%BCe%42";
  Level level;
  ASSERT_NE(decode_escaped(text, 2, 0, {.begin = 0, .end = text.size()}, Encoding::kPercent, level),
            0U);
  const Section& section = level.sections()[0];
  ASSERT_EQ(level.text().substr(0, section.text.size()),
            "abAcd\xC3\xBC"
            "eB");
  const auto source = [&](size_t begin, size_t end) {
    return level.to_source(section, {.begin = begin, .end = end});
  };
  EXPECT_EQ(source(0, 2), (Span{0, 2}));
  EXPECT_EQ(source(2, 3), (Span{2, 5}));
  EXPECT_EQ(source(1, 4), (Span{1, 6}));
  EXPECT_EQ(source(5, 7), (Span{7, 13}));
  EXPECT_EQ(source(0, 9), (Span{0, 17}));
  EXPECT_FALSE(level.changed({.begin = 0, .end = 2}));
  EXPECT_TRUE(level.changed({.begin = 0, .end = 3}));
  EXPECT_FALSE(level.changed({.begin = 3, .end = 5}));
}

// Where a section of one escape begins and ends, a byte after the other.
Span plain_bounds(const std::string& text, size_t begin, size_t end) {
  const auto is_in = [](const char* set, size_t size, char c) {
    return std::string_view(set, size).find(c) != std::string_view::npos;
  };
  const auto ends_line = [&](size_t at) { return is_in("\n\r\0", 3, text[at]); };
  const auto ends_word = [&](size_t at) { return is_in("\n\r\0 \t", 5, text[at]); };
  const size_t first = begin;
  while (begin > 0 && first - begin < 64 && !ends_line(begin - 1)) --begin;
  if (begin > 0 && first - begin == 64) {
    while (begin > 0 && first - begin < 64 + 512 && !ends_word(begin - 1)) --begin;
  }
  const size_t last = end;
  while (end < text.size() && end - last < 48 && !ends_line(end)) ++end;
  if (end - last == 48) {
    while (end < text.size() && end - last < 48 + 512 && !ends_word(end)) ++end;
  }
  return {.begin = begin, .end = end};
}

TEST(Sections, ReachToTheEndsOfLinesOrWords) {
  std::mt19937 random(3);
  const std::string ends("\n\r\0 \t", 5);
  for (int round = 0; round < 4000; ++round) {
    std::string text(random() % (round % 8 == 0 ? 1500 : 200), 'x');
    const unsigned every = 1U << (random() % 10);
    for (char& c : text) {
      if (random() % every == 0) c = ends[random() % ends.size()];
      if (random() % 64 == 0) c = "\x01\x1F\x80"[random() % 3];
    }
    const size_t at = random() % (text.size() + 1);
    text.insert(at, "%41");
    Level level;
    ASSERT_NE(
        decode_escaped(text, at, 0, {.begin = 0, .end = text.size()}, Encoding::kPercent, level),
        0U);
    ASSERT_EQ(level.sections()[0].source, plain_bounds(text, at, at + 3)) << round;
  }
}

}  // namespace
}  // namespace spillguard::detect::decode
