// The scan and rules commands as they are called, on streams of the test.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "cli/test_commands.h"

namespace spillguard::cli {
namespace {

using ScanCommand = TestCommands;

TEST_F(ScanCommand, JsonLinesHaveExactlyTheirFields) {
  folder_.write("a/page.xml", "<p>x\ny\xC3\xA9 " + token(1).substr(0, 7) + "<b>" +
                                  token(1).substr(7) + "</b></p>");
  const TestOutcome outcome = scan({"--format", "jsonl", folder_.path()});
  EXPECT_EQ(outcome.code, kExitFindings) << outcome.err;
  const auto all = lines(outcome.out);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].size(), 7U);
  EXPECT_EQ(all[0].at("file").as_string(), "a/page.xml");
  EXPECT_EQ(all[0].at("line").as_int64(), 2);
  EXPECT_EQ(all[0].at("column").as_int64(), 4);
  EXPECT_EQ(all[0].at("rule").as_string(), "TEST_TOKEN");
  EXPECT_EQ(all[0].at("secret").as_string(), token(1));
  EXPECT_EQ(all[0].at("match").as_string(), token(1));
  EXPECT_EQ(all[0].at("fingerprint").as_string(),
            MasterKey::public_key().fingerprint(token(1)).hex());
  EXPECT_NE(outcome.err.find("1 finding in 1 file; scanned 1 file"), std::string::npos);
}

TEST_F(ScanCommand, TextAndRedactedOutputHoldNoSecret) {
  const std::string file = folder_.write("a.txt", "key " + token(1) + " and " + token(2) + "\n");
  const TestOutcome text = scan({file});
  EXPECT_NE(text.out.find(file + ":1:5 TEST_TOKEN  key SG***"), std::string::npos) << text.out;
  const TestOutcome redacted = scan({file, "--format", "jsonl", "--redact"});
  EXPECT_EQ(lines(redacted.out).size(), 2U);
  for (const TestOutcome* outcome : {&text, &redacted}) {
    EXPECT_EQ((outcome->out + outcome->err).find(hex_token(1)), std::string::npos);
    EXPECT_EQ((outcome->out + outcome->err).find(hex_token(2)), std::string::npos);
  }
}

TEST_F(ScanCommand, SameOutputForAnyNumberOfThreads) {
  for (int i = 0; i < 60; ++i) {
    folder_.write("f" + std::to_string(i) + ".txt", token(i) + "\n" + token(i + 1));
  }
  const TestOutcome one = scan({"--threads", "1", "--format", "jsonl", folder_.path()});
  const TestOutcome many = scan({"--threads", "7", "--format", "jsonl", folder_.path()});
  EXPECT_EQ(lines(one.out).size(), 120U);
  EXPECT_EQ(one.out, many.out);
}

TEST_F(ScanCommand, StandardInput) {
  const TestOutcome outcome = scan({"-", "--format", "jsonl"}, "a\n " + token(3));
  const auto all = lines(outcome.out);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].at("file").as_string(), "<stdin>");
  EXPECT_EQ(all[0].at("line").as_int64(), 2);
  EXPECT_EQ(all[0].at("column").as_int64(), 2);
}

TEST_F(ScanCommand, ALargeFileIsScannedInPartsAndKeepsItsPlace) {
  // Larger than a window: the first file is still being scanned when the others are done.
  std::string large;
  for (int i = 0; i < 9; ++i) {
    large += "a " + token(i) + "\n" + std::string(3'000'000, 'x') + "\n";
  }
  folder_.write("a.txt", large);
  for (int i = 0; i < 20; ++i) {
    folder_.write("b" + std::to_string(i) + ".txt", token(i));
  }
  const TestOutcome one = scan({"--threads", "1", "--format", "jsonl", folder_.path()});
  const TestOutcome many = scan({"--threads", "3", "--format", "jsonl", folder_.path()});
  const auto all = lines(one.out);
  ASSERT_EQ(all.size(), 29U);
  for (size_t i = 0; i < 9; ++i) {
    EXPECT_EQ(all[i].at("file").as_string(), "a.txt");
    EXPECT_EQ(all[i].at("line").as_int64(), 2 * static_cast<int64_t>(i) + 1);
    EXPECT_EQ(all[i].at("column").as_int64(), 3);
  }
  EXPECT_EQ(one.out, many.out);
  EXPECT_NE(one.err.find("29 findings in 21 files; scanned 21 files"), std::string::npos)
      << one.err;
  EXPECT_EQ(lines(scan({"-", "--format", "jsonl"}, large).out).size(), 9U);
  const TestOutcome cut = scan({"-", "--format", "jsonl", "--max-file-bytes", "20000000"}, large);
  EXPECT_EQ(lines(cut.out).size(), 7U);
  EXPECT_NE(cut.err.find("skipped 1: 1 larger than 20.0 MB"), std::string::npos) << cut.err;
}

