#include "scan/runner.h"

#include <gtest/gtest.h>

#include <functional>

#include "jobs/scan_request.h"
#include "scan/scan_test_util.h"
#include "store/evidence.h"

namespace spillguard::scan {
namespace {

using testing_util::comment;
using testing_util::test_rules;
using testing_util::token;
using testing_util::World;

class RunnerTest : public testing::Test {
 protected:
  void SetUp() override {
    world_.host.add("1", {comment("c1", "before " + token('a') + " after")});
    world_.host.add("2", {comment("c2", "nothing"), comment("c3", token('b'))});
    world_.host.add("3", {comment("c4", token('c') + " and again " + token('c'))});
  }

  void ask(bool force = false, jobs::ScanKind kind = jobs::ScanKind::kScope,
           const std::string& item = "") {
    jobs::ScanRequest request;
    request.kind = kind;
    request.site_id = world_.site_id;
    request.scope_id = world_.scope_id;
    request.item = item;
    request.force = force;
    ASSERT_TRUE(world_.database->write([&](db::Connection& connection) -> Status {
      if (kind == jobs::ScanKind::kScope)
        SG_TRY(world_.store->mark_scheduled(connection, world_.scope_id));
      return world_.queue->enqueue(connection, jobs::to_job(request))
                 ? Status{}
                 : fail(Code::kInternal, "enqueue");
    }));
  }

  Outcome run_next(const std::function<void()>& claimed_now = {}) {
    auto claimed = world_.queue->claim(1);
    EXPECT_TRUE(claimed && claimed->size() == 1) << "a job waits";
    if (!claimed || claimed->empty()) return Outcome::kFailed;
    if (claimed_now) claimed_now();
    const std::atomic<bool> lost{false};
    return Runner(*world_.context).run(claimed->front(), lost);
  }

  World world_;
};

TEST_F(RunnerTest, ScansAScopeToItsEnd) {
  ask();
  EXPECT_EQ(run_next(), Outcome::kDone);
  const auto findings = world_.findings();
  ASSERT_EQ(findings.size(), 3U) << "the same text twice in one comment is one finding";
  const auto scope = world_.scope();
  EXPECT_EQ(scope.state, store::ScanState::kScanned);
  EXPECT_EQ(scope.items_done, 3);
  EXPECT_EQ(scope.items_total, 3);
  EXPECT_EQ(scope.rules_version, world_.rules.version());
  EXPECT_EQ(world_.queue->count_waiting().value(), 0);
  const auto cells = world_.store->coverage(world_.scope_id).value();
  ASSERT_EQ(cells.size(), 1U);
  EXPECT_EQ(cells[0].parts, 4);
}

TEST_F(RunnerTest, EvidenceOpensToTheTextAroundTheMatch) {
  ask();
  run_next();
  const auto finding = world_.findings().front();
  const auto evidence = store::open_evidence(world_.key, finding.fingerprint, finding.evidence);
  ASSERT_TRUE(evidence) << evidence.error().message;
  EXPECT_EQ(evidence->match, token('a'));
  EXPECT_EQ(evidence->before, "before ");
  EXPECT_EQ(evidence->after, " after");
  EXPECT_EQ(finding.evidence.find(token('a')), std::string::npos) << "sealed";
}

TEST_F(RunnerTest, SecondScanReadsOnlyWhatChangedAndForceReadsAll) {
  ask();
  run_next();
  world_.host.items[1].ref.updated = 200;
  ask();
  EXPECT_EQ(run_next(), Outcome::kDone);
  EXPECT_EQ(world_.host.reads["1"], 1);
  EXPECT_EQ(world_.host.reads["2"], 2);
  ask(true);
  EXPECT_EQ(run_next(), Outcome::kDone);
  EXPECT_EQ(world_.host.reads["1"], 2);
  EXPECT_EQ(world_.findings().size(), 3U);
}

TEST_F(RunnerTest, ChangedRulesMakeEverythingOutdated) {
  ask();
  run_next();
  ASSERT_TRUE(world_.rules.set(test_rules("tok_[a-b]{16}")));
  ask();
  run_next();
  EXPECT_EQ(world_.host.reads["1"], 2) << "read again under the new rules";
  EXPECT_EQ(world_.findings().size(), 2U)
      << "what no rule finds any more in the same text is resolved";
}

TEST_F(RunnerTest, APassingFailureGoesOnFromTheCheckpoint) {
  world_.host.fail_after_pages = 1;
  ask();
  EXPECT_EQ(run_next(), Outcome::kAgain);
  EXPECT_EQ(world_.scope().state, store::ScanState::kScanning);
  EXPECT_EQ(world_.scope().items_done, 2);
  EXPECT_EQ(world_.findings().size(), 2U) << "what was read before the failure is kept";
  world_.host.fail_after_pages = -1;
  // The back-off is the queue's business: the job is put first here.
  ASSERT_TRUE(world_.database->write([](db::Connection& connection) {
    return connection.execute("UPDATE jobs SET not_before = 0");
  }));
  EXPECT_EQ(run_next(), Outcome::kDone);
  EXPECT_EQ(world_.host.reads["1"], 1) << "not read again";
  EXPECT_EQ(world_.scope().items_done, 3);
  EXPECT_EQ(world_.findings().size(), 3U);
}

TEST_F(RunnerTest, ANewRequestDoesNotInheritAnothersCheckpoint) {
  world_.host.fail_after_pages = 1;
  ask();
  EXPECT_EQ(run_next(), Outcome::kAgain);
  ASSERT_TRUE(world_.queue->cancel_waiting());
  world_.host.fail_after_pages = -1;
  ask(true);
  EXPECT_EQ(run_next(), Outcome::kDone);
  EXPECT_EQ(world_.host.reads["1"], 2) << "from the start";
  EXPECT_EQ(world_.scope().items_done, 3);
}

TEST_F(RunnerTest, ALostLeaseWritesNothingMore) {
  ask();
  auto claimed = world_.queue->claim(1);
  ASSERT_TRUE(claimed && claimed->size() == 1);
  // Somebody else takes the job over: the fencing number moves on.
  ASSERT_TRUE(world_.queue->release_own());
  ASSERT_TRUE(world_.queue->claim(1));
  const std::atomic<bool> lost{false};
  EXPECT_EQ(Runner(*world_.context).run(claimed->front(), lost), Outcome::kGivenBack);
  EXPECT_TRUE(world_.findings().empty());
}

TEST_F(RunnerTest, AnItemThatBreaksOffIsCountedAndSaysWhy) {
  world_.host.item_failure = Error{Code::kUnavailable, "comments of T-3 did not come"};
  ask();
  EXPECT_EQ(run_next(), Outcome::kDone);
  EXPECT_EQ(world_.findings().size(), 3U) << "what was read of it counts";
  const auto problems = world_.store->problems(world_.scope_id, 10).value();
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].kind, "item");
  EXPECT_NE(problems[0].detail.find("T-3"), std::string::npos);
  EXPECT_EQ(world_.store->item_by_host_id(world_.site_id, "3")->state, store::ScanState::kError);
}

