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

}  // namespace
}  // namespace spillguard::detect
