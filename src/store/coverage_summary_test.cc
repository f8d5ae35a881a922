#include "store/coverage_summary.h"

#include <gtest/gtest.h>

namespace spillguard::store {
namespace {

TEST(CoverageSummary, EveryCellIsInItsKindAndInTheTotal) {
  const auto kinds = summarize({{"comment", PartStatus::kScanned, "", 5, 50},
                                {"comment", PartStatus::kFailed, "http_500", 2, 0},
                                {"comment", PartStatus::kFailed, "nothing_extracted", 1, 9},
                                {"attachment", PartStatus::kSkipped, "too_large", 3, 99},
                                {"page", PartStatus::kNotVisible, "version_removed", 4, 0}});
  ASSERT_EQ(kinds.size(), 3U);
  EXPECT_EQ(kinds[0].kind, "attachment");
  EXPECT_EQ(kinds[0].skipped.at("too_large"), 3);
  EXPECT_EQ(kinds[1].listed, 8);
  EXPECT_EQ(kinds[1].read, 6);
  EXPECT_EQ(kinds[1].scanned, 5);
  EXPECT_EQ(kinds[1].bytes, 50);
  EXPECT_EQ(kinds[2].not_visible, 4);
  const KindCoverage all = total_of(kinds);
  EXPECT_EQ(all.listed, 15);
  EXPECT_EQ(all.failed.at("http_500"), 2);
  EXPECT_EQ(all.scanned + all.not_visible + 3 + 3, all.listed);
}

}  // namespace
}  // namespace spillguard::store
