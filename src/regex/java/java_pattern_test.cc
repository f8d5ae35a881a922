#include "regex/java/java_pattern.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/strings.h"

namespace spillguard::regex {
namespace {

std::string golden(std::string_view name) {
  const auto text =
      read_file(std::string(SG_SOURCE_DIR) + "/tests/golden/java_regex/" + std::string(name));
  EXPECT_TRUE(text.has_value()) << name;
  return text.value_or("");
}

std::string lowered_of(std::string_view pattern, const JavaFlags& flags = {}) {
  const auto parsed = JavaPattern::parse(pattern, flags);
  return parsed ? parsed->pcre2() : parsed.error().message;
}

Code refusal_of(std::string_view pattern) {
  const auto parsed = JavaPattern::parse(pattern);
  EXPECT_FALSE(parsed.has_value()) << pattern;
  return parsed ? Code::kInternal : parsed.error().code;
}

std::string repeat_text(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(JavaPattern, ErrorsNameThePlaceAndTheWayOut) {
  const std::string patterns = golden("errors.in");
  std::string got;
  for (const std::string_view pattern : split(trim(patterns), '\n')) {
    const auto parsed = JavaPattern::parse(pattern);
    ASSERT_FALSE(parsed.has_value()) << pattern;
    got += std::string(code_name(parsed.error().code)) + ": " + parsed.error().message + "\n\n";
  }
  EXPECT_EQ(got, golden("errors.out"));
}

TEST(JavaPattern, LimitsHold) {
  EXPECT_EQ(refusal_of(std::string(JavaPattern::kMaxLength + 1, 'a')), Code::kTooLarge);
  EXPECT_TRUE(JavaPattern::parse(std::string(JavaPattern::kMaxLength, 'a')).has_value());
  for (const auto& [open, close] : {std::pair{"(", ")"}, {"[a", "]"}, {"(?=", ")"}}) {
    const auto nested = [&](size_t depth) {
      return repeat_text(open, depth) + "b" + repeat_text(close, depth);
    };
    EXPECT_TRUE(JavaPattern::parse(nested(JavaPattern::kMaxNesting)).has_value()) << open;
    EXPECT_EQ(refusal_of(nested(JavaPattern::kMaxNesting + 1)), Code::kUnsupported) << open;
  }
  EXPECT_TRUE(JavaPattern::parse("a{2147483647}").has_value());
  EXPECT_EQ(refusal_of("a{2147483648}"), Code::kInvalidArgument);
  EXPECT_EQ(refusal_of("\xff"), Code::kInvalidArgument);
}

TEST(JavaPattern, NestingCountsOpenGroupsOnly) {
  EXPECT_TRUE(JavaPattern::parse(repeat_text("(?:a)", 500)).has_value());
  EXPECT_TRUE(JavaPattern::parse(repeat_text("[a&&[b]]", 500)).has_value());
  EXPECT_TRUE(JavaPattern::parse(repeat_text("[a-c&&b-d]", 500)).has_value());
}

TEST(JavaPattern, SetsBecomeIntervals) {
  EXPECT_EQ(lowered_of("[a-z&&[^m-p]]"), "[a-lq-z]");
  EXPECT_EQ(lowered_of("[\\w&&[^\\d_]]"), "[A-Za-z]");
  EXPECT_EQ(lowered_of("[a-c[x-z]&&[b-y]]"), "[bcxy]");
  EXPECT_EQ(lowered_of("(?i)k"), "[Kk]");
  EXPECT_EQ(lowered_of("[^a]"), "[^a]");
  EXPECT_EQ(lowered_of("[a&&b]"), "(?!)");
  EXPECT_EQ(lowered_of("[\\p{L}&&[^\\p{Lu}]]"), "(?:(?=\\p{L})\\P{Lu})");
  EXPECT_EQ(lowered_of("[\\p{IsGreek}0-9]"), "[\\p{sc:Greek}0-9]");
  EXPECT_EQ(lowered_of("\\p{InGreek}"), "[\\x{370}-\\x{3ff}]");
}

TEST(JavaPattern, PlainPatternsMatchBytes) {
  const auto plain = JavaPattern::parse("AKIA[0-9A-Z]{4}");
  ASSERT_TRUE(plain.has_value());
  EXPECT_FALSE(plain->utf());
  EXPECT_TRUE(JavaPattern::parse("\\bAKIA").value().utf());
  EXPECT_TRUE(JavaPattern::parse("a*").value().utf());  // no empty match inside a character

  MatchScratch scratch;
  auto bytes = JavaMatcher::over(*plain,
                                 "\xff\xfe"
                                 "AKIA"
                                 "0123\xff",
                                 scratch);
  ASSERT_TRUE(bytes.has_value());
  ASSERT_EQ(bytes->find(), MatchOutcome::kMatch);
  EXPECT_EQ(bytes->group(), (Span{2, 10}));
  EXPECT_EQ(bytes->find(), MatchOutcome::kNoMatch);

  const auto dot = JavaPattern::parse(".");
  EXPECT_FALSE(JavaMatcher::over(*dot, "\xff", scratch).has_value());
}

TEST(JavaPattern, GroupsKeepTheirNumbersAndNames) {
  const auto pattern = JavaPattern::parse("(a)(?:b)(?<secret>c+)(?<=(c))");
  ASSERT_TRUE(pattern.has_value());
  ASSERT_EQ(pattern->group_names().size(), 1U);
  EXPECT_EQ(pattern->group_names()[0], (std::pair<std::string, uint32_t>{"secret", 2}));
  MatchScratch scratch;
  auto matcher = JavaMatcher::over(*pattern, "xabccc", scratch);
  ASSERT_EQ(matcher->find(), MatchOutcome::kMatch);
  EXPECT_EQ(matcher->group(1), (Span{1, 2}));
  EXPECT_EQ(matcher->group(2), (Span{3, 6}));
  EXPECT_EQ(matcher->group(3), (Span{5, 6}));
}

TEST(JavaPattern, FlagsHaveJavasBits) {
  const auto flags = JavaFlags::from_bits(2 | 8 | 256);
  ASSERT_TRUE(flags.has_value());
  EXPECT_TRUE(flags->case_insensitive && flags->multiline && flags->unicode_character_class);
  EXPECT_FALSE(flags->dotall || flags->comments || flags->literal || flags->unix_lines);
  EXPECT_FALSE(JavaFlags::from_bits(0x80).has_value());  // CANON_EQ
}

TEST(JavaPattern, HostilePatternsReachTheLimit) {
  // The matcher reads the text where it lies: the strings outlive it.
  const std::string unmatched = std::string(50'000, 'a') + "!x";
  const std::string matched_late = std::string(50'000, 'a') + "cb";
  MatchScratch scratch;
  for (const std::string_view source : {"(a+)+b", "(?:a|a)*b", "(a*)*c|(.*)*d", "(\\w+\\s?)+\\?"}) {
    const auto pattern = JavaPattern::parse(source);
    ASSERT_TRUE(pattern.has_value());
    auto matcher = JavaMatcher::over(*pattern, unmatched, scratch);
    EXPECT_NE(matcher->find(), MatchOutcome::kMatch) << source;
  }
  const auto pattern = JavaPattern::parse("(a+)+b");
  auto matcher = JavaMatcher::over(*pattern, matched_late, scratch);
  EXPECT_EQ(matcher->find(), MatchOutcome::kLimit);
  EXPECT_EQ(matcher->find(), MatchOutcome::kLimit);
}

}  // namespace
}  // namespace spillguard::regex
