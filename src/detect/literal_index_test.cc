#include "detect/literal_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string_view>

#include "base/strings.h"

namespace spillguard::detect {
namespace {

using Hits = std::multiset<std::pair<size_t, uint32_t>>;  // end, literal

Hits search_with_find(const std::string& text, const std::vector<Literal>& literals) {
  Hits hits;
  const std::string lower = to_lower(text);
  for (uint32_t i = 0; i < literals.size(); ++i) {
    const std::string& where = literals[i].ignore_case ? lower : text;
    const std::string what =
        literals[i].ignore_case ? to_lower(literals[i].bytes) : literals[i].bytes;
    for (size_t at = where.find(what); at != std::string::npos; at = where.find(what, at + 1)) {
      hits.emplace(at + what.size(), i);
    }
  }
  return hits;
}

std::vector<LiteralHit> all_hits(const LiteralIndex& index, const std::string& text,
                                 size_t stretch = SieveScratch::kStretch, bool portable = false) {
  LiteralScratch scratch;
  std::vector<LiteralHit> all;
  const PaddedText padded(text);
  LiteralIndex::begin(scratch);
  while (index.next(padded.view(), stretch, scratch, all, portable)) {
  }
  return all;
}

Hits as_set(const std::vector<LiteralHit>& hits) {
  Hits out;
  for (const LiteralHit& hit : hits) out.emplace(hit.end, hit.literal);
  return out;
}

bool ends_ascend(const std::vector<LiteralHit>& hits) {
  return std::is_sorted(hits.begin(), hits.end(),
                        [](const auto& a, const auto& b) { return a.end < b.end; });
}

// Literals of all lengths and texts that are full of them.
struct RandomCase {
  std::vector<Literal> literals;
  std::mt19937 random;
  std::string alphabet = "abAB_-0\xC3";

  explicit RandomCase(unsigned seed) : random(seed) {
    std::set<std::pair<std::string, bool>> chosen;
    const size_t count = 1 + random() % (seed % 3 == 0 ? 400 : 30);
    for (size_t i = 0; i < count; ++i) {
      const bool fold = random() % 3 == 0;
      const std::string text = word((seed % 5 == 0 ? 1 : 2) + random() % 12);
      chosen.emplace(fold ? to_lower(text) : text, fold);
    }
    for (const auto& [bytes, fold] : chosen) literals.push_back({bytes, fold});
  }
  std::string word(size_t length) {
    std::string out;
    while (out.size() < length) out += alphabet[random() % alphabet.size()];
    return out;
  }
  std::string text(size_t most) {
    return word(random() % most) + literals[random() % literals.size()].bytes;
  }
};

TEST(LiteralIndex, AgreesWithAPlainSearch) {
  size_t found = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    RandomCase some(seed);
    const auto index = LiteralIndex::build(some.literals).value();
    for (int i = 0; i < 20; ++i) {
      const std::string text = some.text(i == 0 ? 5000 : 300);
      const std::vector<LiteralHit> got = all_hits(index, text);
      EXPECT_TRUE(ends_ascend(got));
      EXPECT_EQ(as_set(got), search_with_find(text, some.literals)) << seed;
      found += got.size();
    }
  }
  EXPECT_GT(found, 10'000U);
}

TEST(LiteralIndex, FindsTheSameWhateverItTakesAtATimeAndWithoutVectors) {
  for (unsigned seed = 100; seed < 130; ++seed) {
    RandomCase some(seed);
    const auto index = LiteralIndex::build(some.literals).value();
    const std::string text = some.text(400) + some.text(200);
    const std::vector<LiteralHit> want = all_hits(index, text);
    for (const size_t stretch : {0, 2, 3, 16, 34, 100}) {
      for (const bool portable : {false, true}) {
        const std::vector<LiteralHit> got = all_hits(index, text, stretch, portable);
        EXPECT_TRUE(ends_ascend(got));
        EXPECT_EQ(got, want) << seed << " by " << stretch << (portable ? ", portable" : "");
      }
    }
  }
}

// All 256 bytes beside each other, for the table of classes is written down twice.
TEST(LiteralIndex, FindsLiteralsOfAnyBytes) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const std::vector<Literal> literals = {
        {std::string(2, static_cast<char>(byte)) + "x", false},
        {std::string("--") + static_cast<char>(byte) + "+" + static_cast<char>(byte ^ 0x20U),
         true}};
    const auto index = LiteralIndex::build(literals).value();
    std::string text;
    for (size_t lead = 0; lead < 40; ++lead) {
      text += literals[lead % 2].bytes + std::string(lead, 'y');
    }
    const Hits want = search_with_find(text, literals);
    EXPECT_EQ(as_set(all_hits(index, text)), want) << byte;
    EXPECT_EQ(as_set(all_hits(index, text, 2048, true)), want) << byte;
    EXPECT_GE(want.size(), 40U);
  }
}

