#include "detect/anchor_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace spillguard::detect {
namespace {

// What shape.h says of a guard, word for word.
bool stands_plainly(const regex::AnchorGuard& guard, std::string_view text, size_t begin,
                    size_t end) {
  const auto in = [&](const regex::ByteSet& set, size_t at) {
    return at < text.size() && set[static_cast<unsigned char>(text[at])];
  };
  if (begin == 0 ? !guard.may_begin_text : !in(guard.before, begin - 1)) return false;
  for (size_t i = 0; i < guard.after.size(); ++i) {
    if (!in(guard.after[i], end + i)) return false;
  }
  if (guard.until.any()) {
    size_t at = end;
    while (at < end + guard.until_within && !in(guard.until, at) && in(guard.through, at)) ++at;
    if (!in(guard.until, at)) return false;
  }
  if (guard.run_length == 0) return true;
  for (size_t from = end + guard.run_from; from <= end + guard.run_to; ++from) {
    size_t length = 0;
    while (length < guard.run_length && in(guard.run, from + length)) ++length;
    if (length == guard.run_length) return true;
  }
  return false;
}

class RandomGuards {
 public:
  regex::AnchorGuard next() {
    regex::AnchorGuard guard;
    guard.used = !one_in(6);
    guard.before = some_bytes();
    guard.may_begin_text = one_in(2);
    if (one_in(2)) guard.after.resize(random_() % 4);
    for (regex::ByteSet& set : guard.after) set = some_bytes();
    if (one_in(2)) {
      // Any byte at all is not asked for.
      guard.until = one_in(2) ? regex::bytes_of(one_in(2) ? "a" : "e") : some_bytes();
      if (guard.until.all()) guard.until = regex::bytes_of("b/");
      guard.through = some_bytes();
      guard.until_within = static_cast<uint32_t>(random_() % 20);
    }
    if (one_in(2)) {
      guard.run = some_bytes();
      guard.run_length = 1 + static_cast<uint32_t>(random_() % 6);
      guard.run_from = static_cast<uint32_t>(random_() % 4);
      guard.run_to = guard.run_from + static_cast<uint32_t>(random_() % 12);
    }
    return guard;
  }
  std::string text(size_t size) {
    std::string out(size, ' ');
    for (char& c : out) c = "ab/ e"[random_() % 5];
    return out;
  }
  bool one_in(unsigned many) { return random_() % many == 0; }
  size_t below(size_t most) { return random_() % most; }

 private:
  // Nearly all of the alphabet, so that several tests in a row are passed now and then.
  regex::ByteSet some_bytes() {
    if (one_in(8)) return ~regex::ByteSet();
    regex::ByteSet set = regex::bytes_of("ab/ e");
    set.reset("ab/ e"[random_() % 5]);
    if (one_in(3)) set.reset("ab/ e"[random_() % 5]);
    return set;
  }
  std::mt19937 random_{5};
};

// A rule is woken where its guard stands and nowhere else, alone on its anchor or beside others.
TEST(AnchorTable, WakesWhereAGuardStands) {
  RandomGuards random;
  size_t woken = 0;
  size_t asleep = 0;
  for (int round = 0; round < 1500; ++round) {
    std::vector<regex::AnchorGuard> guards(1 + random.below(4));
    AnchorTable table;
    for (uint32_t rule = 0; rule < guards.size(); ++rule) {
      guards[rule] = random.next();
      table.add(rule, "xy", false, guards[rule]);
    }
    table.seal();
    ASSERT_EQ(table.literals().size(), 1U);
    for (int place = 0; place < 40; ++place) {
      const std::string front = random.text(random.below(3));
      const std::string text = front + "xy" + random.text(random.below(30));
      const PaddedText padded{text};
      const size_t end = front.size() + 2;
      std::vector<bool> wakes(guards.size(), false);
      if (table.may_wake(0, padded.view(), front.size(), end)) {
        for (const AnchorTable::Hook& hook : table.hooks(0)) {
          if (table.passes(hook, padded.view(), front.size(), end)) wakes[hook.rule] = true;
        }
      }
      for (size_t rule = 0; rule < guards.size(); ++rule) {
        const bool stands =
            !guards[rule].used || stands_plainly(guards[rule], text, front.size(), end);
        ASSERT_EQ(wakes[rule], stands) << text << " " << rule << " of " << guards.size();
        (stands ? woken : asleep) += 1;
      }
    }
  }
  EXPECT_GT(woken, 10'000U);
  EXPECT_GT(asleep, 10'000U);
}

TEST(AnchorTable, AKeywordAloneWakesNothing) {
  AnchorTable table;
  table.add_keyword(3, "token");
  table.seal();
  EXPECT_EQ(table.keyword(0), 3U);
  EXPECT_FALSE(table.may_wake(0, PaddedText(std::string_view("token")).view(), 0, 5));
}

}  // namespace
}  // namespace spillguard::detect
