// What `spillguard scan` writes besides text and jsonl.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/file.h"
#include "cli/sarif_writer.h"
#include "cli/test_commands.h"

namespace spillguard::cli {
namespace {

using ScanFormats = TestCommands;

constexpr const char* kLinesRule = R"toml(provider = "Test"
source = "https://example.org/lines (and words)"
[[rule]]
id = 990002
name = "TEST_LINES"
title = "Lines"
category = "token"
severity = "low"
pattern = '''(SGL_[0-9]{4}\r?\n[0-9]{4}\r?\n)END'''
anchors = ["SGL_"]
examples = ["SGL_1234\n5678\nEND"]
)toml";

const boost::json::value& at(const boost::json::value& value, const char* pointer) {
  return value.at_pointer(pointer);
}

TEST_F(ScanFormats, SarifHasItsStructureAndNoSecret) {
  folder_.write("b c/ü.txt", "ok\né " + token(1) + " x\n" + token(2));
  const TestOutcome outcome = scan({"--format", "sarif", folder_.path()});
  EXPECT_EQ(outcome.code, kExitFindings) << outcome.err;
  const boost::json::value all = boost::json::parse(outcome.out);
  EXPECT_EQ(at(all, "/version").as_string(), "2.1.0");
  EXPECT_TRUE(at(all, "/$schema").as_string().ends_with("sarif-2.1.0.json"));
  ASSERT_EQ(at(all, "/runs").as_array().size(), 1U);
  EXPECT_EQ(at(all, "/runs/0/tool/driver/name").as_string(), "Spillguard");
  EXPECT_EQ(at(all, "/runs/0/tool/driver/version").as_string(), SG_VERSION);
  EXPECT_EQ(at(all, "/runs/0/columnKind").as_string(), "unicodeCodePoints");
  EXPECT_TRUE(at(all, "/runs/0/invocations/0/executionSuccessful").as_bool());
  ASSERT_EQ(at(all, "/runs/0/tool/driver/rules").as_array().size(), 1U);
  const boost::json::value& rule = at(all, "/runs/0/tool/driver/rules/0");
  EXPECT_EQ(at(rule, "/id").as_string(), "SG990001");
  EXPECT_EQ(at(rule, "/name").as_string(), "TEST_TOKEN");
  EXPECT_EQ(at(rule, "/shortDescription/text").as_string(), "A token of this test");
  EXPECT_EQ(at(rule, "/helpUri").as_string(), "https://example.org/tokens");
  EXPECT_EQ(at(rule, "/defaultConfiguration/level").as_string(), "error");
  EXPECT_EQ(at(rule, "/properties/severity").as_string(), "high");
  EXPECT_EQ(at(rule, "/properties/category").as_string(), "token");
  ASSERT_EQ(at(all, "/runs/0/results").as_array().size(), 2U);
  const boost::json::value& result = at(all, "/runs/0/results/0");
  EXPECT_EQ(at(result, "/ruleId").as_string(), "SG990001");
  EXPECT_EQ(at(result, "/ruleIndex").as_int64(), 0);
  EXPECT_EQ(at(result, "/level").as_string(), "error");
  EXPECT_EQ(at(result, "/message/text").as_string(), "TEST_TOKEN: A token of this test");
  const boost::json::value& place = at(result, "/locations/0/physicalLocation");
  EXPECT_EQ(at(place, "/artifactLocation/uri").as_string(),
            "file://" + folder_.path() + "/b%20c/%C3%BC.txt");
  EXPECT_EQ(at(place, "/region/startLine").as_int64(), 2);
  EXPECT_EQ(at(place, "/region/startColumn").as_int64(), 3);
  EXPECT_EQ(at(place, "/region/endLine").as_int64(), 2);
  EXPECT_EQ(at(place, "/region/endColumn").as_int64(), 23);
  EXPECT_EQ(at(result, "/partialFingerprints/spillguard~1v1").as_string(),
            MasterKey::public_key().fingerprint(token(1)).hex());
  EXPECT_EQ(outcome.out.find(hex_token(1).substr(0, 8)), std::string::npos);
}

TEST_F(ScanFormats, SarifOfSeveralLinesNothingAndFailures) {
  // A rule whose secret spans lines: the region ends where it does.
  const std::string rule = settings_.write("lines.toml", kLinesRule);
  const TestOutcome found =
      run({"scan", "--no-built-in", "--rules", rule, "--format", "sarif", "-"},
          "a SGL_1234\r\n5678\r\nEND");
  const boost::json::value all = boost::json::parse(found.out);
  const boost::json::value& place = at(all, "/runs/0/results/0/locations/0/physicalLocation");
  EXPECT_EQ(at(place, "/artifactLocation/uri").as_string(), "stdin");
  EXPECT_EQ(at(place, "/artifactLocation/uriBaseId").as_string(), "%SRCROOT%");
  EXPECT_EQ(at(place, "/region/startLine").as_int64(), 1);
  EXPECT_EQ(at(place, "/region/startColumn").as_int64(), 3);
  EXPECT_EQ(at(place, "/region/endLine").as_int64(), 2);
  EXPECT_EQ(at(all, "/runs/0/results/0/level").as_string(), "note");
  EXPECT_EQ(at(all, "/runs/0/tool/driver/rules/0/helpUri").as_string(),
            "https://example.org/lines");
  const TestOutcome none = scan({"--format", "sarif", "-"}, "nothing");
  EXPECT_EQ(none.code, kExitNothing);
  EXPECT_TRUE(at(boost::json::parse(none.out), "/runs/0/results").as_array().empty());
  const TestOutcome failed = scan({"--format", "sarif", "/no/such/file"});
  EXPECT_EQ(failed.code, kExitError);
  EXPECT_FALSE(
      at(boost::json::parse(failed.out), "/runs/0/invocations/0/executionSuccessful").as_bool());
}

TEST(SarifUri, Paths) {
  EXPECT_EQ(sarif_uri("./a b/c#d?.txt"), "a%20b/c%23d%3F.txt");
  EXPECT_EQ(sarif_uri("../x:y"), "../x%3Ay");
  EXPECT_EQ(sarif_uri("/a/./b"), "file:///a/b");
  EXPECT_EQ(sarif_uri("a\xFF"), "a%FF");
}

TEST_F(ScanFormats, JsonIsOneArrayOfTheLines) {
  folder_.write("a.txt", token(1) + "\n" + token(2));
  const TestOutcome json = scan({"--format", "json", folder_.path()});
  const boost::json::value all = boost::json::parse(json.out);
  const auto each = lines(scan({"--format", "jsonl", folder_.path()}).out);
  ASSERT_EQ(all.as_array().size(), 2U);
  EXPECT_EQ(all.as_array()[0].as_object(), each[0]);
  EXPECT_EQ(all.as_array()[1].as_object(), each[1]);
  EXPECT_EQ(scan({"--format", "json", "-"}, "x").out, "[]\n");
}

TEST_F(ScanFormats, Csv) {
  folder_.write("=a,b.txt", token(1));
  const std::string fingerprint = MasterKey::public_key().fingerprint(token(1)).hex();
  EXPECT_EQ(scan({"--format", "csv", folder_.path()}).out,
            "file,line,column,rule,secret,match,fingerprint,decoded,location\r\n"
            "\"'=a,b.txt\",1,1,TEST_TOKEN," +
                token(1) + "," + token(1) + "," + fingerprint + ",,\r\n");
}

TEST_F(ScanFormats, RedactMasksInAll) {
  folder_.write("a.txt", token(1));
  for (const char* format : {"json", "jsonl", "csv"}) {
    const TestOutcome clear = scan({"--format", format, folder_.path()});
    EXPECT_NE(clear.out.find(token(1)), std::string::npos) << format;
    const TestOutcome redacted = scan({"--format", format, "--redact", folder_.path()});
    EXPECT_EQ(redacted.out.find(hex_token(1).substr(0, 8)), std::string::npos) << format;
    EXPECT_NE(redacted.out.find("SG***"), std::string::npos) << format;
  }
}

TEST_F(ScanFormats, SameForAnyNumberOfThreads) {
  for (int i = 0; i < 40; ++i) {
    folder_.write("d" + std::to_string(i % 3) + "/f" + std::to_string(i) + ".txt",
                  token(i) + "\n" + token(i + 1) + " # pragma: allowlist secret\n" + token(i + 2));
  }
  for (const char* format : {"text", "json", "jsonl", "csv", "sarif"}) {
    std::vector<TestOutcome> outcomes;
    std::vector<std::string> baselines;
    for (const char* threads : {"1", "4"}) {
      const std::string baseline = settings_.path() + "/baseline" + threads;
      outcomes.push_back(scan({"--format", format, "--threads", threads, "--write-baseline",
                               baseline, folder_.path()}));
      baselines.push_back(read_file(baseline).value());
    }
    EXPECT_EQ(outcomes[0].out, outcomes[1].out);
    EXPECT_EQ(outcomes[0].err, outcomes[1].err);
    EXPECT_EQ(baselines[0], baselines[1]);
    EXPECT_NE(outcomes[0].err.find("80 findings in 40 files"), std::string::npos);
  }
}

}  // namespace
}  // namespace spillguard::cli
