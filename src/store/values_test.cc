// VersionSet, evidence and the codec of coverage cells.
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <set>

#include "store/coverage_codec.h"
#include "store/evidence.h"
#include "store/types.h"

namespace spillguard::store {
namespace {

TEST(VersionSet, WritesRanges) {
  VersionSet set;
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(set.to_string(), "");
  EXPECT_EQ(set.first(), 0);
  for (const int64_t version : {7, 1, 3, 2, 7}) set.add(version);
  EXPECT_EQ(set.to_string(), "1-3,7");
  EXPECT_EQ(set.first(), 1);
  EXPECT_EQ(set.last(), 7);
  set.add(-1);
  EXPECT_EQ(set.to_string(), "1-3,7");
}

TEST(VersionSet, DropsWhatIsNoRange) {
  EXPECT_EQ(VersionSet::parse("7,x,,3-1,-4,5-,2-3,99999999999999999999,1").to_string(), "1-3,7");
  EXPECT_EQ(VersionSet::parse("3-5,1-4,6").to_string(), "1-6");
  EXPECT_TRUE(VersionSet::parse("").empty());
}

TEST(VersionSet, HoldsTheHighestNumber) {
  const int64_t top = std::numeric_limits<int64_t>::max();
  VersionSet set;
  set.add(top);
  set.add(top);
  set.add(top - 1);
  set.add(0);
  EXPECT_EQ(VersionSet::parse(set.to_string()), set);
  EXPECT_TRUE(set.contains(top));
  EXPECT_FALSE(set.contains(top - 2));
}

TEST(VersionSet, BehavesLikeASet) {
  std::mt19937 random(20240501);
  for (int round = 0; round < 300; ++round) {
    VersionSet a;
    VersionSet b;
    std::set<int64_t> truth_a;
    std::set<int64_t> truth;
    const int64_t span = 1 + static_cast<int64_t>(random() % 40);
    for (int i = 0; i < 30; ++i) {
      const int64_t version = static_cast<int64_t>(random()) % span;
      const bool left = random() % 2 == 0;
      (left ? a : b).add(version);
      truth.insert(version);
      if (left) truth_a.insert(version);
    }
    VersionSet both = a;
    both.merge(b);
    VersionSet other_way = b;
    other_way.merge(a);
    ASSERT_EQ(both, other_way);
    ASSERT_EQ(VersionSet::parse(both.to_string()), both) << both.to_string();
    for (int64_t version = -1; version <= span; ++version) {
      ASSERT_EQ(both.contains(version), truth.contains(version)) << both.to_string();
      ASSERT_EQ(a.contains(version), truth_a.contains(version)) << a.to_string();
    }
    ASSERT_EQ(both.first(), *truth.begin());
    ASSERT_EQ(both.last(), *truth.rbegin());
  }
}

Evidence sample() {
  return {.match = std::string("pass\0word = x", 13),
          .secret = std::string("x\0y", 3),
          .before = "",
          .after = "ü"};
}

TEST(Evidence, OpensAsItWasSealed) {
  const MasterKey key = MasterKey::generate();
  const Fingerprint fingerprint = key.fingerprint("x");
  const std::string sealed = seal_evidence(key, fingerprint, sample());
  const auto opened = open_evidence(key, fingerprint, sealed);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->match, sample().match);
  EXPECT_EQ(opened->secret, sample().secret);
  EXPECT_EQ(opened->before, "");
  EXPECT_EQ(opened->after, "ü");
  EXPECT_EQ(sealed.find("pass"), std::string::npos);
}

TEST(Evidence, ViewsShowTheSameInMemoryThatIsUsedAgain) {
  const MasterKey key = MasterKey::generate();
  std::string clear;
  for (const size_t size : {300U, 3U, 40U}) {
    const Evidence evidence{.match = std::string(size, 'm'),
                            .secret = std::string(size / 2, 's'),
                            .before = "in front",
                            .after = "",
                            .place = size == 3 ? "a.zip" : ""};
    const Fingerprint fingerprint = key.fingerprint(evidence.match);
    const auto view =
        view_evidence(key, fingerprint, seal_evidence(key, fingerprint, evidence), clear);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->match, evidence.match);
    EXPECT_EQ(view->secret, evidence.secret);
    EXPECT_EQ(view->before, evidence.before);
    EXPECT_EQ(view->after, evidence.after);
    EXPECT_EQ(view->place, evidence.place);
  }
  EXPECT_EQ(view_evidence(key, key.fingerprint("x"), "", clear).error().code, Code::kCorrupt);
}