TEST(LiteralIndex, LeavesNoHitOutWhoseNeighboursFit) {
  const auto has = [](ClassSet set, char byte) {
    return (set >> kClassOfByte[static_cast<unsigned char>(byte)] & 1U) != 0;
  };
  for (unsigned seed = 200; seed < 240; ++seed) {
    RandomCase some(seed);
    const auto classes = [&] { return ClassSet{some.random()} << 32U | some.random(); };
    for (Literal& literal : some.literals) {
      if (some.random() % 3 == 0) continue;
      literal.before = classes();
      literal.may_begin_text = some.random() % 2 == 0;
      literal.after.resize(some.random() % 6);
      for (ClassSet& set : literal.after) set = classes();
    }
    const auto index = LiteralIndex::build(some.literals).value();
    const std::string text = some.text(1000);
    const Hits all = search_with_find(text, some.literals);
    const Hits got = as_set(all_hits(index, text));
    EXPECT_TRUE(std::includes(all.begin(), all.end(), got.begin(), got.end()));
    for (const auto& [end, number] : all) {
      const Literal& literal = some.literals[number];
      const size_t begin = end - literal.bytes.size();
      bool fits = begin == 0 ? literal.may_begin_text : has(literal.before, text[begin - 1]);
      for (size_t i = 0; i < literal.after.size(); ++i) {
        fits = fits && end + i < text.size() && has(literal.after[i], text[end + i]);
      }
      EXPECT_TRUE(!fits || got.contains({end, number})) << seed << " at " << end;
    }
  }
}

TEST(LiteralIndex, TakesAnyDigitForAnother) {
  const std::vector<Literal> literals = {{.bytes = "00", .any_digit = true}, {"7a", false}};
  const auto index = LiteralIndex::build(literals).value();
  for (const bool portable : {false, true}) {
    const Hits hits = as_set(all_hits(index, "x 19 7a 3 x055", 2048, portable));
    EXPECT_EQ(hits, (Hits{{4, 0}, {7, 1}, {13, 0}, {14, 0}}));
  }
}

TEST(LiteralIndex, FindsDigitsWhereverThoseStandThatMustFollow) {
  const ClassSet digit = ClassSet{1} << kDigitClass;
  const ClassSet dash = ClassSet{1} << kClassOfByte['-'];
  Literal card = {.bytes = "00", .any_digit = true};
  card.after = {digit, digit, digit | dash, digit, digit, digit};
  const auto index = LiteralIndex::build({card}).value();
  for (size_t lead = 0; lead < 140; ++lead) {
    const std::string text = std::string(lead, 'x') + "1234-567 12345678, 12 34";
    for (const bool portable : {false, true}) {
      const Hits hits = as_set(all_hits(index, text, 100, portable));
      EXPECT_TRUE(hits.contains({lead + 2, 0})) << lead;
      EXPECT_TRUE(hits.contains({lead + 11, 0})) << lead;
      EXPECT_FALSE(hits.contains({lead + 21, 0})) << lead;
    }
  }
}

TEST(LiteralIndex, FindsShortLiteralsWhateverTheTextGoesOnWith) {
  // Of two and three bytes, in any case, at both kinds of places, beside each of all bytes.
  const std::vector<Literal> literals = {
      {"kq", true}, {"QZ", false}, {"zqk", true}, {"Jx_", false}};
  const auto index = LiteralIndex::build(literals).value();
  for (unsigned byte = 0; byte < 256; ++byte) {
    const std::string beside(2, static_cast<char>(byte));
    std::string text = "-";
    for (const char* literal : {"kQ", "QZ", "ZqK", "Jx_", "kq", "zqk", "JX_"}) {
      text += beside + literal + beside + ' ';
    }
    const Hits want = search_with_find(text, literals);
    EXPECT_EQ(as_set(all_hits(index, text)), want) << byte;
    EXPECT_EQ(as_set(all_hits(index, text, 2048, true)), want) << byte;
    EXPECT_GE(want.size(), 6U);
  }
}

