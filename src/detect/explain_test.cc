#include "detect/explain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/encoding.h"
#include "base/padded_text.h"
#include "detect/rule.h"

namespace spillguard::detect {
namespace {

Rule token_rule() {
  Rule rule;
  rule.id = 7;
  rule.name = "TOKEN";
  rule.title = "A token";
  rule.provider = "test";
  rule.category = "token";
  rule.pattern = R"(\b(tok_[0-9a-z]{12})\b)";
  rule.anchors = {"tok_"};
  rule.after = 16;
  rule.context = {"acme", "emca"};
  rule.context_reach = 30;
  rule.min_entropy = 2.5;
  rule.validators = {"mixed"};
  rule.stop_words = {"example"};
  return rule;
}

struct Explained {
  Explanation explanation;
  bool found = false;
};

Explained explained(std::vector<Rule> rules, const std::string& text) {
  const auto engine = Engine::build(RuleSet::of(std::move(rules)));
  EXPECT_TRUE(engine.has_value());
  const PaddedText padded(text);
  Engine::Scratch scratch = (*engine)->make_scratch();
  ScanResult result;
  (*engine)->scan(padded.view(), scratch, result);
  if (result.matches.size() != 1) return {};
  return {.explanation = explain(**engine, text, result.matches[0]), .found = true};
}

const Explanation::Filter* filter(const Explanation& explanation, std::string_view name) {
  const auto found = std::find_if(explanation.filters.begin(), explanation.filters.end(),
                                  [&](const auto& one) { return one.name == name; });
  return found == explanation.filters.end() ? nullptr : &*found;
}

constexpr const char* kExplainedToken = "tok_a1b2c3d4e5f6";

TEST(Explain, FiltersWithTheirValues) {
  const std::string text = std::string("for Acme, use ") + kExplainedToken + " today";
  const auto [explanation, found] = explained({token_rule()}, text);
  ASSERT_TRUE(found);
  EXPECT_EQ(explanation.id, 7);
  EXPECT_EQ(explanation.rule, "TOKEN");
  EXPECT_EQ(explanation.version, rule_version(token_rule()));
  EXPECT_EQ(explanation.found_by, "pattern");
  EXPECT_EQ(explanation.anchor, "tok_");
  EXPECT_EQ(explanation.length, 16U);
  EXPECT_TRUE(explanation.decoded.empty());
  EXPECT_EQ(explanation.score, 1);
  ASSERT_EQ(explanation.filters.size(), 4U);
  ASSERT_NE(filter(explanation, "entropy"), nullptr);
  EXPECT_EQ(filter(explanation, "entropy")->limit, "at least 2.50 bits a byte");
  EXPECT_EQ(filter(explanation, "stop words")->limit, "none of 1");
  EXPECT_EQ(filter(explanation, "context")->value, "acme, 6 bytes away");
  EXPECT_EQ(filter(explanation, "context")->limit, "one of 2 words within 30 bytes");
  EXPECT_EQ(filter(explanation, "validator")->value, "mixed");
  EXPECT_EQ(filter(explanation, "validator")->limit, "has a letter and a digit");
}

TEST(Explain, TheNearestContextWord) {
  const auto before =
      explained({token_rule()}, std::string("acme or emca ") + kExplainedToken + " of acme");
  ASSERT_TRUE(before.found);
  EXPECT_EQ(filter(before.explanation, "context")->value, "emca, 1 bytes away");
  const auto behind = explained({token_rule()}, std::string(kExplainedToken) + " of Acme");
  ASSERT_TRUE(behind.found);
  EXPECT_EQ(filter(behind.explanation, "context")->value, "acme, 4 bytes away");
}

TEST(Explain, DecodedTextIsWhereTheFiltersLooked) {
  const std::string inner = std::string("for emca use ") + kExplainedToken + " today";
  const std::string text = "x " + base64_encode(base64_encode(inner)) + " acme";
  const auto [explanation, found] = explained({token_rule()}, text);
  ASSERT_TRUE(found);
  EXPECT_EQ(explanation.decoded, "base64 > base64");
  EXPECT_EQ(explanation.length, 16U);
  EXPECT_EQ(filter(explanation, "context")->value, "emca, 5 bytes away");
}

TEST(Explain, DecodedFarIntoALongText) {
  std::string text;
  while (text.size() < size_t{200} << 10U) text += "nothing to see %41 here\n";
  text += "y " + base64_encode(std::string("for acme use ") + kExplainedToken + " today") + "\n";
  while (text.size() < size_t{400} << 10U) text += "nothing to see %41 here\n";
  const auto [explanation, found] = explained({token_rule()}, text);
  ASSERT_TRUE(found);
  EXPECT_EQ(filter(explanation, "context")->value, "acme, 5 bytes away");
}

TEST(Explain, OtherRulesWithTheSameSecret) {
  Rule other = token_rule();
  other.id = 8;
  other.name = "OTHER";
  const auto [explanation, found] =
      explained({token_rule(), other}, std::string("acme ") + kExplainedToken);
  ASSERT_TRUE(found);
  EXPECT_EQ(explanation.also, std::vector<std::string>{"OTHER"});
}

TEST(Explain, ScoresHaveTheirReasons) {
  const RuleSet all = RuleSet::built_in();
  const Rule* generic = all.find("GENERIC_PASSWORD");
  ASSERT_NE(generic, nullptr);
  const std::string text = "db.password = Kestrel#48" + std::string("15!x\n");
  const auto [explanation, found] = explained({*generic}, text);
  ASSERT_TRUE(found);
  EXPECT_EQ(explanation.found_by, "generic");
  EXPECT_EQ(explanation.anchor, "password");
  EXPECT_GT(explanation.score, 0.5);
  EXPECT_LT(explanation.score, 1);
  ASSERT_FALSE(explanation.features.empty());
  EXPECT_GE(std::abs(explanation.features.front().contribution),
            std::abs(explanation.features.back().contribution));
  EXPECT_NE(filter(explanation, "value"), nullptr);
}

TEST(RuleVersion, FollowsWhatCanChangeFindings) {
  const std::string version = rule_version(token_rule());
  EXPECT_EQ(version.size(), 12U);
  const auto with = [](auto&& change) {
    Rule rule = token_rule();
    change(rule);
    return rule_version(rule);
  };
  EXPECT_EQ(with([](Rule& r) { r.title = "Other words"; }), version);
  EXPECT_EQ(with([](Rule& r) { r.enabled = false; }), version);
  EXPECT_NE(with([](Rule& r) { r.pattern += "x?"; }), version);
  EXPECT_NE(with([](Rule& r) { r.min_entropy = 3; }), version);
  EXPECT_NE(with([](Rule& r) { r.stop_words.emplace_back("test"); }), version);
  EXPECT_NE(with([](Rule& r) { r.validators.clear(); }), version);
  EXPECT_NE(with([](Rule& r) { r.context_reach = 31; }), version);
  EXPECT_NE(with([](Rule& r) { r.severity = Severity::kLow; }), version);
}

}  // namespace
}  // namespace spillguard::detect
