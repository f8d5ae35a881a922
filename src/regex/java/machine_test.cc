// What only the machine can match; that it matches as Java does is shown by java_golden_test.cc.
#include "regex/java/machine.h"

#include <gtest/gtest.h>

#include "regex/java/char_names.h"
#include "regex/java/graphemes.h"
#include "regex/java/java_pattern.h"
#include "regex/java/unicode_case.h"
#include "regex/java/unicode_sets.h"

namespace spillguard::regex {
namespace {

using MachineSpans = std::vector<Span>;

MachineSpans machine_spans(std::string_view source, std::string_view text, uint32_t flags = 0) {
  MachineSpans out;
  const auto pattern = JavaPattern::parse(source, *JavaFlags::from_bits(flags));
  EXPECT_TRUE(pattern.has_value() && pattern->uses_machine()) << source;
  if (!pattern) return out;
  MatchScratch scratch;
  auto matcher = JavaMatcher::over(*pattern, text, scratch);
  EXPECT_TRUE(matcher.has_value());
  while (matcher->find() == MatchOutcome::kMatch) out.push_back(matcher->group());
  return out;
}

TEST(JavaMachine, MatchesWhatPcre2CanNot) {
  EXPECT_EQ(machine_spans("(?<=key=\\s+)\\d+", "key=  12 key=34"), (MachineSpans{{6, 8}}));
  EXPECT_EQ(machine_spans("(?<=(a|bb))c", "ac bbc bc"), (MachineSpans{{1, 2}, {5, 6}}));
  EXPECT_EQ(machine_spans("(?i)(\\w)\\1", "sS \xC5\xBFs"), (MachineSpans{{0, 2}}));
  EXPECT_EQ(machine_spans("(?iu)(\\w)\\1", "sS \xC5\xBFs"), (MachineSpans{{0, 2}}));
  EXPECT_EQ(machine_spans("a{70000}", std::string(70'001, 'a')), (MachineSpans{{0, 70'000}}));
  EXPECT_EQ(machine_spans("\\X", "e\xCC\x81\r\n"), (MachineSpans{{0, 3}, {3, 5}}));
  // The capture of the first way outlives it.
  EXPECT_EQ(machine_spans("(?:(?=(a))ab|a\\1)", "aa"), (MachineSpans{{0, 2}}));
}

TEST(JavaMachine, GroupsCanBeAskedFor) {
  const auto pattern = JavaPattern::parse("(?<=(?<head>a|bb))(c)(d)?");
  ASSERT_TRUE(pattern.has_value() && pattern->uses_machine());
  MatchScratch scratch;
  auto matcher = JavaMatcher::over(*pattern, "xbbc", scratch);
  ASSERT_EQ(matcher->find(), MatchOutcome::kMatch);
  EXPECT_EQ(matcher->group(1), (Span{1, 3}));
  EXPECT_EQ(matcher->group(2), (Span{3, 4}));
  EXPECT_EQ(matcher->group(3).begin, MatchScratch::npos);
  EXPECT_EQ(matcher->group(4).begin, MatchScratch::npos);
}

TEST(JavaMachine, StepsAndDepthAreLimited) {
  MatchScratch scratch;
  const std::string text(600'000, 'a');
  for (const char* source : {"(?<=x*)(a+)+b", "(?:(a)|(b))*\\1\\2c", "((?=(a))a|b){3,}\\2c"}) {
    const auto pattern = JavaPattern::parse(source);
    ASSERT_TRUE(pattern.has_value() && pattern->uses_machine()) << source;
    auto matcher = JavaMatcher::over(*pattern, text, scratch);
    EXPECT_EQ(matcher->find(), MatchOutcome::kLimit) << source;
    EXPECT_EQ(matcher->find(), MatchOutcome::kLimit) << source;
  }
}

TEST(JavaMachine, LongPatternsCompileQuickly) {
  std::string nested = "a";
  for (int i = 0; i < 59; ++i) nested = "(?:" + nested + "|b)*";
  EXPECT_TRUE(JavaPattern::parse("(?<=x+)" + nested).has_value());
  std::string many;
  while (many.size() < 9'900) many += "(?:\\w)?";
  EXPECT_TRUE(JavaPattern::parse("(?<=x+)" + many).has_value());
}

TEST(JavaMachine, CharactersHaveNames) {
  EXPECT_EQ(java::character_named("euro sign"), 0x20AC);
  EXPECT_EQ(java::character_named(" LATIN SMALL LETTER A\t"), 'a');
  EXPECT_EQ(java::character_named("LINE FEED (LF)"), '\n');
  EXPECT_EQ(java::character_named("Cjk Unified Ideographs 4e2d"), 0x4E2D);
  EXPECT_EQ(java::character_named("HANGUL SYLLABLES AC00"), 0xAC00);
  EXPECT_EQ(java::character_named("HANGUL SYLLABLE GA"), std::nullopt);
  EXPECT_EQ(java::character_named("CJK UNIFIED IDEOGRAPH-4E2D"), std::nullopt);
  EXPECT_EQ(java::character_named("HANGUL SYLLABLES 0AC00"), std::nullopt);
  EXPECT_EQ(java::character_named("MELTING FACE"), std::nullopt);  // of Unicode 14
  EXPECT_EQ(java::character_named(""), std::nullopt);
}

TEST(JavaMachine, KnowsJavasCharacters) {
  EXPECT_EQ(java::java_upper(0xE9), 0xC9);
  EXPECT_EQ(java::java_fold(0x3C2), 0x3C3);
  EXPECT_TRUE(java::same_folded('k', 0x212A, java::Folding::kUnicode));
  EXPECT_FALSE(java::same_folded('k', 0x212A, java::Folding::kAscii));
  EXPECT_FALSE(java::case_variants(0xDF, false).contains(0x1E9E));
  EXPECT_TRUE(java::case_variants(0xDF, true).contains(0x1E9E));
  EXPECT_TRUE(java::property_members("Mirrored")->contains('('));
  EXPECT_FALSE(java::property_members("Nonsense").has_value());
  EXPECT_TRUE(java::is_script_name("grek") && java::is_script_name("Old_Italic"));
  EXPECT_FALSE(java::is_script_name("OldItalic"));
  EXPECT_FALSE(java::is_assigned(0x1FAE0));
  EXPECT_EQ(java::grapheme_end("\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA.", 0), 8U);  // a flag
}

}  // namespace
}  // namespace spillguard::regex
