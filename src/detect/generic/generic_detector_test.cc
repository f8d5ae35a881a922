// The detector in the engine: what becomes of its findings beside those of patterns.
#include "detect/generic/generic_detector.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/padded_text.h"
#include "detect/engine.h"

namespace spillguard::detect {
namespace {

std::shared_ptr<const Engine> generic_engine(size_t block_bytes = size_t{256} * 1024) {
  const RuleSet all = RuleSet::built_in();
  std::vector<Rule> rules;
  for (const Rule& rule : all.rules()) {
    if (rule.detector == generic::kDetectorName) rules.push_back(rule);
  }
  Rule pattern;
  pattern.id = 1;
  pattern.name = "ACME_TOKEN";
  pattern.category = "token";
  pattern.pattern = R"(acme_[0-9A-Za-z]{12})";
  pattern.anchors = {"acme_"};
  pattern.after = 17;
  rules.push_back(pattern);
  auto engine = Engine::build(RuleSet::of(std::move(rules)),
                              {.block_bytes = block_bytes, .self_check = false});
  EXPECT_TRUE(engine.has_value()) << (engine ? "" : engine.error().message);
  return engine ? *engine : nullptr;
}

ScanResult scan_with(const Engine& engine, const std::string& text) {
  const PaddedText padded(text);
  Engine::Scratch scratch = engine.make_scratch();
  ScanResult result;
  engine.scan(padded.view(), scratch, result);
  return result;
}

std::string name_of(const Engine& engine, uint32_t rule) { return engine.rules()[rule].name; }

TEST(GenericDetector, ReportsNameAndValueWithAScore) {
  const auto engine = generic_engine();
  const std::string text = "see\n  db.password = Kestrel#4711!x\nend";
  const ScanResult result = scan_with(*engine, text);
  ASSERT_EQ(result.matches.size(), 1U);
  const Match& match = result.matches.front();
  EXPECT_EQ(name_of(*engine, match.rule), "GENERIC_PASSWORD");
  EXPECT_EQ(match.match_text(text), "db.password = Kestrel#4711!x");
  EXPECT_EQ(match.secret_text(text), "Kestrel#4711!x");
  EXPECT_GE(match.score, 0.5);
  EXPECT_LE(match.score, 1.0);
  EXPECT_GT(match.entropy, 2.0);
}

TEST(GenericDetector, AnotherRuleOfTheSameSecretComesFirst) {
  const auto engine = generic_engine();
  const ScanResult result = scan_with(*engine, "api_token: acme_a9Kx2mQ7zLw4");
  ASSERT_EQ(result.matches.size(), 1U);
  EXPECT_EQ(name_of(*engine, result.matches.front().rule), "ACME_TOKEN");
  ASSERT_EQ(result.matches.front().also.size(), 1U);
  EXPECT_EQ(name_of(*engine, result.matches.front().also.front()), "GENERIC_TOKEN");
}

TEST(GenericDetector, YieldsWhereASecretOfAPatternOverlaps) {
  const auto engine = generic_engine();
  for (const std::string text :
       {"api_token: x9acme_a9Kx2mQ7zLw4", "api_token: acme_a9Kx2mQ7zLw4k8Zq1"}) {
    const ScanResult result = scan_with(*engine, text);
    ASSERT_EQ(result.matches.size(), 1U) << text;
    EXPECT_EQ(name_of(*engine, result.matches.front().rule), "ACME_TOKEN");
    EXPECT_TRUE(result.matches.front().also.empty());
  }
}

TEST(GenericDetector, OneFindingAValueHoweverManyWordsNameIt) {
  const auto engine = generic_engine();
  const ScanResult result =
      scan_with(*engine, "login/password: admin / Kestrel#4711!x (admin password)");
  ASSERT_EQ(result.matches.size(), 1U);
}

TEST(GenericDetector, FindingsDoNotDependOnBlocks) {
  std::string text;
  for (int i = 0; i < 200; ++i) {
    text += "user\tpassword\nbob\tKx9!aa" + std::to_string(i * 7919) + "\nthe pw is Zz8!bb" +
            std::to_string(i * 104729) + ", token=acme_a9Kx2mQ7zL" + std::to_string(10 + i % 90) +
            "\n<password>Qq7#" + std::to_string(i * 1299709) + "</password>\n";
  }
  const ScanResult whole = scan_with(*generic_engine(), text);
  EXPECT_GT(whole.matches.size(), 500U);
  for (const size_t block : {1UL, 100UL, 777UL, 4096UL}) {
    EXPECT_EQ(scan_with(*generic_engine(block), text).matches, whole.matches) << block;
  }
}

TEST(GenericDetector, RulesThatItDoesNotKnowAreRefused) {
  Rule rule;
  rule.id = 5;
  rule.name = "MY_OWN";
  rule.detector = "generic";
  const auto engine = Engine::build(RuleSet::of({rule}), {.self_check = false});
  ASSERT_FALSE(engine.has_value());
  EXPECT_NE(engine.error().message.find("knows no rule of this name"), std::string::npos);
}

TEST(GenericDetector, RuleFilesNameADetectorInPlaceOfAPattern) {
  RuleSet rules;
  const auto good = rules.add_file("a.toml", R"(
provider = "x"
source = "https://example.com"
[[rule]]
id = 1
name = "GENERIC_TOKEN"
title = "t"
category = "generic"
severity = "high"
detector = "generic"
)");
  ASSERT_TRUE(good.has_value()) << good.error().message;
  EXPECT_EQ(rules.find(1)->detector, "generic");
  RuleSet others;
  const auto bad = others.add_file("b.toml", R"(
[[rule]]
id = 1
name = "GENERIC_TOKEN"
title = "t"
category = "generic"
severity = "high"
detector = "generic"
pattern = "x{4}"
)");
  ASSERT_FALSE(bad.has_value());
  EXPECT_NE(bad.error().message.find("a detector has none"), std::string::npos);
}

}  // namespace
}  // namespace spillguard::detect
