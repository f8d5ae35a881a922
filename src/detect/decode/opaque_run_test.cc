#include "detect/decode/opaque_run.h"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"

namespace spillguard::detect::decode {
namespace {

constexpr std::string_view kText = "password: correct horse battery staple, no 17";

struct Decoded {
  size_t end = 0;
  std::string text;
  Level level;
};

Decoded base64_of(const std::string& text, size_t begin = 0) {
  Decoded out;
  out.end = decode_base64(text, {.begin = begin, .end = text.size()}, out.level);
  if (out.end != 0) {
    const Span span = out.level.sections()[0].text;
    out.text = out.level.text().substr(span.begin, span.size());
  }
  return out;
}

Decoded hex_of(const std::string& text) {
  Decoded out;
  out.end = decode_hex(text, {.begin = 0, .end = text.size()}, out.level);
  if (out.end != 0) {
    const Span span = out.level.sections()[0].text;
    out.text = out.level.text().substr(span.begin, span.size());
  }
  return out;
}

TEST(Base64Run, AllLengthsWithAndWithoutPadding) {
  for (size_t length = 15; length <= kText.size(); ++length) {
    const std::string text(kText.substr(0, length));
    const std::string padded = base64_encode(text);
    EXPECT_EQ(base64_of(padded + " tail").text, text);
    EXPECT_EQ(base64_of(padded + " tail").end, padded.size());
    const std::string bare = base64url_encode(text);
    EXPECT_EQ(base64_of(bare).text, text);
    EXPECT_EQ(base64_of(bare).end, bare.size());
  }
}

TEST(Base64Run, BothAlphabetsButNeverMixed) {
  const std::string text = "~?>>~?>>~~~~ key?>=abcdef?>?>";
  EXPECT_EQ(base64_of(base64_encode(text)).text, text);
  EXPECT_EQ(base64_of(base64url_encode(text)).text, text);
  EXPECT_NE(base64_encode(text), base64url_encode(text));
  EXPECT_EQ(base64_of(base64_encode(std::string(kText)) + "/A-A").text, kText);
}

std::string wrapped(const std::string& run, size_t width, const std::string& line_end) {
  std::string out;
  for (size_t i = 0; i < run.size(); i += width) {
    out += (i == 0 ? "" : line_end) + run.substr(i, width);
  }
  return out;
}

TEST(Base64Run, WrappedLinesAreOneRun) {
  std::string text;
  while (text.size() < 200) text += kText;
  const std::string run = base64_encode(text);
  for (const size_t width : {60U, 64U, 76U}) {
    for (const std::string line_end : {"\n", "\r\n", "\n    "}) {
      const std::string lines = wrapped(run, width, line_end);
      const Decoded decoded = base64_of(lines + "\nnext: value");
      EXPECT_EQ(decoded.text, text) << width;
      EXPECT_EQ(decoded.end, lines.size());
    }
  }
}

TEST(Base64Run, ProseBehindALineIsNotPartOfIt) {
  const std::string run = base64_encode(std::string(kText));  // 60 letters
  EXPECT_EQ(base64_of(run + "\nand so on").end, run.size());
  EXPECT_EQ(base64_of(run + "\nand more\n").end, run.size());
}

TEST(Base64Run, BinaryIsRefused) {
  std::string binary;
  for (int i = 0; i < 60; ++i) binary += static_cast<char>(i * 37 % 256);
  EXPECT_EQ(base64_of(base64_encode(binary)).end, 0U);
  EXPECT_EQ(base64_of("AbstractAuthenticationProcessingFilterFactory").end, 0U);
  EXPECT_EQ(base64_of("usr/share/locale/en/messages").end, 0U);
  EXPECT_EQ(base64_of("").end, 0U);
  EXPECT_EQ(base64_of("A").end, 0U);
}

TEST(Base64Run, TextWithBinaryBehindItIsKeptUpToThere) {
  const std::string text = base64_encode(std::string(kText) + "\x01\x02\x03\xFF");
  EXPECT_EQ(base64_of(text).text, kText);
}

TEST(Base64Run, ACharacterCutInTwoIsDropped) {
  const std::string text = "eine Zeichenkette mit \xC3\xBC";
  EXPECT_EQ(base64_of(base64_encode(text)).text, text);
  EXPECT_EQ(base64_of(base64_encode(text.substr(0, text.size() - 1))).text,
            "eine Zeichenkette mit ");
}

TEST(Base64Run, SpansAreTight) {
  const std::string run = base64_encode(std::string(kText));
  const Decoded decoded = base64_of(run);
  const Section& section = decoded.level.sections()[0];
  for (size_t begin = 0; begin < kText.size(); ++begin) {
    for (size_t end = begin + 1; end <= kText.size(); ++end) {
      const Span source = decoded.level.to_source(section, {.begin = begin, .end = end});
      EXPECT_EQ(source.begin, begin * 8 / 6);
      EXPECT_EQ(source.end, (end * 8 + 5) / 6);
    }
  }
}

TEST(Base64Run, SpansOverLineEnds) {
  std::string text;
  while (text.size() < 150) text += kText;
  const std::string lines = "x: " + wrapped(base64_encode(text), 64, "\n  ");
  const Decoded decoded = base64_of(lines, 3);
  ASSERT_EQ(decoded.text, text);
  const Section& section = decoded.level.sections()[0];
  const Span source = decoded.level.to_source(section, {.begin = 47, .end = 49});
  EXPECT_EQ(source, (Span{3 + 62, 3 + 64 + 3 + 2}));
}

TEST(HexRun, EitherCaseAndAMark) {
  const std::string hex = hex_encode(std::string(kText));
  std::string upper = hex;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(hex_of(hex + " x").text, kText);
  EXPECT_EQ(hex_of(upper).text, kText);
  const Decoded marked = hex_of("0x" + hex + "g");
  EXPECT_EQ(marked.text, kText);
  EXPECT_EQ(marked.end, hex.size() + 2);
  EXPECT_EQ(marked.level.to_source(marked.level.sections()[0], {.begin = 1, .end = 3}),
            (Span{4, 8}));
}

TEST(HexRun, SumsAreNoText) {
  EXPECT_EQ(hex_of("d41d8cd98f00b204e9800998ecf8427e").end, 0U);
  EXPECT_EQ(hex_of("41424344").end, 0U);  // too short
  EXPECT_EQ(hex_of("0x").end, 0U);
}

TEST(Utf16Run, InBase64) {
  std::string little;
  std::string big;
  for (const char c : kText) {
    little += c;
    little += '\0';
    big += '\0';
    big += c;
  }
  for (const std::string& bytes : {little, big, "\xFF\xFE" + little, "\xFE\xFF" + big}) {
    const Decoded outer = base64_of(base64_encode(bytes));
    ASSERT_EQ(outer.text, bytes);
    ASSERT_TRUE(looks_like_utf16(outer.text));
    Level inner;
    ASSERT_TRUE(decode_utf16(outer.level.text(), outer.level.sections()[0].text, inner));
    const Section& section = inner.sections()[0];
    EXPECT_EQ(inner.text().substr(0, section.text.size()), kText);
    const size_t mark = bytes.size() - 2 * kText.size();
    EXPECT_EQ(inner.to_source(section, {.begin = 3, .end = 5}), (Span{mark + 6, mark + 10}));
  }
  EXPECT_FALSE(looks_like_utf16(kText));
}

TEST(Utf16Run, OtherScriptsAndPairs) {
  // "password: ☃ 😀 ok", little endian
  std::string bytes;
  for (const char16_t c : std::u16string_view(u"password: a long one \u2603 \U0001F600 ok")) {
    bytes += static_cast<char>(c & 0xFFU);
    bytes += static_cast<char>(c >> 8U);
  }
  Level level;
  ASSERT_TRUE(decode_utf16(bytes, {.begin = 0, .end = bytes.size()}, level));
  const Section& section = level.sections()[0];
  EXPECT_EQ(level.text().substr(0, section.text.size()),
            "password: a long one \xE2\x98\x83 \xF0\x9F\x98\x80 ok");
  EXPECT_EQ(level.to_source(section, {.begin = 21, .end = 24}), (Span{42, 44}));
  EXPECT_EQ(level.to_source(section, {.begin = 25, .end = 29}), (Span{46, 50}));
}

}  // namespace
}  // namespace spillguard::detect::decode
