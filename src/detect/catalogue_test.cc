#include "detect/catalogue.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/embedded.h"
#include "base/padded_text.h"
#include "detect/engine.h"
#include "detect/rule_analysis.h"
#include "detect/templates.h"

namespace spillguard::detect {
namespace {

// All fields of all rules must be the same; `prepared` is what only the catalogue has.
void expect_same(const Rule& a, const Rule& b) {
  SCOPED_TRACE(b.name);
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.title, b.title);
  EXPECT_EQ(a.provider, b.provider);
  EXPECT_EQ(a.category, b.category);
  EXPECT_EQ(a.severity, b.severity);
  EXPECT_EQ(a.enabled, b.enabled);
  EXPECT_EQ(a.pattern, b.pattern);
  EXPECT_EQ(a.syntax, b.syntax);
  EXPECT_EQ(a.java_flags, b.java_flags);
  EXPECT_EQ(a.detector, b.detector);
  EXPECT_EQ(a.anchors, b.anchors);
  EXPECT_EQ(a.ignore_case, b.ignore_case);
  EXPECT_EQ(a.before, b.before);
  EXPECT_EQ(a.after, b.after);
  EXPECT_EQ(a.context, b.context);
  EXPECT_EQ(a.context_reach, b.context_reach);
  EXPECT_EQ(a.min_entropy, b.min_entropy);
  EXPECT_EQ(a.validators, b.validators);
  EXPECT_EQ(a.stop_words, b.stop_words);
  EXPECT_EQ(a.examples, b.examples);
  EXPECT_EQ(a.counter_examples, b.counter_examples);
  EXPECT_EQ(a.source, b.source);
  EXPECT_EQ(a.file, b.file);
}

void expect_same(const RuleAnalysis& a, const RuleAnalysis& b) {
  EXPECT_EQ(a.look_ahead, b.look_ahead);
  EXPECT_EQ(a.plan.every_match_has_one, b.plan.every_match_has_one);
  EXPECT_EQ(a.plan.before, b.plan.before);
  EXPECT_EQ(a.plan.after, b.plan.after);
  ASSERT_EQ(a.plan.guards.size(), b.plan.guards.size());
  for (size_t i = 0; i < a.plan.guards.size(); ++i) {
    EXPECT_EQ(a.plan.guards[i].used, b.plan.guards[i].used);
    EXPECT_EQ(a.plan.guards[i].may_begin_text, b.plan.guards[i].may_begin_text);
    EXPECT_EQ(a.plan.guards[i].before, b.plan.guards[i].before);
    EXPECT_EQ(a.plan.guards[i].after, b.plan.guards[i].after);
    EXPECT_EQ(a.plan.guards[i].until, b.plan.guards[i].until);
    EXPECT_EQ(a.plan.guards[i].through, b.plan.guards[i].through);
    EXPECT_EQ(a.plan.guards[i].until_within, b.plan.guards[i].until_within);
    EXPECT_EQ(a.plan.guards[i].run, b.plan.guards[i].run);
    EXPECT_EQ(a.plan.guards[i].run_length, b.plan.guards[i].run_length);
    EXPECT_EQ(a.plan.guards[i].run_from, b.plan.guards[i].run_from);
    EXPECT_EQ(a.plan.guards[i].run_to, b.plan.guards[i].run_to);
  }
}

// An example of every rule, one after the other.
std::string examples_text(const RuleSet& rules) {
  std::string text;
  for (const Rule& rule : rules.rules()) {
    text += expand_examples(rule).value().front() + "\n\n";
  }
  return text;
}

std::vector<Match> find_all(const Engine& engine, const std::string& text) {
  const PaddedText padded(text);
  Engine::Scratch scratch = engine.make_scratch();
  ScanResult result;
  engine.scan(padded.view(), scratch, result);
  EXPECT_TRUE(result.limits.empty());
  return result.matches;
}

RuleSet with_switched_off(RuleSet rules, size_t every) {
  std::vector<Rule> changed(rules.rules().begin(), rules.rules().end());
  for (size_t i = 0; i < changed.size(); i += every) changed[i].enabled = false;
  return RuleSet::of(std::move(changed));
}

TEST(Catalogue, HoldsWhatTheFilesSay) {
  const RuleSet from_files = RuleSet::from_files();
  const auto catalogue = read_catalogue(embedded::rule_catalogue());
  ASSERT_TRUE(catalogue.has_value()) << catalogue.error().message;
  const auto fast = catalogue->rules.rules();
  const auto slow = from_files.rules();
  ASSERT_EQ(fast.size(), slow.size());
  ASSERT_GT(fast.size(), 1000U);
  for (size_t i = 0; i < fast.size(); ++i) {
    expect_same(fast[i], slow[i]);
    if (fast[i].syntax != Syntax::kPcre2 || !fast[i].detector.empty()) continue;
    const auto prepared = prepared_analysis(fast[i]);
    ASSERT_TRUE(prepared.has_value()) << fast[i].name;
    expect_same(*prepared, analyse(slow[i]));
  }
  EXPECT_EQ(catalogue->rules.version(), from_files.version());
  EXPECT_EQ(RuleSet::built_in().version(), from_files.version());
}

TEST(Catalogue, FindsTheSameAsTheFiles) {
  const RuleSet fast = RuleSet::built_in();
  const RuleSet slow = RuleSet::from_files();
  const std::string text = examples_text(slow);
  const auto prepared = Engine::build(fast).value();
  const auto compiled = Engine::build(slow, {.prepared = false}).value();
  EXPECT_TRUE(prepared->has_prepared_literals());
  EXPECT_FALSE(compiled->has_prepared_literals());
  EXPECT_GT(find_all(*prepared, text).size(), 1000U);
  EXPECT_EQ(find_all(*prepared, text), find_all(*compiled, text));
  // A part of the rules: the hits of the others are dropped.
  const auto some_prepared = Engine::build(with_switched_off(fast, 3)).value();
  const auto some_compiled = Engine::build(with_switched_off(fast, 3), {.prepared = false}).value();
  EXPECT_TRUE(some_prepared->has_prepared_literals());
  EXPECT_GT(find_all(*some_prepared, text).size(), 500U);
  EXPECT_EQ(find_all(*some_prepared, text), find_all(*some_compiled, text));
}

TEST(Catalogue, OtherRulesAreCompiled) {
  std::vector<Rule> more;
  const RuleSet built_in = RuleSet::built_in();
  for (const Rule& rule : built_in.rules()) more.push_back(rule);
  const std::string text = examples_text(RuleSet::of(more)) + "\nown_secret_1234\n";
  more.front().pattern = "own_(secret_[0-9]{4})";
  more.front().anchors = {"own_"};
  more.front().before = 0;
  more.front().after = 16;
  more.front().enabled = true;
  more.front().validators = {};
  more.front().stop_words = {};
  more.front().context = {};
  more.front().min_entropy = 0;
  EXPECT_FALSE(prepared_analysis(more.front()).has_value());  // it is not that of this pattern
  const auto engine = Engine::build(RuleSet::of(more)).value();
  EXPECT_FALSE(engine->has_prepared_literals());
  const auto compiled = Engine::build(RuleSet::of(more), {.prepared = false}).value();
  const std::vector<Match> found = find_all(*engine, text);
  EXPECT_EQ(found, find_all(*compiled, text));
  EXPECT_EQ(found.back().secret.size(), 11U);
  // Patterns of others are compiled when the engine is built, so that errors come there.
  more.front().pattern = "own_(secret_[0-9]{4}";
  EXPECT_FALSE(Engine::build(RuleSet::of(more)).has_value());
}

TEST(Catalogue, BrokenOnesAreRefused) {
  const std::string good(embedded::rule_catalogue());
  const auto error = [](const std::string& text) {
    const auto read = read_catalogue(text);
    return read ? std::string() : read.error().message;
  };
  EXPECT_EQ(error(good), "");
  EXPECT_EQ(error(""), "it is no catalogue of this version");
  EXPECT_EQ(error("spillguard rules 0\n" + good.substr(19)), "it is no catalogue of this version");
  EXPECT_EQ(error(good.substr(0, good.size() - 1)), "it is cut off");
  EXPECT_EQ(error(good.substr(0, 1000)), "it is cut off");
  EXPECT_EQ(error(good + "x"), "it is cut off");
  for (const size_t at : {size_t{40}, size_t{1000}, size_t{100'001}}) {
    std::string broken = good;
    broken[at] = static_cast<char>(broken[at] ^ 0x10);
    EXPECT_EQ(error(broken), "its check sum is wrong") << at;
  }
}

}  // namespace
}  // namespace spillguard::detect
