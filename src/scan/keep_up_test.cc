// Keeping up: looks for changes, complete listings that find what is gone, the schedule.
#include <gtest/gtest.h>

#include "jobs/scan_request.h"
#include "scan/runner.h"
#include "scan/scan_test_util.h"
#include "scan/scheduler.h"

namespace spillguard::scan {
namespace {

using testing_util::comment;
using testing_util::token;
using testing_util::World;

class KeepUpTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 1; i <= 6; ++i) {
      const std::string id = std::to_string(i);
      world_.host.add(id, {comment("c" + id, "has " + token(static_cast<char>('a' + i)))});
    }
    run(jobs::ScanKind::kScope);
    ASSERT_EQ(world_.findings().size(), 6U);
  }

  Outcome run(jobs::ScanKind kind, bool force = false, const std::string& item = "") {
    jobs::ScanRequest request;
    request.kind = kind;
    request.site_id = world_.site_id;
    request.scope_id = world_.scope_id;
    request.item = item;
    request.force = force;
    EXPECT_TRUE(world_.database->write([&](db::Connection& connection) -> Status {
      if (kind == jobs::ScanKind::kScope) {
        SG_TRY(world_.store->mark_scheduled(connection, world_.scope_id));
      }
      SG_TRY(world_.queue->enqueue(connection, jobs::to_job(request)));
      return {};
    }));
    return run_next();
  }

  Outcome run_next() {
    auto claimed = world_.queue->claim(1);
    EXPECT_TRUE(claimed && claimed->size() == 1) << "a job waits";
    if (!claimed || claimed->empty()) return Outcome::kFailed;
    const std::atomic<bool> lost{false};
    return Runner(*world_.context).run(claimed->front(), lost);
  }

  [[nodiscard]] size_t shown(bool historical) const {
    const auto all = world_.findings();
    return static_cast<size_t>(std::count_if(
        all.begin(), all.end(), [&](const auto& f) { return f.historical == historical; }));
  }

  World world_;
};

TEST_F(KeepUpTest, AScanLeavesTheHostsClockAsWatermarkAndChangesMoveIt) {
  EXPECT_EQ(world_.scope().watermark, world_.host.clock);
  world_.host.reads.clear();
  ASSERT_EQ(run(jobs::ScanKind::kChanges), Outcome::kDone);
  EXPECT_TRUE(world_.host.reads.empty()) << "nothing changed";
  EXPECT_EQ(world_.scope().watermark, world_.host.clock) << "never moves back";

  auto& item = world_.host.items[2];
  item.ref.updated = world_.host.clock + 10;
  item.parts.push_back(comment("new", token('z')));
  item.contents.push_back({"comment", "new", 1, true});
  ASSERT_EQ(run(jobs::ScanKind::kChanges), Outcome::kDone);
  EXPECT_EQ(world_.host.reads.size(), 1U);
  EXPECT_EQ(world_.findings().size(), 7U);
  EXPECT_EQ(world_.scope().watermark, world_.host.clock + 10);
}

TEST_F(KeepUpTest, ALostCredentialKeepsTheWatermark) {
  const TimeMs before = world_.scope().watermark;
  world_.host.items[0].ref.updated = world_.host.clock + 10;
  world_.host.page_failure = Error{Code::kUnauthenticated, "the credential has expired"};
  EXPECT_EQ(run(jobs::ScanKind::kChanges), Outcome::kFailed);
  EXPECT_EQ(world_.scope().watermark, before);
  EXPECT_EQ(world_.scope().state, store::ScanState::kError);
  EXPECT_EQ(world_.scope().error, "the credential has expired");
  EXPECT_EQ(shown(false), 6U) << "nothing is concluded";
  world_.host.page_failure.reset();
  EXPECT_EQ(run(jobs::ScanKind::kChanges), Outcome::kDone);
  EXPECT_EQ(world_.scope().state, store::ScanState::kScanned) << "and all is well again";
  EXPECT_EQ(world_.host.reads["1"], 2);
}

TEST_F(KeepUpTest, WhatIsGoneIsBelievedAtTheSecondListing) {
  world_.host.items.erase(world_.host.items.begin() + 1);
  ASSERT_EQ(run(jobs::ScanKind::kScope), Outcome::kDone);
  EXPECT_EQ(shown(true), 0U) << "one 404 is no proof";
  EXPECT_EQ(world_.store->count_items(world_.scope_id).value(), 6);
  ASSERT_EQ(run(jobs::ScanKind::kScope), Outcome::kDone);
  EXPECT_EQ(shown(true), 1U);
  EXPECT_EQ(shown(false), 5U);
  EXPECT_EQ(world_.store->count_items(world_.scope_id).value(), 5);
  EXPECT_EQ(world_.store->coverage(world_.scope_id).value().at(0).parts, 5);
}