TEST_F(RunnerTest, ASiteSchedulesItsScopes) {
  ask(false, jobs::ScanKind::kSite);
  EXPECT_EQ(run_next(), Outcome::kDone);
  EXPECT_EQ(world_.scope().state, store::ScanState::kScheduled);
  EXPECT_EQ(run_next(), Outcome::kDone);
  EXPECT_EQ(world_.findings().size(), 3U);
}

// Between the claim of a job and the begin of its scan the scope is still kScheduled.
TEST_F(RunnerTest, WhatIsAskedForAsAScanBeginsIsSeenWhenItEnds) {
  for (const auto kind : {jobs::ScanKind::kScope, jobs::ScanKind::kSite}) {
    ask();
    EXPECT_EQ(run_next([&] { ask(false, kind); }), Outcome::kDone);
    EXPECT_EQ(world_.scope().state, store::ScanState::kScheduled);
    for (int i = kind == jobs::ScanKind::kSite ? 0 : 1; i < 2; ++i) {
      EXPECT_EQ(run_next(), Outcome::kDone);  // that of the site schedules that of the scope
    }
    EXPECT_EQ(world_.scope().state, store::ScanState::kScanned);
  }
}

TEST_F(RunnerTest, OneItemAlone) {
  ask(false, jobs::ScanKind::kItem, "2");
  EXPECT_EQ(run_next(), Outcome::kDone);
  EXPECT_EQ(world_.findings().size(), 1U);
  EXPECT_EQ(world_.host.reads["1"], 0);
  EXPECT_EQ(world_.store->item_by_host_id(world_.site_id, "2")->state, store::ScanState::kScanned);
}

TEST_F(RunnerTest, AnEditMakesTheOldTextHistorical) {
  ask();
  run_next();
  world_.host.items[0].parts[0] = comment("c1", "cleaned", 500);
  world_.host.items[0].contents[0].newest = 500;
  world_.host.items[0].ref.updated = 500;
  ask();
  run_next();
  const auto findings = world_.findings();
  ASSERT_EQ(findings.size(), 3U);
  EXPECT_TRUE(findings[0].historical);
  EXPECT_FALSE(findings[1].historical);
}

}  // namespace
}  // namespace spillguard::scan
