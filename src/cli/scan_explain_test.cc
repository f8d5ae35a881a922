// Findings in encoded text, and `scan --explain`.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>

#include "base/encoding.h"
#include "base/strings.h"
#include "cli/test_commands.h"
#include "detect/rule.h"

namespace spillguard::cli {
namespace {

class ScanExplain : public TestCommands {
 protected:
  // The token in base64, and what of it must not be seen anywhere.
  std::string encoded() { return base64_encode("user=me\nkey=" + token(1) + "\nend=1"); }
};

TEST_F(ScanExplain, EncodedSecretsAreFoundWhereTheyStand) {
  const std::string line = "data: " + encoded() + " tail";
  const TestOutcome outcome = scan({"--format", "jsonl", "-"}, "first\n" + line + "\n");
  ASSERT_EQ(outcome.code, kExitFindings) << outcome.err;
  const auto all = lines(outcome.out);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].at("secret").as_string(), token(1));
  EXPECT_EQ(all[0].at("decoded").as_string(), "base64");
  EXPECT_EQ(all[0].at("line").as_int64(), 2);
  EXPECT_EQ(all[0].at("column").as_int64(), 1 + 6 + 12 * 4 / 3);
  EXPECT_EQ(all[0].at("fingerprint").as_string(),
            MasterKey::public_key().fingerprint(token(1)).hex());
  const TestOutcome plain = scan({"--format", "jsonl", "-"}, token(1));
  EXPECT_FALSE(lines(plain.out)[0].contains("decoded"));
}

// Neither the secret nor what decodes to it: no seven letters of it, in any form.
void expect_hidden(const std::string& out, const std::string& secret, const std::string& run) {
  for (size_t i = 0; i + 7 <= secret.size(); ++i) {
    EXPECT_EQ(out.find(secret.substr(i, 7)), std::string::npos) << out;
  }
  // The secret's part of the run: letters 16 to 43.
  for (size_t i = 16; i + 8 <= 43; ++i) {
    EXPECT_EQ(out.find(run.substr(i, 8)), std::string::npos) << out;
  }
}

TEST_F(ScanExplain, TheContextHidesTheEncodedSecret) {
  const TestOutcome text = scan({"-"}, "data: " + encoded() + " tail\n");
  EXPECT_NE(text.out.find("TEST_TOKEN (base64)  data: "), std::string::npos) << text.out;
  expect_hidden(text.out, token(1), encoded());
  for (const char* format : {"jsonl", "csv", "sarif"}) {
    const TestOutcome masked =
        scan({"--format", format, "--redact", "--explain", "-"}, "data: " + encoded() + "\n");
    EXPECT_EQ(masked.code, kExitFindings);
    EXPECT_NE(masked.out.find("base64"), std::string::npos) << format;
    expect_hidden(masked.out, token(1), encoded());
  }
}

TEST_F(ScanExplain, TwiceTheSameIsOneFindingAndBothSpansAreHidden) {
  const std::string text = token(1) + " and " + encoded();
  const TestOutcome outcome = scan({"--format", "jsonl", "-"}, text);
  EXPECT_EQ(lines(outcome.out).size(), 2U);  // two places
  const TestOutcome shown = scan({"-"}, text);
  expect_hidden(shown.out, token(1), encoded());
}

TEST_F(ScanExplain, TextHasIndentedLines) {
  const TestOutcome outcome = scan({"--explain", "-"}, "x " + token(1) + " y\n");
  const auto all = split(outcome.out, '\n');
  ASSERT_GE(all.size(), 4U) << outcome.out;
  EXPECT_TRUE(all[1].starts_with("    rule        990001 TEST_TOKEN: A token of this test; "))
      << all[1];
  EXPECT_EQ(all[2], "    found by    pattern, woken by SGT_");
  EXPECT_TRUE(all[3].starts_with("    secret      20 bytes, entropy ")) << all[3];
  const TestOutcome without = scan({"-"}, "x " + token(1) + " y\n");
  EXPECT_EQ(split(without.out, '\n').size(), 2U);
}

TEST_F(ScanExplain, ObjectsInJsonAndSarif) {
  const TestOutcome json = scan({"--format", "json", "--explain", "-"}, encoded());
  const boost::json::value all = boost::json::parse(json.out);
  const auto& explanation = all.at_pointer("/0/explanation");
  EXPECT_EQ(explanation.at("rule").as_string(), "TEST_TOKEN");
  EXPECT_EQ(explanation.at("decoded").as_string(), "base64");
  EXPECT_EQ(explanation.at("length").as_int64(), 20);
  EXPECT_TRUE(explanation.at("filters").is_array());
  const TestOutcome sarif = scan({"--format", "sarif", "--explain", "-"}, encoded());
  const boost::json::value report = boost::json::parse(sarif.out);
  EXPECT_EQ(report.at_pointer("/runs/0/results/0/properties/decoded").as_string(), "base64");
  EXPECT_EQ(report.at_pointer("/runs/0/results/0/properties/explanation/version").as_string(),
            explanation.at("version").as_string());
  const TestOutcome plain = scan({"--format", "sarif", "-"}, token(1));
  EXPECT_EQ(plain.out.find("\"explanation\""), std::string::npos);
}

TEST_F(ScanExplain, RulesShowTheSameVersion) {
  const TestOutcome json = scan({"--format", "jsonl", "--explain", "-"}, token(1));
  const std::string version(lines(json.out)[0].at("explanation").at("version").as_string());
  const TestOutcome shown =
      run({"rules", "show", "--no-built-in", "--rules", rule_file_, "TEST_TOKEN"});
  EXPECT_NE(shown.out.find("version     " + version), std::string::npos) << shown.out << shown.err;
}

TEST_F(ScanExplain, ABaselineKnowsEncodedSecrets) {
  const std::string baseline = settings_.write("known.jsonl", "");
  const std::string file = folder_.write("a.txt", "data: " + encoded() + "\n");
  EXPECT_EQ(scan({"--write-baseline", baseline, file}).code, kExitFindings);
  EXPECT_EQ(scan({"--baseline", baseline, file}).code, kExitNothing);
}

}  // namespace
}  // namespace spillguard::cli