TEST(Evidence, DoesNotOpenElsewhere) {
  const MasterKey key = MasterKey::generate();
  const Fingerprint fingerprint = key.fingerprint("x");
  const std::string sealed = seal_evidence(key, fingerprint, sample());
  EXPECT_EQ(open_evidence(key, key.fingerprint("y"), sealed).error().code, Code::kCorrupt);
  EXPECT_EQ(open_evidence(MasterKey::generate(), fingerprint, sealed).error().code, Code::kCorrupt);
  EXPECT_EQ(open_evidence(key, fingerprint, "").error().code, Code::kCorrupt);
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    ASSERT_FALSE(open_evidence(key, fingerprint, changed)) << i;
  }
}

TEST(Title, IsSealedAndBoundToItsItem) {
  const MasterKey key = MasterKey::generate();
  const std::string sealed = seal_title(key, "101", "a page");
  EXPECT_EQ(sealed.find("a page"), std::string::npos);
  EXPECT_EQ(open_title(key, "101", sealed).value(), "a page");
  EXPECT_FALSE(open_title(key, "102", sealed)) << "moved to another item";
  EXPECT_FALSE(open_title(MasterKey::generate(), "101", sealed));
  EXPECT_FALSE(open_title(key, "101", "a page")) << "clear text is not ours";
  EXPECT_EQ(seal_title(key, "101", ""), "");
  EXPECT_EQ(open_title(key, "101", "").value(), "");
}

TEST(Evidence, RefusesAnotherForm) {
  const MasterKey key = MasterKey::generate();
  const Fingerprint fingerprint = key.fingerprint("x");
  const std::string bound_to = "evidence:" + fingerprint.hex();
  for (const std::string& clear :
       {std::string(), std::string("\xff\xff\xff\xff text", 9), std::string(17, '\0')}) {
    EXPECT_FALSE(open_evidence(key, fingerprint, key.seal(clear, bound_to)));
  }
  EXPECT_TRUE(open_evidence(key, fingerprint, key.seal(std::string(16, '\0'), bound_to)));
}

TEST(CoverageCodec, GoesThereAndBack) {
  const CellSums cells = {
      {1, {1, 0}}, {2, {127, 128}}, {300, {1, std::numeric_limits<int64_t>::max()}}};
  const auto back = decode_cells(encode_cells(cells));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, cells);
  EXPECT_EQ(encode_cells({{1, {0, 0}}, {2, {-3, -5}}}), "");
  EXPECT_EQ(encode_cells({{5, {2, 90}}}).size(), 3U);
}

TEST(CoverageCodec, RefusesWhatIsCut) {
  const std::string bytes = encode_cells({{2, {127, 128}}});
  for (size_t size = 1; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_cells(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_cells(std::string(30, '\xff')));
}

TEST(Names, AreTheApisWords) {
  EXPECT_EQ(scan_state_name(ScanState::kUnscanned), "UNSCANNED");
  EXPECT_EQ(scan_state_name(ScanState::kError), "ERROR");
  EXPECT_EQ(part_status_name(PartStatus::kNotVisible), "not_visible");
  EXPECT_EQ(item_kind_name(ItemKind::kBlogPost), "blogpost");
  EXPECT_EQ(product_name(Product::kConfluence), "confluence");
}

}  // namespace
}  // namespace spillguard::store
