// What `spillguard scan` does not report, and how it says so.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/file.h"
#include "cli/test_commands.h"

namespace spillguard::cli {
namespace {

class ScanKnown : public TestCommands {
 protected:
  static bool says(const TestOutcome& outcome, const std::string& words) {
    return outcome.err.find(words) != std::string::npos;
  }
  size_t findings(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "jsonl", folder_.path()});
    return lines(scan(std::move(arguments)).out).size();
  }
};

TEST_F(ScanKnown, BaselineHidesWhatItKnows) {
  folder_.write("a.txt", token(1) + " " + token(2));
  const std::string file = settings_.path() + "/baseline";
  const TestOutcome first = scan({"--write-baseline", file, folder_.path()});
  EXPECT_EQ(first.code, kExitFindings);
  const std::string written = read_file(file).value();
  EXPECT_EQ(written.find(hex_token(1)), std::string::npos);
  const TestOutcome second = scan({"--baseline", file, folder_.path()});
  EXPECT_EQ(second.code, kExitNothing);
  EXPECT_TRUE(says(second, "0 findings in 0 files; scanned 1 file"));
  EXPECT_TRUE(says(second, "not reported 2: 2 in the baseline")) << second.err;
  // Elsewhere in the file is the same finding; in another file it is not.
  folder_.write("a.txt", "\n\n" + token(2) + " " + token(1) + " " + token(3));
  folder_.write("b.txt", token(1));
  EXPECT_EQ(findings({"--baseline", file}), 2U);
  // A new one holds what is known and what is new.
  EXPECT_EQ(scan({"--baseline", file, "--write-baseline", file, folder_.path()}).code,
            kExitFindings);
  EXPECT_EQ(findings({"--baseline", file}), 0U);
}

TEST_F(ScanKnown, EarlierOutputsAreBaselines) {
  folder_.write("a.txt", token(1) + " " + token(2));
  for (const char* format : {"json", "jsonl"}) {
    for (const bool redact : {false, true}) {
      std::vector<std::string> arguments = {"--format", format, folder_.path()};
      if (redact) {
        arguments.emplace_back("--redact");
      }
      const std::string file = settings_.write("earlier", scan(arguments).out);
      EXPECT_EQ(findings({"--baseline", file}), 0U) << format << redact;
    }
  }
}

TEST_F(ScanKnown, BaselineOfAnotherKeyIsRefused) {
  folder_.write("a.txt", token(1));
  const MasterKey key = MasterKey::generate();
  const std::string key_file = settings_.write("key", std::string(key.to_hex().reveal()));
  const std::string file = settings_.path() + "/baseline";
  scan({"--key-file", key_file, "--write-baseline", file, folder_.path()});
  const TestOutcome refused = scan({"--baseline", file, folder_.path()});
  EXPECT_EQ(refused.code, kExitError);
  EXPECT_EQ(refused.out, "");
  EXPECT_TRUE(says(refused, file)) << refused.err;
  EXPECT_TRUE(says(refused, "--key-file")) << refused.err;
  EXPECT_EQ(scan({"--baseline", file, "--key-file", key_file, folder_.path()}).code, kExitNothing);
}

TEST_F(ScanKnown, NoBaselineIsWrittenOfHalfAScan) {
  folder_.write("a.txt", token(1));
  const std::string file = settings_.path() + "/baseline";
  const TestOutcome outcome = scan({"--write-baseline", file, folder_.path(), "/no/such/file"});
  EXPECT_EQ(outcome.code, kExitError);
  EXPECT_TRUE(says(outcome, "is not written")) << outcome.err;
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(scan({"--baseline", file, folder_.path()}).code, kExitError);
}

TEST_F(ScanKnown, PragmasAllowAndAreCounted) {
  folder_.write("a.py", token(1) + "  # pragma: allowlist secret\n" + token(2) + "\n" +
                            "# pragma: allowlist nextline secret\n" + token(3) + "\n");
  folder_.write("b.xml", "<p>" + token(4) + "</p> <!-- pragma: allowlist secret -->\n");
  const TestOutcome outcome = scan({folder_.path()});
  EXPECT_TRUE(says(outcome, "1 finding in 1 file; scanned 2 files")) << outcome.err;
  EXPECT_TRUE(says(outcome, "not reported 3: 3 allowed by a pragma")) << outcome.err;
  EXPECT_EQ(findings({"--no-ignore"}), 4U);
}

