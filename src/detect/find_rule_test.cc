// Java rules through the engine find what a plain Matcher.find() over the whole text finds, for any
// blocks; hostile patterns end within their budget and nothing else is lost.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/padded_text.h"
#include "base/strings.h"
#include "detect/engine.h"
#include "detect/find_rule.h"
#include "detect/rule.h"
#include "regex/java/java_finder.h"

namespace spillguard::detect {
namespace {

using Spans = std::vector<std::pair<size_t, size_t>>;

Rule java_rule(int32_t id, std::string pattern, uint32_t flags = 0) {
  Rule rule;
  rule.id = id;
  rule.name = "JAVA_" + std::to_string(id);
  rule.category = "custom";
  rule.pattern = std::move(pattern);
  rule.syntax = Syntax::kJava;
  rule.java_flags = flags;
  return rule;
}

std::shared_ptr<const Engine> engine_with(std::vector<Rule> rules, size_t block = 1 << 18) {
  auto engine =
      Engine::build(RuleSet::of(std::move(rules)), {.block_bytes = block, .self_check = false});
  EXPECT_TRUE(engine.has_value()) << (engine ? "" : engine.error().message);
  return engine ? *engine : nullptr;
}

ScanResult scan_of(const Engine& engine, std::string_view text) {
  const PaddedText padded(text);
  Engine::Scratch scratch = engine.make_scratch();
  ScanResult result;
  engine.scan(padded.view(), scratch, result);
  return result;
}

Spans spans_of(const ScanResult& result) {
  Spans out;
  for (const Match& match : result.matches) out.emplace_back(match.match.begin, match.match.end);
  return out;
}

// Each byte that is no part of valid UTF-8 becomes U+001A.
std::string made_valid(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t length = 4;
    while (length > 0 && (length > text.size() || !is_valid_utf8(text.substr(0, length)) ||
                          (length > 1 && static_cast<unsigned char>(text[0]) < 0x80))) {
      --length;
    }
    out += length == 0 ? "\x1A" : text.substr(0, length);
    text.remove_prefix(std::max<size_t>(1, length));
  }
  return out;
}

// What find() gives, but for empty matches; nullopt when it ran into a limit.
std::optional<Spans> expected(const Rule& rule, std::string_view text) {
  const auto pattern =
      regex::JavaPattern::parse(rule.pattern, *regex::JavaFlags::from_bits(rule.java_flags));
  if (!pattern) return std::nullopt;
  regex::MatchScratch scratch({.match = 200'000});
  const std::string valid = pattern->utf() ? made_valid(text) : std::string(text);
  auto matcher = regex::JavaMatcher::over(*pattern, valid, scratch);
  if (!matcher) return std::nullopt;
  Spans out;
  for (;;) {
    const regex::MatchOutcome outcome = matcher->find();
    if (outcome == regex::MatchOutcome::kLimit) return std::nullopt;
    if (outcome == regex::MatchOutcome::kNoMatch) return out;
    const Span found = matcher->group();
    if (found.begin < found.end) out.emplace_back(found.begin, found.end);
  }
}

class Patterns {
 public:
  explicit Patterns(uint32_t seed) : random_(seed) {}

  std::string pattern(int depth) {
    static const char* const kAtoms[] = {"a",
                                         "b",
                                         "c",
                                         "key",
                                         "key_",
                                         "tok",
                                         "A",
                                         "1",
                                         ".",
                                         "\\w",
                                         "\\d",
                                         "\\s",
                                         "[ab]",
                                         "[^a]",
                                         "[A-Z]",
                                         "[a-z0-9]",
                                         "\\b",
                                         "\\B",
                                         "^",
                                         "$",
                                         "\\R",
                                         "é",
                                         "\\S",
                                         "[\\w&&[^1]]",
                                         "=",
                                         "-",
                                         "\\p{L}",
                                         "\\p{Punct}",
                                         "(?i)",
                                         "\xE2\x82\xAC",
                                         "\\h",
                                         "\\z",
                                         "secret",
                                         "\\n",
                                         "[^\\s,]",
                                         "\\x1a",
                                         "(?<!a)",
                                         "(?<=_)",
                                         "(?=b)",
                                         "(?!1)",
                                         "\\G",
                                         "(?<!\\w)",
                                         "(?<![\\x00-\\x2f])",
                                         "\\1",
                                         "\\2",
                                         "(?<=a+)",
                                         "(?<!(b|ab))",
                                         "\\b{g}",
                                         "(?:a|){2}"};
    static const char* const kCounts[] = {"",   "",   "",    "",      "",     "*",  "+",  "?",
                                          "*?", "+?", "{2}", "{1,2}", "{3,}", "++", "{4}"};
    static const char* const kOpeners[] = {"(", "(?:", "(?:", "(?>", "(?=", "(?!", "(?i:"};
    std::string out;
    for (unsigned parts = 1 + pick(5); parts > 0; --parts) {
      const bool group = depth > 0 && pick(4) == 0;
      const std::string atom = group
                                   ? kOpeners[pick(std::size(kOpeners))] + pattern(depth - 1) + ")"
                                   : std::string(kAtoms[pick(std::size(kAtoms))]);
      out += atom;
      if (atom != "(?i)") out += kCounts[pick(std::size(kCounts))];
      if (pick(8) == 0) out += '|';
    }
    return out;
  }

  std::string text(bool may_be_broken) {
    static const char* const kPieces[] = {"a",
                                          "b",
                                          "ab",
                                          "key",
                                          "key_",
                                          "KEY_",
                                          "tok",
                                          "secret",
                                          "A",
                                          "1",
                                          "12",
                                          "1234",
                                          "=",
                                          "-",
                                          " ",
                                          "\n",
                                          "\r\n",
                                          "é",
                                          "\xE2\x82\xAC",
                                          "\xF0\x9F\x98\x80",
                                          ".",
                                          ",",
                                          "aaaa",
                                          "X9",
                                          "\x1A",
                                          "\xE2\x80\xA8",
                                          "_"};
    static const std::string kBroken[] = {"\xFF", "\xC3", "\xE2\x82", "\x80", "\xED\xA0\x80"};
    std::string out;
    for (unsigned pieces = pick(60); pieces > 0; --pieces) {
      if (may_be_broken && pick(12) == 0) {
        out += kBroken[pick(std::size(kBroken))];
      } else {
        out += kPieces[pick(std::size(kPieces))];
      }
      if (pick(40) == 0) out += std::string(pick(200), pick(2) == 0 ? 'a' : ' ');
    }
    return out;
  }

  unsigned pick(size_t below) { return static_cast<unsigned>(random_() % below); }

 private:
  std::mt19937 random_;
};

TEST(FindRule, FindsWhatAWholeMatcherFinds) {
  size_t compared = 0;
  size_t with_matches = 0;
  size_t with_anchors = 0;
  size_t with_motifs = 0;
  for (uint32_t seed = 1; seed <= 400; ++seed) {
    Patterns make(seed);
    static constexpr uint32_t kFlags[] = {0, 0, 2, 8, 0x20, 0x42};
    const Rule rule = java_rule(1, make.pattern(2), kFlags[make.pick(std::size(kFlags))]);
    const auto compiled = FindRule::compile(rule, 0);
    if (!compiled) continue;
    with_anchors += (*compiled)->anchors().empty() ? 0 : 1;
    with_motifs += (*compiled)->motifs().empty() ? 0 : 1;
    const auto engine = engine_with({rule});
    const auto in_blocks = engine_with({rule}, 1);
    for (int i = 0; i < 8; ++i) {
      const std::string text = make.text(i % 2 == 1);
      const auto wanted = expected(rule, text);
      if (!wanted) continue;
      const ScanResult result = scan_of(*engine, text);
      if (!result.limits.empty()) continue;
      ++compared;
      with_matches += wanted->empty() ? 0 : 1;
      ASSERT_EQ(spans_of(result), *wanted) << seed << " " << rule.pattern << "\n" << text;
      EXPECT_EQ(result.matches, scan_of(*in_blocks, text).matches);
    }
  }
  EXPECT_GT(compared, 1500U);
  EXPECT_GT(with_matches, 500U);
  EXPECT_GT(with_anchors, 30U);
  EXPECT_GT(with_motifs, 60U);
}

TEST(FindRule, ManyRulesTogetherFindWhatEachFindsAlone) {
  for (uint32_t seed = 1; seed <= 6; ++seed) {
    Patterns make(seed * 7919);
    std::vector<Rule> rules;
    while (rules.size() < 60) {
      Rule rule = java_rule(static_cast<int32_t>(rules.size()) + 1, make.pattern(1));
      if (FindRule::compile(rule, 0)) rules.push_back(std::move(rule));
    }
    const auto engine = engine_with(rules);
    for (int i = 0; i < 5; ++i) {
      const std::string text = make.text(true);
      const ScanResult result = scan_of(*engine, text);
      for (const Rule& rule : rules) {
        const auto wanted = expected(rule, text);
        if (!wanted) continue;
        const auto number = static_cast<uint32_t>(rule.id - 1);
        const bool limited = std::any_of(result.limits.begin(), result.limits.end(),
                                         [&](const LimitHit& hit) { return hit.rule == number; });
        if (limited) continue;
        Spans got;
        for (const Match& match : result.matches) {
          const bool is_it = match.rule == number || std::find(match.also.begin(), match.also.end(),
                                                               number) != match.also.end();
          if (is_it) got.emplace_back(match.match.begin, match.match.end);
        }
        EXPECT_EQ(got, *wanted) << rule.pattern << "\n" << text;
      }
    }
  }
}

TEST(FindRule, ReportsGroupZeroAndPassesOverEmptyMatches) {
  const auto engine = engine_with({java_rule(1, "key=(\\w*)"), java_rule(2, "\\d*")});
  const ScanResult result = scan_of(*engine, "key=abc 12 key=");
  EXPECT_EQ(spans_of(result), (Spans{{0, 7}, {8, 10}, {11, 15}}));
  EXPECT_EQ(result.matches[0].secret, result.matches[0].match);
}

TEST(FindRule, AnchorlessPcre2RulesHaveASecret) {
  Rule rule = java_rule(1, "\\b([0-9]{3})-x");
  rule.syntax = Syntax::kPcre2;
  const auto engine = engine_with({rule});
  const ScanResult result = scan_of(*engine, "a 123-x 4567-x");
  ASSERT_EQ(result.matches.size(), 1U);
  EXPECT_EQ(result.matches[0].match, (Span{2, 7}));
  EXPECT_EQ(result.matches[0].secret, (Span{2, 5}));
}

// Text, and then the rule beside another that must not suffer.
TEST(FindRule, HostilePatternsAreReportedAndNothingElseIsLost) {
  const std::string letters(100'000, 'a');
  std::string near;
  while (near.size() < 100'000) near += "<a b=\"aaaaaaaaaaaaaaaaaaaaaaaa! ";
  const struct {
    const char* pattern;
    const std::string* text;
  } cases[] = {{"(a+)+$", &near},        {"(.*a){20}", &letters},
               {"(.*a){20}b", &letters}, {"^(([a-z])+.)+[A-Z]([a-z])+$", &letters},
               {"(a|aa)+!c", &near},     {"(a|a?)+c", &near},
               {"<a[^>]*>", &near},      {"(?s)<a.*?<z", &near},
               {"(\\w+\\s?)+:", &near},  {"(?:a(?=a*+!)|a)*c", &near}};
  for (const auto& [pattern, text] : cases) {
    const auto engine = engine_with({java_rule(1, pattern), java_rule(2, "TOKEN_\\d{4}")});
    const std::string whole = "TOKEN_1234 " + *text + " TOKEN_5678";
    const ScanResult result = scan_of(*engine, whole);
    EXPECT_EQ(std::count_if(result.matches.begin(), result.matches.end(),
                            [](const Match& match) { return match.rule == 1; }),
              2)
        << pattern;
    EXPECT_LE(result.limits.size(), 1U) << pattern;
    for (const LimitHit& hit : result.limits) EXPECT_EQ(hit.rule, 0U);
  }
}

// The work that is counted: in proportion to the text, whatever the pattern and whoever runs it.
TEST(FindRule, WorkIsBoundedByTheText) {
  regex::MatchScratch scratch;
  for (const char* source :
       {"(a+)+b", "(a|a)*ab", "(.*a){20}b", "(a*)*ab", "(?<=x*)(a+)+b", "(?!(b))(a|a?){2,}\\1",
        "(?<=[a-z]+)\\w\\d", "(?<=(x{1,200})a?a?a?a?)a*b"}) {
    const auto pattern = regex::JavaPattern::parse(source);
    ASSERT_TRUE(pattern.has_value()) << source;
    for (const size_t size : {100'000, 200'000, 400'000}) {
      const std::string text = std::string(size, 'a') + "!b";  // without b nothing is tried
      regex::FindPlace place;
      const regex::FinderOptions options;
      Span match;
      while (regex::JavaFinder(*pattern).next(text, 0, text.size(), place, scratch, match)) {
      }
      EXPECT_TRUE(place.spent || place.undecided > 0) << source;
      EXPECT_NE(place.limit_at, regex::FindPlace::npos) << source;
      const uint64_t budget = options.free_work + options.work_a_byte * text.size();
      EXPECT_LE(place.work, budget) << source;
    }
  }
}

TEST(FindRule, ErrorsNameTheRuleAndShowThePlace) {
  const auto broken = FindRule::compile(java_rule(7, "a(b"), 0);
  ASSERT_FALSE(broken.has_value());
  EXPECT_EQ(broken.error().message,
            "rule 7 JAVA_7: Java pattern, character 2: this '(' is never closed\n  a(b\n   ^");
  EXPECT_FALSE(FindRule::compile(java_rule(7, "a", 0x80), 0).has_value());
  EXPECT_FALSE(Engine::build(RuleSet::of({java_rule(7, "[")})).has_value());
}

}  // namespace
}  // namespace spillguard::detect