TEST_F(ScanCommand, ExitCodesAndWhatWasSkipped) {
  const std::string clean = folder_.write("clean.txt", "nothing");
  const std::string binary = folder_.write("b.bin", token(1) + std::string(1, '\0'));
  const std::string large = folder_.write("c.txt", std::string(3000, 'x') + token(1));
  EXPECT_EQ(scan({clean}).code, kExitNothing);
  const TestOutcome skipped =
      scan({"--max-file-bytes", "2000", "--no-attachments", folder_.path()});
  EXPECT_EQ(skipped.code, kExitNothing);
  EXPECT_NE(skipped.err.find("skipped 2: 1 binary, 1 larger than 2.0 kB"), std::string::npos)
      << skipped.err;
  // What can not be read outweighs what was found.
  const TestOutcome missing = scan({large, "/no/such/file"});
  EXPECT_EQ(missing.code, kExitError);
  EXPECT_EQ(lines(scan({large, "--format", "jsonl"}).out).size(), 1U);
  EXPECT_NE(missing.err.find("/no/such/file: no such file or folder"), std::string::npos);
  EXPECT_EQ(scan({clean, "-q"}).err, "");
  EXPECT_EQ(scan({clean, "--no-summary"}).err, "");
}

TEST_F(ScanCommand, WrongUsageIsAnErrorThatNamesTheWord) {
  EXPECT_EQ(scan({}).code, kExitError);
  const TestOutcome markup = scan({"--markup", "word", "-"});
  EXPECT_EQ(markup.code, kExitError);
  EXPECT_NE(markup.err.find("word"), std::string::npos);
  const TestOutcome rule = run({"scan", "--enable", "NO_SUCH_RULE", "-"});
  EXPECT_EQ(rule.code, kExitError);
  EXPECT_NE(rule.err.find("NO_SUCH_RULE"), std::string::npos);
  EXPECT_EQ(scan({"--key-file", "/no/such/key", "-"}).code, kExitError);
  EXPECT_EQ(scan({"--threads", "100000", "-"}).code, kExitError);
  EXPECT_EQ(run({"nonsense"}).code, kExitError);
  EXPECT_EQ(run({"--help"}).code, kExitNothing);
}

TEST_F(ScanCommand, KeyFileGivesTheInstallationsFingerprints) {
  const MasterKey key = MasterKey::generate();
  const std::string file = settings_.write("key", std::string(key.to_hex().reveal()) + "\n");
  const TestOutcome outcome = scan({"-", "--format", "jsonl", "--key-file", file}, token(4));
  const auto all = lines(outcome.out);
  ASSERT_EQ(all.size(), 1U) << outcome.err;
  EXPECT_EQ(all[0].at("fingerprint").as_string(), key.fingerprint(token(4)).hex());
}

TEST_F(ScanCommand, MarkupCanBeSaid) {
  const std::string source = "{color:red}" + token(5).substr(0, 9) + "{color}" + token(5).substr(9);
  EXPECT_EQ(lines(scan({"-", "--format", "jsonl"}, source).out).size(), 1U);
  EXPECT_EQ(scan({"-", "--markup", "plain"}, source).code, kExitNothing);
}

TEST_F(ScanCommand, ARuleOverItsLimitIsNamedAndTheOthersGoOn) {
  const std::string evil = settings_.write("evil.toml", R"(provider = "Test"
source = "https://example.org/evil"
[[rule]]
id = 990009
name = "EVIL"
title = "A pattern that goes back for ever"
category = "token"
severity = "low"
syntax = "java"
pattern = '''(a+)+b'''
examples = ["aab"]
)");
  const std::string text = token(6) + " " + std::string(100'000, 'a') + "!b " + token(7);
  const TestOutcome outcome = scan({"-", "--format", "jsonl", "--rules", evil}, text);
  EXPECT_EQ(lines(outcome.out).size(), 2U) << outcome.err;
  const size_t named = outcome.err.find("rule EVIL gave up");
  EXPECT_NE(named, std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.err.find("rule EVIL gave up", named + 1), std::string::npos);
}

TEST_F(ScanCommand, RulesListShowCheck) {
  const TestOutcome list =
      run({"rules", "list", "--no-built-in", "--rules", rule_file_, "--format", "json"});
  EXPECT_EQ(list.code, kExitNothing);
  bool found = false;
  const boost::json::value all = boost::json::parse(list.out);
  for (const auto& rule : all.as_array()) {
    const auto& object = rule.as_object();
    EXPECT_EQ(object.size(), 6U);
    found = found || (object.at("name").as_string() == "TEST_TOKEN" &&
                      object.at("id").as_int64() == 990001 && object.at("enabled").as_bool());
  }
  EXPECT_TRUE(found);
  const TestOutcome show =
      run({"rules", "show", "TEST_TOKEN", "--no-built-in", "--rules", rule_file_});
  EXPECT_EQ(show.code, kExitNothing);
  EXPECT_NE(show.out.find("https://example.org/tokens"), std::string::npos);
  EXPECT_EQ(run({"rules", "show", "NO_SUCH_RULE"}).code, kExitError);
  const std::string broken = settings_.write("broken.toml", "[[rule]\n");
  EXPECT_EQ(run({"rules", "list", "--rules", broken}).code, kExitError);
  std::string wrong = kTestRule;
  wrong.replace(wrong.find("examples = [\"SGT_"), 17, "examples = [\"SGX_");
  const TestOutcome check =
      run({"rules", "check", "--no-built-in", "--rules", settings_.write("wrong.toml", wrong)});
  EXPECT_EQ(check.code, kExitError);
  EXPECT_NE((check.out + check.err).find("TEST_TOKEN"), std::string::npos);
}

TEST_F(ScanCommand, Version) {
  const TestOutcome outcome = run({"version"});
  EXPECT_EQ(outcome.code, kExitNothing);
  EXPECT_TRUE(outcome.out.starts_with("spillguard " SG_VERSION "\nrules "));
}

}  // namespace
}  // namespace spillguard::cli
