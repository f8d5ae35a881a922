#include "cli/window_scan.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "detect/rule.h"
#include "detect/templates.h"

namespace spillguard::cli {
namespace {

detect::Rule window_rule(int32_t id, std::string pattern, std::string anchor, uint32_t after) {
  detect::Rule rule;
  rule.id = id;
  rule.name = "RULE_" + std::to_string(id);
  rule.title = rule.name;
  rule.provider = "test";
  rule.category = "token";
  rule.pattern = std::move(pattern);
  rule.anchors = {std::move(anchor)};
  rule.after = after;
  return rule;
}

detect::Rule before(detect::Rule rule, uint32_t bytes) {
  rule.before = bytes;
  return rule;
}

FileScanOptions options_of(const WindowSizes& windows) {
  FileScanOptions options;
  options.engine =
      detect::Engine::build(detect::RuleSet::of({
                                window_rule(1, R"(\btok_[a-f0-9]{16}\b)", "tok_", 20),
                                window_rule(2, R"(key:[a-z_:]{3,})", "key:", 30),
                                // Matches that follow each other without a gap.
                                before(window_rule(3, R"([0-9]{2}xx[0-9]{2})", "xx", 4), 2),
                                window_rule(4, R"(BEGIN[^!]{0,900}!)", "BEGIN", 910),
                            }),
                            {})
          .value();
  options.windows = windows;
  return options;
}

// Lines with tokens, pragmas, characters of several bytes, long lines, blocks and long matches.
std::string sample_text(std::mt19937& random, size_t size) {
  const auto pick = [&](size_t below) { return random() % below; };
  std::string text;
  while (text.size() < size) {
    switch (pick(12)) {
      case 0:
        text += "tok_" + content_hash(std::to_string(random())).substr(0, 16);
        break;
      case 1:
        text += "key:" + std::string(pick(40) == 0 ? pick(700) : pick(9), 'k');
        break;
      case 2:
        text += std::to_string(random() % 100) + "xx" + std::to_string(random() % 10000);
        break;
      case 3:
        text += "BEGIN" + std::string(pick(500), 'b') + (pick(2) == 0 ? "!" : "");
        break;
      case 4:
        text += pick(9) == 0 ? " pragma: allowlist secret" : "\xC3\xA9\xE2\x82\xAC";
        break;
      case 5:
        text += pick(30) == 0 ? std::string(pick(1200), 'z') : "word";
        break;
      case 6:
      case 7:
        text += '\n';
        break;
      default:
        text += ' ';
    }
  }
  return text;
}

std::string shown(const FileReport& report) {
  std::string out;
  for (const FileFinding& finding : report.findings) {
    out += std::to_string(finding.line) + ":" + std::to_string(finding.column) + "-" +
           std::to_string(finding.end_line) + ":" + std::to_string(finding.end_column) + " " +
           std::to_string(finding.rule) + " " + finding.secret + "|" + finding.match + "|" +
           finding.before + "|" + finding.masked + "|" + finding.after + "|" +
           finding.fingerprint.hex() + "\n";
  }
  for (const detect::LimitHit& hit : report.limits) {
    out += "limit " + std::to_string(hit.rule) + " " + std::to_string(hit.offset) + "\n";
  }
  return out + std::to_string(report.allowed) + " allowed\n";
}

struct Streamed {
  FileReport report;
  size_t parts = 0;
};

Streamed in_windows(const FileScanOptions& options, const std::string& text, std::mt19937& random) {
  detect::Engine::Scratch scratch = options.engine->make_scratch();
  Streamed all;
  const auto join = [&](FileReport part) {
    ++all.parts;
    std::move(part.findings.begin(), part.findings.end(), std::back_inserter(all.report.findings));
    all.report.limits.insert(all.report.limits.end(), part.limits.begin(), part.limits.end());
    all.report.allowed += part.allowed;
  };
  WindowScan windows(options, scratch, join);
  for (size_t at = 0; at < text.size();) {
    const size_t piece = 1 + random() % 5000;
    windows.add(std::string_view(text).substr(at, piece));
    at += piece;
  }
  join(windows.finish());
  return all;
}

FileReport as_a_whole(FileScanOptions options, const std::string& text) {
  options.markup = text::Markup::kPlain;
  detect::Engine::Scratch scratch = options.engine->make_scratch();
  return scan_bytes(options, scratch, "text.txt", text);
}

// Their reach is less than that of a pragma: lines of the samples are shorter than it.
constexpr WindowSizes kSmall = {
    .window = 16'384, .longest = 40'000, .reach = 2'048, .agree = 1'024};

TEST(WindowScan, FindsWhatAScanOfTheWholeFinds) {
  FileScanOptions options = options_of(kSmall);
  size_t findings = 0;
  size_t parts = 0;
  for (uint32_t seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    options.windows.window = kSmall.window + random() % 4000;
    const std::string text = sample_text(random, 60'000 + random() % 9000);
    const FileReport whole = as_a_whole(options, text);
    const Streamed streamed = in_windows(options, text, random);
    ASSERT_EQ(shown(streamed.report), shown(whole)) << seed;
    findings += whole.findings.size();
    parts += streamed.parts;
  }
  EXPECT_GT(findings, 20'000U);
  EXPECT_GT(parts, 300U);
}

TEST(WindowScan, ChainsOfMatchesAreNotCutUpOtherwise) {
  // Every match ends where the next begins, from one end of a window to the other.
  const FileScanOptions options = options_of(kSmall);
  std::mt19937 random(3);
  std::string chain = "12";
  while (chain.size() < 20'000) {
    chain += "xx34";
  }
  const std::string front = sample_text(random, 20'000);
  for (size_t shift = 0; shift < 8; ++shift) {
    const std::string text =
        front + "\n" + std::string(shift, ' ') + chain + "\n" + sample_text(random, 20'000);
    const FileReport whole = as_a_whole(options, text);
    EXPECT_GT(whole.findings.size(), 2'500U);
    EXPECT_EQ(shown(in_windows(options, text, random).report), shown(whole)) << shift;
  }
}

// Examples of all built-in rules, with prose and settings between them.
TEST(WindowScan, AllBuiltInRules) {
  FileScanOptions options;
  const detect::RuleSet rules = detect::RuleSet::built_in();
  options.engine = detect::Engine::build(rules).value();
  options.windows = {.window = 400'000, .longest = 1'000'000, .reach = 80'000, .agree = 16'000};
  std::mt19937 random(5);
  std::string text;
  for (const detect::Rule& rule : rules.rules()) {
    const auto examples = detect::expand_examples(rule);
    ASSERT_TRUE(examples.has_value());
    for (const std::string& example : *examples) {
      text += example + "\n";
      for (size_t words = random() % 60; words > 0; --words) {
        text += words % 9 == 0 ? "the server was slow\n" : "again ";
      }
    }
  }
  ASSERT_GT(text.size(), 500'000U);
  const FileReport whole = as_a_whole(options, text);
  EXPECT_GT(whole.findings.size(), rules.rules().size() / 2);
  for (int round = 0; round < 3; ++round) {
    options.windows.window = 400'000 + random() % 50'000;
    const Streamed streamed = in_windows(options, text, random);
    EXPECT_EQ(shown(streamed.report), shown(whole)) << round;
    EXPECT_GT(streamed.parts, 1U);
  }
}

TEST(WindowScan, ShortAndEmptyTexts) {
  const FileScanOptions options = options_of(kSmall);
  std::mt19937 random(1);
  for (const size_t size :
       {size_t{0}, size_t{1}, kSmall.window - 1, kSmall.window, kSmall.window + 1}) {
    const std::string text = size == 0 ? std::string() : sample_text(random, size).substr(0, size);
    EXPECT_EQ(shown(in_windows(options, text, random).report), shown(as_a_whole(options, text)))
        << size;
  }
}

}  // namespace
}  // namespace spillguard::cli