TEST_F(KeepUpTest, WhatComesBackIsReadLikeNew) {
  const auto kept = world_.host.items[1];
  world_.host.items.erase(world_.host.items.begin() + 1);
  run(jobs::ScanKind::kScope);
  run(jobs::ScanKind::kScope);
  ASSERT_EQ(shown(true), 1U);
  world_.host.items.push_back(kept);
  ASSERT_EQ(run(jobs::ScanKind::kScope), Outcome::kDone);
  EXPECT_EQ(shown(true), 0U);
  EXPECT_EQ(world_.findings().size(), 6U) << "and is not reported twice";
  EXPECT_EQ(world_.store->coverage(world_.scope_id).value().at(0).parts, 6);
}

TEST_F(KeepUpTest, AnItemThatTheListingForgetsIsReadByItself) {
  world_.host.unlisted.insert("3");
  ASSERT_EQ(run(jobs::ScanKind::kScope), Outcome::kDone);
  ASSERT_EQ(run(jobs::ScanKind::kScope), Outcome::kDone);
  EXPECT_EQ(shown(false), 6U);
  EXPECT_EQ(world_.host.reads["3"], 3);
}

TEST_F(KeepUpTest, AScopeThatLosesMostOfItsItemsIsPaused) {
  for (int i = 7; i <= 60; ++i) {
    world_.host.add(std::to_string(i), {comment("c" + std::to_string(i), "text")});
  }
  ASSERT_EQ(run(jobs::ScanKind::kScope), Outcome::kDone);
  const auto kept = world_.host.items;
  world_.host.items.resize(6);
  world_.host.items.erase(world_.host.items.begin());
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(run(jobs::ScanKind::kScope), Outcome::kFailed);
    EXPECT_EQ(world_.scope().state, store::ScanState::kError);
    EXPECT_EQ(shown(true), 0U) << "nothing is concluded";
  }
  EXPECT_NE(world_.scope().error.find("permission"), std::string::npos) << world_.scope().error;
  world_.host.items = kept;
  EXPECT_EQ(run(jobs::ScanKind::kScope), Outcome::kDone);
  EXPECT_EQ(world_.scope().state, store::ScanState::kScanned);
  EXPECT_EQ(world_.store->count_items(world_.scope_id).value(), 60);
}

TEST_F(KeepUpTest, ARenamedKeyKeepsIdentityAndFindings) {
  for (auto& item : world_.host.items) item.ref.key = "NEW-" + item.ref.id;
  world_.host.reads.clear();
  ASSERT_EQ(run(jobs::ScanKind::kScope), Outcome::kDone);
  EXPECT_TRUE(world_.host.reads.empty()) << "the texts are the same";
  EXPECT_EQ(world_.findings().size(), 6U);
  EXPECT_EQ(world_.findings().front().item_key, "NEW-1");
}

TEST_F(KeepUpTest, AHintReadsItsItemAndNothingOfUnscannedScopes) {
  auto& item = world_.host.items[4];
  item.ref.updated += 1;
  item.parts.push_back(comment("new", token('z')));
  ASSERT_EQ(run(jobs::ScanKind::kHint, false, "5"), Outcome::kDone);
  EXPECT_EQ(world_.findings().size(), 7U);
  world_.host.reads.clear();
  world_.host.add("77", {comment("c77", token('y'))});
  world_.host.items.back().ref.scope_id = "another scope";
  ASSERT_EQ(run(jobs::ScanKind::kHint, false, "77"), Outcome::kDone);
  EXPECT_TRUE(world_.host.reads.empty());
  // A hint of something that is not there is no proof that it is gone.
  world_.host.items.erase(world_.host.items.begin());
  ASSERT_EQ(run(jobs::ScanKind::kHint, false, "1"), Outcome::kDone);
  EXPECT_EQ(shown(true), 0U);
}

