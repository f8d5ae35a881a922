// Twice the text, twice the work: counted, not timed, on texts that wake up every rule over and
// over. bench/hostile measures the same in time.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/padded_text.h"
#include "detect/engine.h"
#include "detect/rule.h"
#include "detect/templates.h"

namespace spillguard::detect {
namespace {

struct Flood {
  const char* name;
  std::string piece;
};

std::vector<Flood> floods(const RuleSet& rules) {
  std::string packed;
  std::string spaced;
  std::string shortened;
  std::string together;
  for (const Rule& rule : rules.rules()) {
    if (!rule.enabled) continue;
    for (const std::string& anchor : rule.anchors) {
      packed += anchor;
      spaced += anchor + " ";
    }
    const auto examples = expand_examples(rule);
    if (!examples || examples->empty()) continue;
    shortened += examples->front().substr(0, examples->front().size() - 1) + "\n";
    together += examples->front();
  }
  return {{"anchors", packed},
          {"anchors and blanks", spaced},
          {"shortened examples", shortened},
          {"examples", together},
          {"digits", "4539578763621486"},
          {"digits and blanks", "4539 5787-6362 1486 "},
          {"hexadecimal", "0123456789abcdef0f1e2d3c4b5a6978"},
          {"PEM", "-----BEGIN RSA PRIVATE KEY-----\n"},
          {"JWT", "eyJ"},
          {"URLs", "http://"},
          {"passwords", "password="}};
}

struct Counted {
  uint64_t calls = 0;
  uint64_t bytes = 0;
};

Counted count(const Engine& engine, Engine::Scratch& scratch, const std::string& piece,
              size_t size) {
  std::string text;
  while (text.size() < size) text += piece;
  text.resize(size);
  const PaddedText padded(std::move(text));
  const regex::MatchWork before = scratch.work();
  ScanResult result;
  engine.scan(padded.view(), scratch, result);
  const regex::MatchWork after = scratch.work();
  return {.calls = after.calls - before.calls, .bytes = after.bytes - before.bytes};
}

TEST(LinearWork, TwiceTheTextTakesTwiceTheWork) {
  const RuleSet rules = RuleSet::built_in();
  const auto engine = Engine::build(rules).value();
  Engine::Scratch scratch = engine->make_scratch();
  uint64_t calls = 0;
  for (const Flood& flood : floods(rules)) {
    // The floods of all rules are some 100 KB long: what is compared holds each as a whole.
    const size_t size = std::max<size_t>(flood.piece.size(), 100'000);
    const Counted one = count(*engine, scratch, flood.piece, size);
    const Counted two = count(*engine, scratch, flood.piece, 2 * size);
    EXPECT_LE(two.calls, one.calls * 21 / 10 + 100) << flood.name;
    EXPECT_LE(two.bytes, one.bytes * 21 / 10 + 50'000) << flood.name;
    // A byte is gone over by few of the rules, and few times.
    EXPECT_LE(one.calls, size) << flood.name;
    EXPECT_LE(one.bytes, size * 100) << flood.name;
    calls += one.calls;
  }
  EXPECT_GT(calls, 1000U);
}

}  // namespace
}  // namespace spillguard::detect
