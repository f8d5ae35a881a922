#include "detect/engine.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>

#include "base/padded_row.h"
#include "base/padded_text.h"
#include "detect/filters.h"
#include "detect/overlap.h"
#include "detect/rule.h"
#include "regex/pattern.h"

namespace spillguard::detect {
namespace {

Rule make_rule(int32_t id, std::string pattern, std::vector<std::string> anchors, uint32_t before,
               uint32_t after) {
  Rule rule;
  rule.id = id;
  rule.name = "RULE_" + std::to_string(id);
  rule.title = rule.name;
  rule.provider = "test";
  rule.category = "token";
  rule.pattern = std::move(pattern);
  rule.anchors = std::move(anchors);
  rule.before = before;
  rule.after = after;
  return rule;
}

std::shared_ptr<const Engine> build(std::vector<Rule> rules, EngineOptions options = {}) {
  auto engine = Engine::build(RuleSet::of(std::move(rules)), options);
  EXPECT_TRUE(engine.has_value()) << (engine ? "" : engine.error().message);
  return engine ? *engine : nullptr;
}

ScanResult scan(const Engine& engine, const std::string& text) {
  const PaddedText padded(text);
  Engine::Scratch scratch = engine.make_scratch();
  ScanResult result;
  engine.scan(padded.view(), scratch, result);
  return result;
}

std::vector<std::string> secrets(const Engine& engine, const std::string& text) {
  std::vector<std::string> out;
  for (const Match& match : scan(engine, text).matches) {
    out.push_back(text.substr(match.secret.begin, match.secret.size()));
  }
  return out;
}

using Texts = std::vector<std::string>;

TEST(Engine, FindsAtBothEndsAndBetween) {
  const auto engine = build({make_rule(1, R"(\b(tok_[a-z]{4})\b)", {"tok_"}, 0, 8)});
  EXPECT_EQ(secrets(*engine, "tok_abcd x tok_efgh, tok_ijkl"),
            (Texts{"tok_abcd", "tok_efgh", "tok_ijkl"}));
  EXPECT_TRUE(secrets(*engine, "").empty());
  EXPECT_TRUE(secrets(*engine, "tok_").empty());
}

TEST(Engine, BoundariesSeeTheTrueNeighbours) {
  const auto engine = build({make_rule(1, R"(\b(tok_[a-z]{4})\b)", {"tok_"}, 0, 8),
                             make_rule(2, R"((?<![0-9])key:([0-9]{4})(?![0-9]))", {"key:"}, 0, 8)});
  EXPECT_TRUE(secrets(*engine, "tok_abcde").empty());
  EXPECT_TRUE(secrets(*engine, "xtok_abcd").empty());
  EXPECT_TRUE(secrets(*engine, "1key:1234 key:12345").empty());
  EXPECT_EQ(secrets(*engine,
                    "ä"
                    "key:1234 "),
            (Texts{"1234"}));
}

TEST(Engine, SecretIsTheNamedGroupThenTheFirstThenAll) {
  const auto engine = build({make_rule(1, R"((aaa)=(?<secret>\d+))", {"aaa="}, 0, 20),
                             make_rule(2, R"(bbb=(\d+))", {"bbb="}, 0, 20),
                             make_rule(3, R"(ccc=\d+)", {"ccc="}, 0, 20),
                             make_rule(4, R"(ddd(?:=(\d+))?)", {"ddd"}, 0, 20)});
  EXPECT_EQ(secrets(*engine, "aaa=12 bbb=34 ccc=56 ddd"), (Texts{"12", "34", "ccc=56", "ddd"}));
}

TEST(Engine, UnboundedMatchIsNotCutAtItsWindow) {
  const auto engine = build({make_rule(1, R"(\btok_[a-z]{4,}\b)", {"tok_"}, 0, 10)});
  const std::string token = "tok_" + std::string(5000, 'q');
  EXPECT_EQ(secrets(*engine, "a " + token + " b"), (Texts{token}));
}

TEST(Engine, SameSecretOfTwoRulesHasOnePrimary) {
  Rule generic = make_rule(1, R"(key=(\w{8}))", {"key="}, 0, 12);
  generic.category = "generic";
  const auto engine = build({generic, make_rule(2, R"(\b(ab_\w{5})\b)", {"ab_"}, 0, 8),
                             make_rule(3, R"(ab_\w{4})", {"ab_"}, 0, 8)});
  const ScanResult result = scan(*engine, "key=ab_12345");
  ASSERT_EQ(result.matches.size(), 2U);  // the third has a span of its own
  EXPECT_EQ(result.matches[0].rule, 2U);
  EXPECT_EQ(result.matches[1].rule, 1U);
  EXPECT_EQ(result.matches[1].also, std::vector<uint32_t>{0});
  EXPECT_EQ(result.matches[1].match, (Span{4, 12}));
}

TEST(Engine, ARejectedMatchDoesNotHideOneThatOverlapsIt) {
  Rule card = make_rule(1, R"((?<!\d)(\d(?:[ -]?\d){12,18})(?!\d))", {"card"}, 200, 200);
  card.pattern = R"(card[^\n]{0,40}?\b(\d(?:[ -]?\d){12,15})\b)";
  card.validators = {"luhn"};
  const auto engine = build({card});
  EXPECT_EQ(secrets(*engine, "card 4539578763621486"), (Texts{"4539578763621486"}));
  EXPECT_TRUE(secrets(*engine, "card 4539578763621487").empty());
}

TEST(Engine, FiltersByEntropyStopWordsAndContext) {
  Rule rule = make_rule(1, R"(\btok_(\w{8})\b)", {"tok_"}, 0, 12);
  rule.min_entropy = 2.5;
  rule.stop_words = {"Test"};
  rule.context = {"Acme"};
  rule.context_reach = 10;
  const auto engine = build({rule});
  EXPECT_EQ(secrets(*engine, "ACME tok_a1b2c3d4"), (Texts{"a1b2c3d4"}));
  EXPECT_EQ(secrets(*engine, "tok_a1b2c3d4 of acme"), (Texts{"a1b2c3d4"}));
  EXPECT_TRUE(secrets(*engine, "acme            tok_a1b2c3d4").empty());
  EXPECT_TRUE(secrets(*engine, "acme tok_aaaaaaab").empty());
  EXPECT_TRUE(secrets(*engine, "acme tok_a1TESTd4").empty());
}

TEST(Engine, SpansKeepCharactersWhole) {
  const auto engine = build({make_rule(1, R"(pw=([^ ]{1,5}))", {"pw="}, 0, 8)});
  EXPECT_EQ(secrets(*engine, "pw=abcd\xC3\xA9 x"), (Texts{"abcd"}));
  EXPECT_EQ(secrets(*engine, "pw=abc\xC3\xA9 x"), (Texts{"abc\xC3\xA9"}));
}

TEST(Engine, IgnoresCaseOnlyWhereToldTo) {
  Rule loose = make_rule(1, R"(tok_([a-f]{4})\b)", {"Tok_"}, 0, 8);
  loose.ignore_case = true;
  const auto engine = build({loose, make_rule(2, R"(tok_([a-f]{4})\b)", {"tok_"}, 0, 8)});
  const ScanResult result = scan(*engine, "TOK_ABCD tok_abcd");
  ASSERT_EQ(result.matches.size(), 2U);
  EXPECT_TRUE(result.matches[0].also.empty());
  EXPECT_EQ(result.matches[1].also.size(), 1U);
}

TEST(Engine, DenseTextsGiveEveryFindingInLinearWork) {
  const auto engine = build({make_rule(1, R"(\b(tok_[a-z0-9]{36})\b)", {"tok_"}, 1, 40)});
  std::string text;
  std::mt19937 random(7);
  for (int i = 0; i < 5000; ++i) {
    text += "tok_";
    for (int k = 0; k < 36; ++k) text += "abcdefghijklmnopqrstuvwxyz0123456789"[random() % 36];
    text += ' ';
  }
  EXPECT_EQ(scan(*engine, text).matches.size(), 5000U);
  // Nothing but anchors: every one is a hit and none a match.
  std::string anchors;
  while (anchors.size() < 400'000) anchors += "tok_";
  const ScanResult none = scan(*engine, anchors);
  EXPECT_TRUE(none.matches.empty());
  EXPECT_TRUE(none.limits.empty());
}

TEST(Engine, AnUnboundedRuleOverManyWindowsMatchesOnce) {
  const auto engine = build({make_rule(1, R"(key_[a-z_]{20,})", {"key_"}, 0, 40)});
  std::string text;
  for (int i = 0; i < 300; ++i) text += "key_" + std::string(150, 'a');
  EXPECT_EQ(secrets(*engine, text), (Texts{text}));
}

TEST(Engine, LimitsAreReportedAndOtherRulesGoOn) {
  const auto engine = build({make_rule(1, R"(bad:(?:[ab]+[ab]+)+c)", {"bad:"}, 0, 4000),
                             make_rule(2, R"(tok_\d{3})", {"tok_"}, 0, 7)});
  const ScanResult result = scan(*engine, "bad:" + std::string(300, 'a') + " tok_123 c");
  ASSERT_EQ(result.limits.size(), 1U);
  EXPECT_EQ(result.limits[0].rule, 0U);
  ASSERT_EQ(result.matches.size(), 1U);
  EXPECT_EQ(result.matches[0].rule, 1U);
}

TEST(Engine, RefusesRulesThatCanNotWork) {
  const auto refused = [](Rule rule) {
    const auto engine = Engine::build(RuleSet::of({std::move(rule)}), {});
    return engine ? std::string() : engine.error().message;
  };
  EXPECT_NE(refused(make_rule(1, "tok_(", {"tok_"}, 0, 9)).find("RULE_1: pattern, byte 5"),
            std::string::npos);
  EXPECT_NE(refused(make_rule(1, "x*", {"xx"}, 0, 9)).find("match nothing"), std::string::npos);
  EXPECT_NE(refused(make_rule(1, "tok_", {"tok_"}, 0, 0)).find("give `after`"), std::string::npos);
  Rule rule = make_rule(1, "tok_", {"tok_"}, 0, 4);
  rule.validators = {"nonsense"};
  EXPECT_NE(refused(rule).find("no validator is named nonsense"), std::string::npos);
}

TEST(Engine, DisabledRulesAreNotThere) {
  Rule off = make_rule(2, "tok_", {"tok_"}, 0, 4);
  off.enabled = false;
  const auto engine = build({make_rule(1, "key_", {"key_"}, 0, 4), off});
  EXPECT_EQ(engine->rules().size(), 1U);
  EXPECT_TRUE(secrets(*engine, "tok_").empty());
  const auto nothing = build({off});
  EXPECT_TRUE(secrets(*nothing, "tok_ key_").empty());
}

// A text of pieces that make and break matches, with random bytes between them.
std::string random_text(std::mt19937& random, size_t pieces) {
  static const std::string kPieces[] = {"tok_",
                                        "to",
                                        "k_",
                                        "abcd",
                                        "key:",
                                        "KEY:",
                                        "1234",
                                        " ",
                                        "-",
                                        "\xC3\xA9",
                                        "tok_abcd",
                                        "key:12345",
                                        "longer-anchor-",
                                        "x",
                                        "\n",
                                        std::string(1, '\0')};
  std::string text;
  for (size_t i = 0; i < pieces; ++i) text += kPieces[random() % std::size(kPieces)];
  return text;
}

std::vector<Rule> random_rules() {
  Rule loose = make_rule(3, R"(key:(\d{2,6}))", {"key:"}, 0, 10);
  loose.ignore_case = true;
  return {
      make_rule(1, R"(\b(tok_[a-d]{4})\b)", {"tok_"}, 0, 8),
      make_rule(2, R"(tok_[a-d]+)", {"tok_"}, 0, 12), loose,
      make_rule(4, R"([a-z]{0,6}(?:longer-anchor-|r-a)[a-z]*)", {"longer-anchor-", "r-a"}, 6, 30)};
}

// The truth without anchors, windows and blocks: PCRE2 over the whole text.
std::vector<Match> found_plainly(const std::vector<Rule>& rules, const std::string& text) {
  std::vector<Match> out;
  regex::MatchScratch scratch;
  for (uint32_t i = 0; i < rules.size(); ++i) {
    const auto pattern =
        regex::Pattern::compile(rules[i].pattern, {.ignore_case = rules[i].ignore_case}).value();
    size_t at = 0;
    while (at <= text.size() && pattern.match(text, at, scratch) == regex::MatchOutcome::kMatch) {
      const Span match = scratch.group(0);
      const Span secret = scratch.group(pattern.group_count() > 0 ? 1 : 0);
      out.push_back({i,
                     match,
                     secret,
                     shannon_entropy(std::string_view(text).substr(secret.begin, secret.size())),
                     {}});
      at = match.end;
    }
  }
  const std::vector<uint64_t> by_id = {(8ULL << 32) + 3, 0, (4ULL << 32) + 1, (14ULL << 32)};
  resolve_overlaps(out, by_id);
  return out;
}

TEST(Engine, FindingsDoNotDependOnBlocksScratchesOrThreads) {
  const auto whole = build(random_rules());
  const auto blocks = build(random_rules(), {.block_bytes = 1, .self_check = false});
  std::mt19937 random(11);
  Engine::Scratch reused = whole->make_scratch();
  size_t found = 0;
  for (int round = 0; round < 400; ++round) {
    const std::string text = random_text(random, 1 + random() % 80);
    const ScanResult expected = scan(*whole, text);
    found += expected.matches.size();
    EXPECT_EQ(scan(*blocks, text).matches, expected.matches) << round;
    const PaddedText padded(text);
    ScanResult again;
    whole->scan(padded.view(), reused, again);
    EXPECT_EQ(again.matches, expected.matches) << round;
    // In a longer buffer: what stands behind the view is not looked at.
    const PaddedText longer(text + "abcd1234key:99");
    whole->scan(longer.view().subview(0, text.size()), reused, again);
    EXPECT_EQ(again.matches, expected.matches) << round;
    EXPECT_EQ(found_plainly(random_rules(), text), expected.matches) << round;
  }
  EXPECT_GT(found, 1000U);

  const std::string text = random_text(random, 20'000);
  const ScanResult expected = scan(*whole, text);
  ScanResult results[2];
  {
    std::jthread first([&] { results[0] = scan(*whole, text); });
    std::jthread second([&] { results[1] = scan(*whole, text); });
  }
  EXPECT_EQ(results[0].matches, expected.matches);
  EXPECT_EQ(results[1].matches, expected.matches);
}

// Of rows of random texts: with NULs in some, as between them.
void expect_rows_as_single_texts(std::vector<Rule> rules) {
  const auto engine = build(std::move(rules));
  Engine::Scratch scratch = engine->make_scratch();
  std::mt19937 random(13);
  size_t found = 0;
  for (int round = 0; round < 200; ++round) {
    PaddedRow row;
    std::vector<ScanResult> expected;
    for (size_t i = random() % 12; i > 0; --i) {
      std::string text = random_text(random, random() % 40);
      for (size_t nuls = random() % 4; nuls > 0; --nuls) {
        text.insert(random() % (text.size() + 1), 1, '\0');
      }
      row.add(PaddedText(text).view());
      expected.push_back(scan(*engine, text));
    }
    std::vector<ScanResult> results(expected.size());
    engine->scan(row, scratch, [&](size_t text, ScanResult& result) {
      EXPECT_FALSE(result.empty());
      results.at(text) = std::move(result);
    });
    for (size_t i = 0; i < results.size(); ++i) {
      ASSERT_EQ(results[i].matches, expected[i].matches) << round << ": " << i;
      found += results[i].matches.size();
    }
  }
  EXPECT_GT(found, 100U);
}

TEST(Engine, TextsInARowKeepToThemselves) {
  std::vector<Rule> rules = random_rules();
  expect_rows_as_single_texts(rules);
  // One that may match in every text.
  rules.push_back(make_rule(21, "[a-d]{2}4", {}, 0, 0));
  expect_rows_as_single_texts(rules);
  // And what stands between texts may be a part of.
  const std::string nuls("\0\0", 2);
  rules.push_back(make_rule(22, R"([a-z]\x00\x00)", {nuls}, 1, 8));
  rules.push_back(make_rule(23, R"(\x00\x00(?:key|tok))", {nuls + "key", nuls + "tok"}, 0, 8));
  rules.push_back(make_rule(24, R"(:\x00{2})", {":" + nuls}, 0, 4));
  expect_rows_as_single_texts(rules);
}

}  // namespace
}  // namespace spillguard::detect