TEST(LiteralIndex, FindsEachOnceHoweverManyKeysItsPlaceHas) {
  // Literals of all lengths that begin alike: a place of theirs has keys of many buckets.
  std::vector<Literal> literals;
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) {
      for (size_t length = 1; length <= 6; ++length) {
        if (length == 1 && b != 'a') continue;
        literals.push_back({(std::string{a, b} + "ring").substr(0, length), length % 2 == 0});
      }
    }
  }
  const auto index = LiteralIndex::build(literals).value();
  std::string text;
  for (const Literal& literal : literals) text += literal.bytes;
  EXPECT_EQ(as_set(all_hits(index, text)), search_with_find(text, literals));
}

TEST(LiteralIndex, WorksWithNothingToLookForAndNowhereToLook) {
  const auto none = LiteralIndex::build({}).value();
  EXPECT_TRUE(all_hits(none, "text").empty());
  const auto some = LiteralIndex::build({{"text", false}}).value();
  EXPECT_TRUE(all_hits(some, "").empty());
  EXPECT_EQ(all_hits(some, "text").size(), 1U);
  EXPECT_FALSE(LiteralIndex::build({{"", false}}).has_value());
  const std::string longest(LiteralIndex::kMaxLength, 'x');
  const auto of_longest = LiteralIndex::build({{longest, false}}).value();
  EXPECT_EQ(all_hits(of_longest, "x" + longest).size(), 2U);
  EXPECT_FALSE(LiteralIndex::build({{longest + 'x', false}}).has_value());
}

TEST(LiteralIndex, ThisProcessorPassesTheCheck) {
  const Status status = LiteralIndex::self_check();
  EXPECT_TRUE(status.has_value()) << status.error().message;
}

const std::vector<Literal> kSome = {{"tok_", false}, {"abc", true}, {"xyz", false}};

TEST(PreparedLiterals, AreUsedForTheSameLiteralsAndForSomeOfThem) {
  const std::string prepared = LiteralIndex::prepare(kSome).value();
  const std::string text = "tok_ABCxyz xyztok_abc";
  const auto same = LiteralIndex::build(kSome, prepared).value();
  EXPECT_TRUE(same.is_prepared());
  EXPECT_EQ(all_hits(same, text), all_hits(LiteralIndex::build(kSome).value(), text));
  EXPECT_EQ(all_hits(same, text).size(), 6U);
  const std::vector<Literal> fewer = {{"xyz", false}, {"tok_", false}};  // in another order
  const auto some = LiteralIndex::build(fewer, prepared).value();
  EXPECT_TRUE(some.is_prepared());
  EXPECT_EQ(all_hits(some, text), all_hits(LiteralIndex::build(fewer).value(), text));
  EXPECT_EQ(all_hits(some, text).size(), 4U);
}

TEST(PreparedLiterals, AreJoinedByOthers) {
  const std::string prepared = LiteralIndex::prepare(kSome).value();
  const std::vector<std::vector<Literal>> others = {
      {{"tok_", false}, {"abc", true}, {"xyz", false}, {"more", false}},
      {{"tok_", false}, {"abc", false}, {"xyz", false}},
      {{"tok_", false}, {"abd", true}},
      {{"t", false}, {"abc", true}}};
  for (const std::vector<Literal>& literals : others) {
    const auto index = LiteralIndex::build(literals, prepared).value();
    EXPECT_FALSE(index.is_prepared());
    const std::string text = "more tok_abcxyz tABCabd";
    EXPECT_EQ(as_set(all_hits(index, text)), search_with_find(text, literals));
  }
}

TEST(PreparedLiterals, BrokenOnesDoNoHarm) {
  const std::string good = LiteralIndex::prepare(kSome).value();
  const std::string text = "tok_ABCxyz";
  for (size_t at = 0; at < good.size(); ++at) {
    for (const unsigned flipped : {0x55U, 0x80U, 0x01U}) {
      std::string broken = good;
      broken[at] = static_cast<char>(static_cast<unsigned char>(broken[at]) ^ flipped);
      EXPECT_EQ(all_hits(LiteralIndex::build(kSome, broken).value(), text).size(), 3U) << at;
    }
    EXPECT_EQ(all_hits(LiteralIndex::build(kSome, good.substr(0, at)).value(), text).size(), 3U);
  }
}

}  // namespace
}  // namespace spillguard::detect
