// The same findings, byte for byte, whatever the blocks and the threads: with all built-in rules,
// on texts in which examples of all of them stand.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/padded_row.h"
#include "base/padded_text.h"
#include "detect/engine.h"
#include "detect/rule.h"
#include "detect/templates.h"

namespace spillguard::detect {
namespace {

std::vector<std::string> all_examples(const RuleSet& rules) {
  std::vector<std::string> out;
  for (const Rule& rule : rules.rules()) {
    auto examples = expand_examples(rule);
    if (!examples) continue;
    for (std::string& example : *examples) out.push_back(std::move(example));
  }
  return out;
}

// Examples, whole, torn and run together, with words, tables and encoded text between them.
std::string planted_text(const std::vector<std::string>& examples, uint32_t seed) {
  static constexpr const char* kBetween[] = {" ",
                                             "\n",
                                             "\n\n",
                                             "\t",
                                             ", ",
                                             "\": \"",
                                             "password = ",
                                             "|",
                                             "||Password||\n|",
                                             "the pw is ",
                                             "\xC3\xA9",
                                             "%3D",
                                             "&quot;",
                                             "\\u003d",
                                             "-----BEGIN ",
                                             "key: ",
                                             "https://a:b@c/",
                                             "",
                                             "0",
                                             "=="};
  std::mt19937 random(seed);
  std::string text;
  // Each seed has its share of the rules, so that all seeds together have all of them.
  for (size_t i = seed % 100; i < examples.size(); i += 100) {
    const std::string& example = examples[i];
    text += kBetween[random() % std::size(kBetween)];
    text += random() % 4 == 0 ? example.substr(0, random() % (example.size() + 1)) : example;
    text += kBetween[random() % std::size(kBetween)];
    text += examples[random() % examples.size()];
  }
  return text;
}

TEST(Determinism, BlocksThreadsAndUsedMemoryMakeNoDifference) {
  const RuleSet rules = RuleSet::built_in();
  const std::vector<std::string> examples = all_examples(rules);
  ASSERT_GT(examples.size(), 700U);
  const auto whole = Engine::build(rules).value();
  const auto blocks = Engine::build(rules, {.block_bytes = 1, .self_check = false}).value();
  Engine::Scratch used = whole->make_scratch();
  Engine::Scratch of_blocks = blocks->make_scratch();
  std::vector<PaddedText> texts;
  std::vector<ScanResult> expected(100);
  size_t found = 0;
  for (uint32_t seed = 0; seed < 100; ++seed) {
    texts.emplace_back(planted_text(examples, seed));
    const PaddedView text = texts.back().view();
    Engine::Scratch fresh = whole->make_scratch();
    whole->scan(text, fresh, expected[seed]);
    ScanResult again;
    whole->scan(text, used, again);
    ASSERT_EQ(again.matches, expected[seed].matches) << seed;
    blocks->scan(text, of_blocks, again);
    ASSERT_EQ(again.matches, expected[seed].matches) << seed;
    found += expected[seed].matches.size();
  }
  EXPECT_GT(found, examples.size());

  // Two threads at once over all texts, one forwards and one backwards.
  std::vector<ScanResult> results[2] = {std::vector<ScanResult>(100), std::vector<ScanResult>(100)};
  const auto work = [&](size_t thread) {
    Engine::Scratch scratch = whole->make_scratch();
    for (size_t i = 0; i < texts.size(); ++i) {
      const size_t at = thread == 0 ? i : texts.size() - 1 - i;
      whole->scan(texts[at].view(), scratch, results[thread][at]);
    }
  };
  {
    const std::jthread first(work, 0);
    const std::jthread second(work, 1);
  }
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(results[0][i].matches, expected[i].matches) << i;
    EXPECT_EQ(results[1][i].matches, expected[i].matches) << i;
  }
}

// Cuts a text to pieces of up to 400 bytes, some of them empty.
std::vector<PaddedText> pieces_of(const std::string& text, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<PaddedText> pieces;
  for (size_t at = 0; at < text.size();) {
    const size_t size = random() % 400;
    pieces.emplace_back(text.substr(at, size));
    at += size;
  }
  return pieces;
}

TEST(Determinism, TextsInRowsGiveWhatEachGivesByItself) {
  const RuleSet rules = RuleSet::built_in();
  const std::vector<std::string> examples = all_examples(rules);
  const auto whole = Engine::build(rules).value();
  const auto blocks = Engine::build(rules, {.block_bytes = 2, .self_check = false}).value();
  Engine::Scratch by_itself = whole->make_scratch();
  Engine::Scratch in_rows = whole->make_scratch();
  Engine::Scratch in_blocks = blocks->make_scratch();
  size_t found = 0;
  for (uint32_t seed = 0; seed < 100; ++seed) {
    const std::vector<PaddedText> pieces = pieces_of(planted_text(examples, seed), seed);
    std::vector<ScanResult> expected(pieces.size());
    for (size_t i = 0; i < pieces.size(); ++i) {
      whole->scan(pieces[i].view(), by_itself, expected[i]);
    }
    PaddedRow row;
    size_t first = 0;
    const auto scan_row = [&](const Engine& engine, Engine::Scratch& scratch) {
      size_t next = 0;
      engine.scan(row, scratch, [&](size_t text, const ScanResult& result) {
        for (; next < text; ++next) EXPECT_TRUE(expected[first + next].empty()) << seed;
        EXPECT_FALSE(result.empty());
        EXPECT_EQ(result.matches, expected[first + next].matches) << seed << ": " << first + next;
        found += result.matches.size();
        ++next;
      });
      for (; next < row.texts(); ++next) EXPECT_TRUE(expected[first + next].empty()) << seed;
    };
    const auto end_row = [&] {
      scan_row(*whole, in_rows);
      scan_row(*blocks, in_blocks);
      first += row.texts();
      row.clear();
    };
    for (const PaddedText& piece : pieces) {
      if (!row.has_room_for(piece.view())) end_row();
      row.add(piece.view());
    }
    end_row();
    ASSERT_EQ(first, pieces.size());
  }
  EXPECT_GT(found, 2 * examples.size());
}

}  // namespace
}  // namespace spillguard::detect