TEST_F(KeepUpTest, TheScheduleLooksForChangesAndListsAnew) {
  constexpr int64_t kMinute = 60'000;
  Scheduler scheduler(*world_.context, {.enabled = false,
                                        .changes_ms = 5 * kMinute,
                                        .reconcile_ms = 60 * kMinute,
                                        .scopes_ms = 1000 * kMinute,
                                        .tick_ms = 1'000});
  const TimeMs start = now_ms();
  ASSERT_EQ(scheduler.run_due(start + kMinute).value(), 1) << "the first listing of scopes";
  EXPECT_EQ(run_next(), Outcome::kDone);
  EXPECT_EQ(scheduler.run_due(start + 2 * kMinute).value(), 0);
  ASSERT_EQ(scheduler.run_due(start + 6 * kMinute).value(), 1);
  EXPECT_EQ(scheduler.run_due(start + 7 * kMinute).value(), 0) << "it is on its way";
  auto jobs = world_.queue->list(10).value();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].job.kind, "scan_changes");
  EXPECT_EQ(run_next(), Outcome::kDone);
  ASSERT_EQ(scheduler.run_due(start + 61 * kMinute).value(), 1);
  jobs = world_.queue->list(10).value();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].job.kind, "scan_scope");
  EXPECT_EQ(run_next(), Outcome::kDone);
}

TEST_F(KeepUpTest, QuietHoursPutWholeScopesOffAndNothingElse) {
  world_.context->sites[0].quiet = QuietHours::parse("00:00-23:59").value();
  const TimeMs now = now_ms();
  if (world_.context->sites[0].quiet.end_of(now) == 0) GTEST_SKIP() << "it is 23:59";
  EXPECT_EQ(run(jobs::ScanKind::kScope), Outcome::kGivenBack);
  EXPECT_EQ(world_.queue->count_waiting().value(), 1);
  EXPECT_TRUE(world_.queue->claim(1).value().empty()) << "not before they are over";
  ASSERT_TRUE(world_.queue->cancel_waiting());
  ASSERT_TRUE(world_.store->unschedule(world_.scope_id));
  EXPECT_EQ(run(jobs::ScanKind::kChanges), Outcome::kDone);
  EXPECT_EQ(run(jobs::ScanKind::kItem, false, "2"), Outcome::kDone);
}

TEST_F(KeepUpTest, ScopesThatAppearAreScannedThoseThatWereThereAreNot) {
  world_.host.more_scopes.push_back({.id = "s2", .key = "OLD", .name = "Old"});
  ASSERT_EQ(run(jobs::ScanKind::kScopes), Outcome::kDone);
  EXPECT_EQ(world_.queue->count_waiting().value(), 0) << "there since before the first listing";
  world_.host.more_scopes.push_back({.id = "s3", .key = "NEW", .name = "New"});
  world_.context->scan_new_scopes = false;
  ASSERT_EQ(run(jobs::ScanKind::kScopes), Outcome::kDone);
  EXPECT_EQ(world_.queue->count_waiting().value(), 0) << "switched off";
  world_.context->scan_new_scopes = true;
  world_.host.more_scopes.push_back({.id = "s4", .key = "NEXT", .name = "Next"});
  ASSERT_EQ(run(jobs::ScanKind::kScopes), Outcome::kDone);
  const auto jobs = world_.queue->list(10).value();
  ASSERT_EQ(jobs.size(), 1U);
  const auto scope = world_.store->scope_by_key(world_.site_id, "NEXT").value();
  EXPECT_EQ(jobs[0].job.key, std::to_string(scope.id));
  EXPECT_EQ(scope.state, store::ScanState::kScheduled);
}

TEST_F(KeepUpTest, VersionsThatWereRemovedAreMissedByACompleteListing) {
  const auto version = [](const std::string& kind, int64_t number, const std::string& words) {
    hosts::Part part = comment("9", words);
    part.kind = part.content_kind = kind;
    part.version = number;
    return part;
  };
  world_.host.add("9", {version("title", 1, "t"), version("page", 1, "has " + token('x')),
                        version("title", 2, "t"), version("page", 2, "clean")});
  auto& page = world_.host.items.back();
  page.contents = {{"title", "9", 2, true}, {"page", "9", 2, true}};
  run(jobs::ScanKind::kScope);
  const int reads = world_.host.reads["9"];
  world_.host.versions["9"] = {1, 2};
  run(jobs::ScanKind::kScope);
  EXPECT_EQ(world_.host.reads["9"], reads) << "nothing was removed";
  EXPECT_GE(world_.host.reads["versions of 9"], 1);
  // Nothing of the page itself tells that its first version is gone.
  world_.host.versions["9"] = {2};
  page.parts = {version("title", 2, "t"), version("page", 2, "clean")};
  run(jobs::ScanKind::kScope);
  EXPECT_EQ(world_.host.reads["9"], reads + 1);
  int64_t parts = 0;
  const auto ledger = world_.store->coverage(world_.scope_id).value();
  for (const auto& cell : ledger) {
    if (cell.kind == "page") parts += cell.parts;
  }
  EXPECT_EQ(parts, 1);
  // What was found in it was there.
  EXPECT_EQ(shown(true), 1U);
}

}  // namespace
}  // namespace spillguard::scan