TEST_F(ScanKnown, IgnoreFiles) {
  folder_.write(".spillguardignore", "*.log\n/vendor/\n!keep.log\n");
  folder_.write("a.log", token(1));
  folder_.write("x/keep.log", token(2));
  folder_.write("vendor/keep.log", token(3));  // its folder is not entered
  folder_.write("x/vendor/c.txt", token(4));
  const TestOutcome outcome = scan({folder_.path()});
  EXPECT_TRUE(says(outcome, "2 findings in 2 files")) << outcome.err;
  EXPECT_TRUE(says(outcome, "skipped 2: 1 ignored, 1 ignored folder")) << outcome.err;
  EXPECT_EQ(findings({"--no-ignore"}), 4U);
  // The command line is read last, and decides.
  const std::string more = settings_.write("more", "!a.log\nx/vendor\n");
  EXPECT_EQ(findings({"--ignore-file", more}), 2U);
  EXPECT_TRUE(says(scan({"--ignore-file", more, folder_.path()}), "skipped 2: 2 ignored folder"));
  // A file that is named is scanned.
  EXPECT_EQ(scan({folder_.path() + "/a.log"}).code, kExitFindings);
}

TEST_F(ScanKnown, BadIgnoreFilesAreRefusedWithTheirLine) {
  const std::string own = folder_.write(".spillguardignore", "*.log\n[a\n");
  const TestOutcome refused = scan({folder_.path()});
  EXPECT_EQ(refused.code, kExitError);
  EXPECT_TRUE(says(refused, own + ":2: [ without its ]")) << refused.err;
  EXPECT_EQ(scan({"--no-ignore", folder_.path()}).code, kExitNothing);
  const std::string bad = settings_.write("bad", "a//b");
  EXPECT_TRUE(says(scan({"--no-ignore", "--ignore-file", bad, folder_.path()}), bad + ":1: there"));
  EXPECT_EQ(scan({"--ignore-file", "/no/such/list", "-"}).code, kExitError);
}

TEST_F(ScanKnown, IgnoringEverythingWarns) {
  folder_.write(".spillguardignore", "*\n");
  folder_.write("a/b.txt", token(1));
  const TestOutcome outcome = scan({folder_.path()});
  EXPECT_EQ(outcome.code, kExitNothing);
  EXPECT_TRUE(says(outcome, "warning: the ignore files leave nothing of " + folder_.path()))
      << outcome.err;
  folder_.write(".spillguardignore", "*.txt\n");  // which leaves itself
  EXPECT_TRUE(says(scan({folder_.path()}), "warning"));
  folder_.write("c.md", "x");
  EXPECT_FALSE(says(scan({folder_.path()}), "warning"));
}

TEST_F(ScanKnown, MinSeverity) {
  std::string low = kTestRule;
  low.replace(low.find("990001"), 6, "990003");
  low.replace(low.find("TEST_TOKEN"), 10, "TEST_LOWER");
  low.replace(low.find("\"high\""), 6, "\"low\"");
  low.replace(low.find("SGT_["), 5, "SG[TU]_[");
  low.replace(low.find("anchors = [\"SGT_\"]"), 18, "anchors = [\"SGT_\", \"SGU_\"]\nafter = 20");
  const std::string file = settings_.write("low.toml", low);
  const std::string text = token(1) + " SGU_" + hex_token(2);
  const auto scan_at = [&](const char* least) {
    return run({"scan", "--no-built-in", "--rules", rule_file_, "--rules", file, "--min-severity",
                least, "--format", "jsonl", "-"},
               text);
  };
  const TestOutcome info = scan_at("info");
  EXPECT_EQ(lines(info.out).size(), 2U) << info.err;
  EXPECT_EQ(lines(scan_at("low").out).size(), 2U);
  const auto high = lines(scan_at("high").out);
  ASSERT_EQ(high.size(), 1U);
  EXPECT_EQ(high[0].at("rule").as_string(), "TEST_TOKEN");
  const TestOutcome none = scan_at("critical");
  EXPECT_EQ(none.code, kExitError);
  EXPECT_TRUE(says(none, "critical")) << none.err;
  EXPECT_EQ(scan({"--min-severity", "huge", "-"}).code, kExitError);
}

}  // namespace
}  // namespace spillguard::cli
