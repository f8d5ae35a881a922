#include <gtest/gtest.h>

#include <string>

#include "detect/rule.h"
#include "detect/templates.h"

namespace spillguard::detect {
namespace {

constexpr std::string_view kGood = R"(
provider = "Acme"
source = "https://acme.example/tokens"
[[rule]]
id = 2
name = "ACME_TOKEN"
title = "Acme token"
category = "saas"
severity = "high"
pattern = '''\b(acme_[0-9a-f]{8,20})\b'''
validators = ["mixed"]
examples = ["acme_{{hex:12}}1a"]
counter_examples = ["acme_{{hex:2}}"]
)";

std::string error_of(std::string_view toml) {
  RuleSet rules;
  const Status status = rules.add_file("x.toml", toml);
  return status ? "" : status.error().message;
}

// The good file with one text in it replaced.
std::string with(std::string_view from, std::string_view to) {
  std::string text(kGood);
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::vector<std::string> problems_of(const std::string& toml) {
  RuleSet rules;
  const Status status = rules.add_file("x.toml", toml);
  EXPECT_TRUE(status.has_value()) << (status ? "" : status.error().message);
  return check_rules(rules);
}

std::string problem_of(const std::string& toml) {
  const auto problems = problems_of(toml);
  return problems.empty() ? "" : problems.front();
}

TEST(RuleFile, ReadsAndCompletesARule) {
  RuleSet rules;
  ASSERT_TRUE(rules.add_file("x.toml", kGood).has_value());
  const Rule* rule = rules.find("ACME_TOKEN");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rules.find(2), rule);
  EXPECT_EQ(rules.find(3), nullptr);
  EXPECT_EQ(rule->provider, "Acme");
  EXPECT_EQ(rule->severity, Severity::kHigh);
  EXPECT_EQ(rule->anchors, std::vector<std::string>{"acme_"});
  EXPECT_EQ(rule->before, 0U);
  EXPECT_EQ(rule->after, 25U);
  EXPECT_EQ(rule->examples.front(), "acme_{{hex:12}}1a");
  EXPECT_EQ(expand_examples(*rule).value().front().size(), 19U);
  EXPECT_TRUE(check_rules(rules).empty()) << check_rules(rules).front();
}

TEST(RuleFile, ErrorsNameThePlace) {
  EXPECT_EQ(error_of(with("severity = \"high\"", "severity = \"hi\"")),
            "x.toml:9: rule[0].severity: must be info, low, medium, high or critical");
  EXPECT_EQ(
      error_of(with("{{hex:2}}", "{{hexx:2}}")),
      "x.toml:13: rule[0].counter_examples: unknown template {{hexx:2}}; docs/rules.md lists them");
  EXPECT_EQ(error_of(with("title", "titel")), "x.toml:4: rule[0].title: is required");
  EXPECT_EQ(error_of(with("validators", "validator")), "x.toml:11: rule[0].validator: unknown key");
  EXPECT_NE(error_of(with("saas", "sauce")).find("category: must be one of cloud, "),
            std::string::npos);
  EXPECT_NE(error_of("[[rule]").find("x.toml:1:"), std::string::npos);
  EXPECT_NE(error_of(std::string(kGood) + std::string(kGood.substr(kGood.find("[[rule]]"))))
                .find("2 ACME_TOKEN is taken by 2 ACME_TOKEN in"),
            std::string::npos);
}

TEST(RuleFile, CheckNamesEveryKindOfProblem) {
  EXPECT_EQ(problem_of(with("ACME_TOKEN", "acme-token")),
            "x.toml: 2 acme-token: name must be in UPPER_SNAKE_CASE");
  EXPECT_NE(problem_of(with("source =", "# source =")).find("source is missing"),
            std::string::npos);
  EXPECT_NE(problem_of(with("1a\"]", "1a\", \"acme_zz\"]")).find("example is not found: acme_zz"),
            std::string::npos);
  EXPECT_NE(problem_of(with("1a\"]", "1a\", \"nothing\"]")).find("holds none of the anchors"),
            std::string::npos);
  EXPECT_NE(problem_of(with("{{hex:2}}", "{{hex:9}}a1")).find("counter-example is found"),
            std::string::npos);
  EXPECT_NE(problem_of(with("{8,20}", "{8,")).find("example"), std::string::npos);
  EXPECT_NE(problem_of(with("{8,20}", "{8,}")).find("give `after`"), std::string::npos);
  EXPECT_NE(problem_of(with("validators", "after = 9\nvalidators")).find("after = 9 is too little"),
            std::string::npos);
  EXPECT_NE(
      problem_of(with("validators", "anchors = [\"cme-\"]\nvalidators")).find("without any of its"),
      std::string::npos);
  EXPECT_NE(problem_of(with("\"mixed\"", "\"mixt\"")).find("no validator is named mixt"),
            std::string::npos);
}

TEST(RuleFile, JavaPatterns) {
  const std::string java = with("pattern =", "syntax = \"java\"\nflags = \"m\"\npattern =");
  RuleSet rules;
  ASSERT_TRUE(rules.add_file("x.toml", java).has_value());
  EXPECT_EQ(rules.find(2)->syntax, Syntax::kJava);
  EXPECT_EQ(rules.find(2)->java_flags, 8U);
  EXPECT_EQ(problem_of(java), "");
  EXPECT_NE(error_of(with("pattern =", "syntax = \"perl\"\npattern =")).find("pcre2 or java"),
            std::string::npos);
  EXPECT_NE(error_of(with("pattern =", "flags = \"m\"\npattern =")).find("Java's syntax"),
            std::string::npos);
  const auto both = [](const char* more) {
    return error_of(with("pattern =", std::string("syntax = \"java\"\n") + more + "\npattern ="));
  };
  EXPECT_NE(both("flags = \"z\"").find("idmsuxU"), std::string::npos);
  EXPECT_NE(both("anchors = [\"acme_\"]").find("is derived"), std::string::npos);
}

TEST(RuleFile, SwitchesAndVersions) {
  RuleSet rules;
  ASSERT_TRUE(rules.add_file("x.toml", kGood).has_value());
  const std::string version = rules.version();
  ASSERT_TRUE(rules.set_enabled("ACME_TOKEN", false).has_value());
  EXPECT_NE(rules.version(), version);
  ASSERT_TRUE(rules.set_enabled("ACME_TOKEN", true).has_value());
  EXPECT_EQ(rules.version(), version);
  EXPECT_EQ(rules.set_enabled("NONE", true).error().code, Code::kNotFound);
  RuleSet other;
  ASSERT_TRUE(other.add_file("x.toml", with("{8,20}", "{8,21}")).has_value());
  EXPECT_NE(other.version(), version);
}

TEST(Templates, AreDeterministicAndOfTheirClass) {
  const auto text = [](std::string_view form) { return expand_template(form, "seed").value(); };
  EXPECT_EQ(text("a {{hex:8}} b"), text("a {{hex:8}} b"));
  EXPECT_NE(text("{{alnum:20}}"), expand_template("{{alnum:20}}", "other").value());
  EXPECT_EQ(text("{{hex:500}}").find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(text("{{[x-z_]:500}}").find_first_not_of("xyz_"), std::string::npos);
  EXPECT_EQ(text("{{open}} a {{close}}"), "{{ a }}");
  EXPECT_EQ(text("{{luhn:411:16}}").substr(0, 3), "411");
  EXPECT_TRUE(text("{{pem:EC PRIVATE KEY}}").starts_with("-----BEGIN EC PRIVATE KEY-----\n"));
  EXPECT_EQ(text("{{uuid}}").size(), 36U);
  for (const char* broken :
       {"{{hex}}", "{{hex:0}}", "{{hex:-1}}", "{{hex:99999999}}", "{{luhn:41a:16}}",
        "{{luhn:4111:3}}", "{{[]:3}}", "{{", "{{none:3}}"}) {
    EXPECT_FALSE(expand_template(broken, "seed").has_value()) << broken;
  }
}

TEST(BuiltInRules, StandTheirOwnExamples) {
  for (const std::string& problem : check_rules(RuleSet::built_in())) ADD_FAILURE() << problem;
}

}  // namespace
}  // namespace spillguard::detect
