#include "jobs/nodes.h"

#include <gtest/gtest.h>

#include <memory>

#include "db/test_database.h"
#include "jobs/queue.h"

namespace spillguard::jobs {
namespace {

class NodesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = db::open_test_database();
    ASSERT_TRUE(opened) << opened.error().message;
    database_ = std::move(*opened);
  }
  std::unique_ptr<Nodes> node(const std::string& instance) {
    return std::make_unique<Nodes>(
        *database_,
        NodeOptions{.instance = instance, .name = "web", .version = "1", .lease_ms = 1'000'000},
        [this] { return now_; });
  }

  TimeMs now_ = 1'800'000'000'000;
  std::unique_ptr<db::Database> database_;
};

TEST_F(NodesTest, OneLeadsUntilItIsSilentForTooLong) {
  auto first = node("web#1");
  auto second = node("web#2");
  ASSERT_TRUE(first->beat());
  ASSERT_TRUE(second->beat());
  EXPECT_TRUE(first->leads());
  EXPECT_FALSE(second->leads());
  EXPECT_EQ(first->list()->size(), 2U);
  now_ += 1'000'001;
  ASSERT_TRUE(second->beat());
  EXPECT_TRUE(second->leads());
  ASSERT_TRUE(first->beat());
  EXPECT_FALSE(first->leads());
}

TEST_F(NodesTest, JobsOfTheDeadGoToTheLiving) {
  auto dead = node("web#1");
  auto alive = node("web#2");
  ASSERT_TRUE(alive->beat());
  ASSERT_TRUE(dead->beat());
  Queue theirs(*database_, "web#1", 3'600'000, [this] { return now_; });
  Queue ours(*database_, "web#2", 3'600'000, [this] { return now_; });
  ASSERT_TRUE(theirs.enqueue({.kind = "k", .key = "x"}));
  ASSERT_EQ(theirs.claim(1)->size(), 1U);
  now_ += 29'000;
  EXPECT_EQ(*alive->beat(), 0);
  now_ += 2'000;
  EXPECT_EQ(*alive->beat(), 1);
  const auto jobs = ours.claim(1);
  ASSERT_TRUE(jobs);
  EXPECT_EQ(jobs->size(), 1U);
  EXPECT_EQ(alive->list()->size(), 1U);
}

}  // namespace
}  // namespace spillguard::jobs
