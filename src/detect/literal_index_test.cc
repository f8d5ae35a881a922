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

TEST(LiteralIndex, AgreesWithAPlainSearch) {
  std::mt19937 random(5);
  const std::string alphabet = "abAB_-0\xC3";
  const auto word = [&](size_t length) {
    std::string out;
    while (out.size() < length) out += alphabet[random() % alphabet.size()];
    return out;
  };
  size_t found = 0;
  for (int round = 0; round < 60; ++round) {
    std::set<std::pair<std::string, bool>> chosen;
    const size_t count = 1 + random() % (round % 3 == 0 ? 400 : 30);
    for (size_t i = 0; i < count; ++i) {
      const bool fold = random() % 3 == 0;
      const std::string text = word(2 + random() % 9);
      chosen.emplace(fold ? to_lower(text) : text, fold);
    }
    std::vector<Literal> literals;
    for (const auto& [bytes, fold] : chosen) literals.push_back({bytes, fold});
    const auto index = LiteralIndex::build(literals);
    ASSERT_TRUE(index.has_value()) << index.error().message;
    LiteralScratch scratch = index->make_scratch();
    for (int i = 0; i < 20; ++i) {
      std::string text = word(random() % 300);
      text += literals[random() % literals.size()].bytes;
      const PaddedText padded(text);
      std::vector<LiteralHit> got;
      index->scan(padded.view(), scratch, got);
      EXPECT_TRUE(
          std::is_sorted(got.begin(), got.end(), [](auto& a, auto& b) { return a.end < b.end; }));
      Hits hits;
      for (const LiteralHit& hit : got) hits.emplace(hit.end, hit.literal);
      EXPECT_EQ(hits, search_with_find(text, literals));
      found += hits.size();
    }
  }
  EXPECT_GT(found, 10'000U);
}

TEST(LiteralIndex, WorksWithNothingToLookFor) {
  const auto index = LiteralIndex::build({});
  ASSERT_TRUE(index.has_value());
  LiteralScratch scratch = index->make_scratch();
  std::vector<LiteralHit> hits;
  index->scan(PaddedText(std::string_view("text")).view(), scratch, hits);
  EXPECT_TRUE(hits.empty());
}

TEST(LiteralIndex, TheInstalledLibraryPassesTheCheck) {
  const Status status = LiteralIndex::self_check();
  EXPECT_TRUE(status.has_value()) << status.error().message;
}

const std::vector<Literal> kSome = {{"tok_", false}, {"abc", true}, {"xyz", false}};

std::vector<std::pair<uint32_t, uint32_t>> hits_of(const LiteralIndex& index,
                                                   const std::string& text) {
  LiteralScratch scratch = index.make_scratch();
  std::vector<LiteralHit> hits;
  const PaddedText padded(text);
  index.scan(padded.view(), scratch, hits);
  std::vector<std::pair<uint32_t, uint32_t>> out;
  for (const LiteralHit& hit : hits) out.emplace_back(hit.literal, hit.end);
  return out;
}

TEST(PreparedLiterals, AreUsedForTheSameLiteralsAndForSomeOfThem) {
  const std::string prepared = LiteralIndex::prepare(kSome).value();
  const std::string text = "tok_ABCxyz xyztok_abc";
  const auto same = LiteralIndex::build(kSome, prepared).value();
  EXPECT_TRUE(same.is_prepared());
  EXPECT_EQ(hits_of(same, text), hits_of(LiteralIndex::build(kSome).value(), text));
  EXPECT_EQ(hits_of(same, text).size(), 6U);
  const std::vector<Literal> fewer = {{"xyz", false}, {"tok_", false}};  // in another order
  const auto some = LiteralIndex::build(fewer, prepared).value();
  EXPECT_TRUE(some.is_prepared());
  EXPECT_EQ(hits_of(some, text), hits_of(LiteralIndex::build(fewer).value(), text));
  EXPECT_EQ(hits_of(some, text).size(), 4U);
}

TEST(PreparedLiterals, AreNotUsedForOthers) {
  const std::string prepared = LiteralIndex::prepare(kSome).value();
  const std::vector<std::vector<Literal>> others = {
      {{"tok_", false}, {"abc", true}, {"xyz", false}, {"more", false}},
      {{"tok_", false}, {"abc", false}, {"xyz", false}},
      {{"tok_", false}, {"abd", true}}};
  for (const std::vector<Literal>& literals : others) {
    const auto index = LiteralIndex::build(literals, prepared).value();
    EXPECT_FALSE(index.is_prepared());
    EXPECT_EQ(hits_of(index, "more tok_abcxyz").size(),
              literals.size() == 2 ? 1U : literals.size());
  }
}

TEST(PreparedLiterals, BrokenOnesAreNotUsed) {
  const std::string good = LiteralIndex::prepare(kSome).value();
  size_t used = 0;
  for (size_t at = 0; at < good.size(); at += 13) {
    std::string broken = good;
    broken[at] = static_cast<char>(broken[at] ^ 0x55);
    const auto index = LiteralIndex::build(kSome, broken).value();
    used += index.is_prepared() ? 1 : 0;
    ASSERT_EQ(hits_of(index, "tok_ABCxyz").size(), 3U) << at;
    ASSERT_FALSE(LiteralIndex::build(kSome, good.substr(0, at)).value().is_prepared() &&
                 at < good.size() / 2)
        << at;
  }
  // A broken database may leave the one for lesser processors.
  EXPECT_LT(used, good.size());
}

}  // namespace
}  // namespace spillguard::detect
