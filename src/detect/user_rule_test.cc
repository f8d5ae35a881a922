#include "detect/user_rule.h"

#include <gtest/gtest.h>

#include "base/padded_text.h"
#include "detect/engine.h"
#include "regex/java/java_pattern.h"

namespace spillguard::detect {
namespace {

std::string refusal(const UserRule& given) {
  const auto rule = make_user_rule(given);
  return rule ? "" : rule.error().message;
}

std::vector<std::string> found_by_user_rule(const UserRule& given, std::string_view text) {
  std::vector<std::string> out;
  const auto rule = make_user_rule(given);
  EXPECT_TRUE(rule.has_value()) << (rule ? "" : rule.error().message);
  if (!rule) return out;
  const auto engine = Engine::build(RuleSet::of({*rule}), {.self_check = false});
  const PaddedText padded(text);
  Engine::Scratch scratch = (*engine)->make_scratch();
  ScanResult result;
  (*engine)->scan(padded.view(), scratch, result);
  for (const Match& match : result.matches) out.emplace_back(match.match_text(text));
  return out;
}

UserRule with_pattern(std::string pattern) {
  return {.id = 5, .name = "Case numbers", .pattern = std::move(pattern), .description = {}};
}

TEST(UserRule, FillsWhatTheUserLeavesOpen) {
  const auto rule = make_user_rule(with_pattern("[A-Z]{3}-\\d{4}"));
  ASSERT_TRUE(rule.has_value());
  EXPECT_EQ(rule->title, "Case numbers");
  EXPECT_EQ(rule->category, "custom");
  EXPECT_EQ(rule->severity, Severity::kHigh);
  EXPECT_EQ(rule->syntax, Syntax::kJava);
  EXPECT_TRUE(rule->enabled);
  RuleSet one = RuleSet::of({*rule});
  Rule other = *rule;
  other.java_flags = 0;
  EXPECT_NE(one.version(), RuleSet::of({other}).version());
}

TEST(UserRule, LinesAreThePiecesThatTheProductsMatch) {
  const std::string text = "see\n1BoatSLRHtKNngkdXEeobR76b53LETtpyT\nand";
  UserRule given = with_pattern("^[13][a-km-zA-HJ-NP-Z0-9]{26,33}$");
  EXPECT_EQ(found_by_user_rule(given, text).size(), 1U);
  given.flags = "";
  EXPECT_TRUE(found_by_user_rule(given, text).empty());
}

TEST(UserRule, TheWholeMatchIsReported) {
  const auto found = found_by_user_rule(
      with_pattern("<a\\s+(?:[^>]*)href=\\\"((?:https|http):\\/\\/\\w{0,3}.youtube+\\.\\w{2,3}"
                   "\\/watch\\?v=[\\w-]{11})\\\">(?:.*?)<\\/a>"),
      "x <a id=\"1\" href=\"https://www.youtube.com/watch?v=abcdefghijk\">t</a> y");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0], "<a id=\"1\" href=\"https://www.youtube.com/watch?v=abcdefghijk\">t</a>");
}

TEST(UserRule, RefusesWhatCanNotBe) {
  UserRule given = with_pattern("a");
  given.id = 0;
  EXPECT_EQ(refusal(given), "id must be 1 or greater");
  given = with_pattern("a");
  given.name = " ";
  EXPECT_EQ(refusal(given), "name is empty");
  given.name = "a\nb";
  EXPECT_NE(refusal(given).find("name holds a control character"), std::string::npos);
  given.name = std::string(256, 'n');
  EXPECT_NE(refusal(given).find("name has more than 255"), std::string::npos);
  EXPECT_EQ(refusal(with_pattern("")), "pattern is empty");
  given = with_pattern("a");
  given.flags = "mq";
  EXPECT_NE(refusal(given).find("flags must be letters"), std::string::npos);
  given = with_pattern("a");
  given.category = "none";
  EXPECT_NE(refusal(given).find("category must be one of"), std::string::npos);
  EXPECT_NE(refusal(with_pattern(std::string(10'001, 'a'))).find("at most 10000"),
            std::string::npos);
}

TEST(UserRule, ErrorsOfPatternsHaveAPlace) {
  const std::string pattern =
      "Stra\xC3\x9F"
      "e [a-z";
  const auto rule = make_user_rule(with_pattern(pattern));
  ASSERT_FALSE(rule.has_value());
  const auto place = regex::java_error_place(rule.error(), pattern);
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(place->character, 7U);
  EXPECT_EQ(place->byte, 8U);
  EXPECT_EQ(place->reason, "this '[' is never closed");
  EXPECT_FALSE(regex::java_error_place({Code::kInternal, "else"}, pattern).has_value());
}

}  // namespace
}  // namespace spillguard::detect
