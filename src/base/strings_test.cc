#include "base/strings.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace spillguard {
namespace {

using namespace std::string_literals;

TEST(Strings, TrimAndCase) {
  EXPECT_EQ(trim(" \t\r\n\v\fa b \n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(trim("\xC2\xA0x"), "\xC2\xA0x") << "ASCII only";
  EXPECT_EQ(to_lower("AZ[@`\xC3\x84"), "az[@`\xC3\x84");
  EXPECT_EQ(to_upper("az{`\xC3\xA4"), "AZ{`\xC3\xA4");
  EXPECT_TRUE(equals_ignore_case("X-Forwarded-FOR", "x-forwarded-for"));
  EXPECT_FALSE(equals_ignore_case("a", "ab"));
  EXPECT_FALSE(equals_ignore_case("@", "`")) << "32 apart and no letters";
  EXPECT_TRUE(starts_with_ignore_case("Bearer x", "bearer "));
  EXPECT_FALSE(starts_with_ignore_case("Bear", "bearer"));
}

TEST(Strings, Split) {
  using Parts = std::vector<std::string_view>;
  EXPECT_EQ(split("", ','), Parts({""}));
  EXPECT_EQ(split("a", ','), Parts({"a"}));
  EXPECT_EQ(split(",a,,b,", ','), Parts({"", "a", "", "b", ""}));
}

TEST(Strings, ParseInt) {
  EXPECT_EQ(parse_int("0"), 0);
  EXPECT_EQ(parse_int("-12"), -12);
  EXPECT_EQ(parse_int("007"), 7);
  EXPECT_EQ(parse_int("9223372036854775807"), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(parse_int("-9223372036854775808"), std::numeric_limits<int64_t>::min());
  for (const auto* bad : {"", " 1", "1 ", "+1", "1.0", "0x10", "9223372036854775808", "-", "1e3"}) {
    EXPECT_EQ(parse_int(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(parse_int(std::string_view("1\0", 2)), std::nullopt);
}

TEST(Strings, ParseDouble) {
  EXPECT_EQ(parse_double("1.5"), 1.5);
  EXPECT_EQ(parse_double("-2e3"), -2000);
  EXPECT_EQ(parse_double(".5"), 0.5);
  for (const auto* bad :
       {"", "inf", "-inf", "nan", "NAN", "infinity", "1e999", "1,5", "0x1p3", "1 "}) {
    EXPECT_EQ(parse_double(bad), std::nullopt) << bad;
  }
}

TEST(Strings, ParseBool) {
  for (const auto* word : {"true", "False", "YES", "no", "On", "off", "1", "0", " true "}) {
    const std::string lower = to_lower(trim(word));
    EXPECT_EQ(parse_bool(word), lower == "true" || lower == "yes" || lower == "on" || lower == "1");
  }
  for (const auto* bad : {"", "t", "2", "none", "truee"})
    EXPECT_EQ(parse_bool(bad), std::nullopt) << bad;
}

TEST(Strings, PercentEncoding) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("a b/c?d=%&+\xC3\xA9"), "a%20b%2Fc%3Fd%3D%25%26%2B%C3%A9");
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(percent_decode(percent_encode(all)).value(), all);
  EXPECT_EQ(percent_decode("a+b%20c").value(), "a+b c");
  EXPECT_EQ(percent_decode("a+b%2Bc", true).value(), "a b+c");
  EXPECT_EQ(percent_decode("%41").value(), "A") << "an escape may end the text";
  for (const auto* bad : {"%", "%4", "a%4", "%zz", "%4g", "%%41"}) {
    const auto decoded = percent_decode(bad);
    ASSERT_FALSE(decoded) << bad;
    EXPECT_EQ(decoded.error().code, Code::kInvalidArgument);
  }
}

TEST(Strings, Utf8) {
  struct Case {
    std::string bytes;
    std::string repaired;  // every broken byte is one U+FFFD
  };
  const std::string r = "\xEF\xBF\xBD";
  const std::vector<Case> broken = {
      {"\x80", r},
      {"a\xC3", "a" + r},
      {"\xC3(", r + "("},
      {"\xC0\xAF", r + r},                  // overlong
      {"\xE0\x80\xAF", r + r + r},          // overlong
      {"\xED\xA0\x80", r + r + r},          // a surrogate
      {"\xF4\x90\x80\x80", r + r + r + r},  // over U+10FFFF
      {"\xF0\x80\x80\x80", r + r + r + r},  // overlong
      {"\xF5\x80", r + r},
      {"\xE2\x82", r + r},
      {"\xFFok\xFE", r + "ok" + r},
  };
  for (const auto& test : broken) {
    EXPECT_FALSE(is_valid_utf8(test.bytes));
    EXPECT_EQ(to_valid_utf8(test.bytes), test.repaired);
  }
  for (const char32_t code :
       {0x0U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xD7FFU, 0xE000U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
    std::string out;
    append_utf8(out, code);
    EXPECT_TRUE(is_valid_utf8(out)) << static_cast<uint32_t>(code);
    EXPECT_EQ(to_valid_utf8(out), out);
  }
  for (const char32_t code : {0xD800U, 0xDFFFU, 0x110000U}) {
    std::string out;
    append_utf8(out, code);
    EXPECT_EQ(out, r);
  }
  std::string euro;
  append_utf8(euro, 0x20AC);
  EXPECT_EQ(euro, "\xE2\x82\xAC");
}

TEST(Strings, MaskShowsAtMostAQuarter) {
  EXPECT_EQ(mask(""), "***");
  EXPECT_EQ(mask("1234567"), "***");
  EXPECT_EQ(mask("12345678"), "1***8");
  for (size_t size = 0; size < 100; ++size) {
    const std::string masked = mask(std::string(size, 'x'));
    const size_t shown = masked.size() - 3;
    EXPECT_LE(shown * 4, size);
    EXPECT_LE(shown, 8U);
  }
  EXPECT_TRUE(is_valid_utf8(mask("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9")))
      << "cut inside a letter";
}

TEST(Strings, HumanBytes) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1000), "1.0 kB");
  EXPECT_EQ(human_bytes(1'234'567), "1.2 MB");
  EXPECT_EQ(human_bytes(999'999), "1.0 MB") << "not 1000.0 kB";
  EXPECT_EQ(human_bytes(5'000'000'000'000'000), "5000.0 TB");
}

}  // namespace
}  // namespace spillguard
