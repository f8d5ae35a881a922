#include "cli/rule_trial.h"

#include <gtest/gtest.h>

#include <string>

#include "cli/test_commands.h"

namespace spillguard::cli {
namespace {

constexpr const char* kFiltered = R"(provider = "Test"
source = "https://example.org/tokens"
[[rule]]
id = 990011
name = "TEST_FILTERED"
title = "A token with all filters"
category = "token"
severity = "high"
enabled = false
pattern = '''key=(SGF_[0-9a-z]{12})'''
entropy = 2.5
stop_words = ["sample"]
context = ["acme"]
context_reach = 20
validators = ["has_digit"]
examples = ["acme key=SGF_a1b2c3d4e5f6"]
counter_examples = ["key=SGF_"]
)";

class RulesTest : public TestCommands {
 protected:
  TestOutcome test(std::vector<std::string> arguments, const std::string& input = {}) {
    arguments.insert(arguments.begin(), {"rules", "test"});
    return run(std::move(arguments), input);
  }
  std::string filtered_ = settings_.write("filtered.toml", kFiltered);
};

TEST_F(RulesTest, SpansEntropyAndWhyNot) {
  const std::string good = "key=SGF_" + std::string("0123456789ab");
  const TestOutcome found = test({filtered_, "acme\n " + good});
  EXPECT_EQ(found.code, kExitFindings) << found.err;
  EXPECT_EQ(found.out,
            "TEST_FILTERED\n"
            "  found    2:6 to 2:22, bytes 10 to 26 in the match 6 to 26, entropy 4.00: SG***ab\n");
  const TestOutcome clear = test({filtered_, "--clear", "acme\n " + good});
  EXPECT_NE(clear.out.find(": SGF_0123456789ab\n"), std::string::npos) << clear.out;
  struct Case {
    std::string text;
    std::vector<std::string> reasons;
  };
  const Case cases[] = {
      {good, {"no context word stands within 20 bytes"}},
      {"acme key=SGF_aaaaaaaaaaa1", {"its entropy is below 2.50"}},
      {"acme key=SGF_abcdefghijkl", {"the validator has_digit refuses it"}},
      {"acme key=SGF_samplex12345", {"it holds the stop word sample"}},
      {"key=SGF_sampleaaaaaa",
       {"it holds the stop word sample", "no context word stands within 20 bytes",
        "the validator has_digit refuses it"}},
  };
  for (const Case& one : cases) {
    const TestOutcome outcome = test({filtered_, one.text});
    EXPECT_EQ(outcome.code, kExitNothing);
    std::string reasons;
    for (const std::string& reason : one.reasons) {
      reasons += "           " + reason + "\n";
    }
    EXPECT_NE(outcome.out.find("  refused  "), std::string::npos) << outcome.out;
    EXPECT_TRUE(outcome.out.ends_with("\n" + reasons)) << outcome.out;
  }
}

TEST_F(RulesTest, NoMatchSaysHowFarItGot) {
  EXPECT_EQ(test({filtered_, "nothing"}).out,
            "TEST_FILTERED\n  no match: none of the rule's anchors stands in the text\n");
  EXPECT_EQ(test({filtered_, "key=SGF_short"}).out,
            "TEST_FILTERED\n  no match: an anchor stands in the text, but the pattern does not "
            "match\n");
}

TEST_F(RulesTest, ByNameFromInputAndFile) {
  const std::string text = "a " + token(1);
  for (const TestOutcome& outcome :
       {test({"TEST_TOKEN", "--no-built-in", "--rules", rule_file_, text}),
        test({rule_file_, text}), test({rule_file_}, text), test({rule_file_, "-"}, text),
        test({rule_file_, "--file", folder_.write("t.txt", text)})}) {
    EXPECT_EQ(outcome.code, kExitFindings) << outcome.err;
    EXPECT_TRUE(outcome.out.starts_with("TEST_TOKEN\n  found    1:3 to 1:23, bytes 2 to 22, "))
        << outcome.out;
    EXPECT_EQ(outcome.out.find(hex_token(1).substr(0, 8)), std::string::npos);
  }
}

TEST_F(RulesTest, Errors) {
  const TestOutcome unknown = test({"NO_SUCH_RULE", "--no-built-in", "x"});
  EXPECT_EQ(unknown.code, kExitError);
  EXPECT_NE(unknown.err.find("NO_SUCH_RULE is neither"), std::string::npos);
  EXPECT_EQ(test({settings_.write("broken.toml", "[[rule]\n"), "x"}).code, kExitError);
  EXPECT_EQ(test({settings_.write("empty.toml", ""), "x"}).code, kExitError);
  EXPECT_EQ(test({rule_file_, "x", "--file", rule_file_}).code, kExitError);
  EXPECT_EQ(test({rule_file_, "--file", "/no/such/text"}).code, kExitError);
  EXPECT_EQ(test({}).code, kExitError);
}

TEST_F(RulesTest, JavaPatternsNeedNoFile) {
  const TestOutcome found = test({"--java", "[A-Z]{3}-\\d{4}", "see ABC-1234", "--clear"});
  EXPECT_EQ(found.code, kExitFindings);
  EXPECT_NE(found.out.find("bytes 4 to 12"), std::string::npos) << found.out;
  EXPECT_NE(found.out.find("ABC-1234"), std::string::npos) << found.out;
  const TestOutcome nothing = test({"--java", "^b", "a\nb"});
  EXPECT_EQ(nothing.code, kExitNothing);
  EXPECT_EQ(nothing.out, "PATTERN\n  no match\n");
  EXPECT_EQ(test({"--java", "--flags", "m", "^b", "a\nb"}).code, kExitFindings);
  const TestOutcome broken = test({"--java", "a(b", "ab"});
  EXPECT_EQ(broken.code, kExitError);
  EXPECT_NE(broken.err.find("character 2: this '(' is never closed\n  a(b\n   ^"),
            std::string::npos)
      << broken.err;
  EXPECT_EQ(test({"--flags", "m", "TEST_FILTERED", "ab"}).code, kExitError);
}

TEST(TryRule, RefusedMatchThatHidesAGoodOne) {
  // The pattern's own first match is refused; the rule finds one that begins inside of it.
  detect::Rule rule;
  rule.id = 990012;
  rule.name = "TEST_CARD";
  rule.pattern = "[0-9]{4}-[0-9]{4}";
  rule.before = 4;
  rule.after = 5;
  rule.anchors = {"-9"};
  rule.stop_words = {"1111"};
  const auto trial = try_rule(rule, "1111-9222-9333");
  ASSERT_TRUE(trial) << trial.error().message;
  ASSERT_EQ(trial->matches.size(), 2U);
  EXPECT_FALSE(trial->matches[0].found);
  EXPECT_EQ(trial->matches[0].refused, std::vector<std::string>{"it holds the stop word 1111"});
  EXPECT_TRUE(trial->matches[1].found);
  EXPECT_EQ(trial->matches[1].secret, (Span{5, 14}));
}

}  // namespace
}  // namespace spillguard::cli
