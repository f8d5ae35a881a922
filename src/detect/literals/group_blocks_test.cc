#include "detect/literals/group_blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace spillguard::detect {
namespace {

using Groups = std::vector<std::vector<uint32_t>>;

// Each group is in its block, nobody twice in one, and nobody else in any.
void expect_right(const Groups& groups, const GroupBlocks& got) {
  ASSERT_EQ(got.block_of().size(), groups.size());
  size_t members = 0;
  for (size_t i = 0; i < groups.size(); ++i) {
    const GroupBlocks::Block& block = got.blocks().at(got.block_of()[i]);
    for (const uint32_t member : groups[i]) {
      EXPECT_EQ(std::count(block.begin(), block.end(), member), 1) << i;
    }
    members += groups[i].size();
  }
  size_t held = 0;
  for (const GroupBlocks::Block& block : got.blocks()) {
    held += block.size() -
            static_cast<size_t>(std::count(block.begin(), block.end(), GroupBlocks::kNobody));
  }
  EXPECT_EQ(held, members);
}

TEST(GroupBlocks, HoldGroupsThatShareNobodyTogether) {
  const Groups groups = {{0}, {1, 2, 3}, {4, 5}, {6, 7, 8, 9}, {10, 11}};
  const GroupBlocks got(groups);
  expect_right(groups, got);
  EXPECT_EQ(got.blocks().size(), 3U);
  EXPECT_EQ(got.block_of()[0], got.block_of()[1]);
  EXPECT_EQ(got.block_of()[2], got.block_of()[4]);
}

TEST(GroupBlocks, KeepGroupsThatShareSomebodyApart) {
  const Groups groups = {{1, 2, 3}, {1}, {2, 4}, {2, 5}};
  const GroupBlocks got(groups);
  expect_right(groups, got);
  EXPECT_NE(got.block_of()[0], got.block_of()[1]);
  EXPECT_NE(got.block_of()[2], got.block_of()[3]);
}

TEST(GroupBlocks, OfManyGroupsAreAlmostFull) {
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    Groups groups;
    size_t members = 0;
    for (int i = 0; i < 500; ++i) {
      std::set<uint32_t> group;
      const size_t size = 1 + random() % GroupBlocks::kSize * (random() % 2);
      while (group.size() < std::min(size, GroupBlocks::kSize)) {
        group.insert(static_cast<uint32_t>(random() % 300));
      }
      groups.emplace_back(group.begin(), group.end());
      members += group.size();
    }
    const GroupBlocks got(groups);
    expect_right(groups, got);
    EXPECT_LT(got.blocks().size(), members * 11 / 10 / GroupBlocks::kSize);
  }
  EXPECT_TRUE(GroupBlocks({}).blocks().empty());
}

}  // namespace
}  // namespace spillguard::detect
