#include "jobs/queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "db/test_database.h"
#include "jobs/claim.h"
#include "jobs/job_rows.h"

namespace spillguard::jobs {
namespace {

constexpr TimeMs kStart = 1'800'000'000'000;
constexpr int64_t kLease = 60'000;

class QueueTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = db::open_test_database();
    ASSERT_TRUE(opened) << opened.error().message;
    database_ = std::move(*opened);
    queue_ = make_queue("node-a");
    other_ = make_queue("node-b");
  }
  std::unique_ptr<Queue> make_queue(const std::string& node) {
    return std::make_unique<Queue>(*database_, node, kLease, [this] { return now_.load(); });
  }
  int64_t add(const NewJob& job) {
    auto id = queue_->enqueue(job);
    EXPECT_TRUE(id) << id.error().message;
    return id.value_or(-1);
  }
  static std::vector<Job> claim(Queue& queue, size_t limit = 100,
                                const std::vector<std::string>& kinds = {}) {
    auto jobs = queue.claim(limit, kinds);
    EXPECT_TRUE(jobs) << jobs.error().message;
    return jobs.value_or(std::vector<Job>{});
  }
  static std::string keys(const std::vector<Job>& jobs) {
    std::string out;
    for (const auto& job : jobs) out += job.key + " ";
    return out;
  }
  // The one job that is due; ends the test's sense when there is none.
  Job claim_one(Queue& queue) {
    auto jobs = claim(queue);
    EXPECT_EQ(jobs.size(), 1U);
    return jobs.empty() ? Job{} : jobs.front();
  }
  int64_t waiting() { return queue_->count_waiting().value_or(-1); }

  std::atomic<TimeMs> now_ = kStart;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<Queue> queue_;
  std::unique_ptr<Queue> other_;
};

TEST_F(QueueTest, GivesMostUrgentThenOldestOverAllKinds) {
  add({.kind = "b", .key = "bulk-1", .priority = Priority::kBulk});
  now_ += 1;
  add({.kind = "a", .key = "bulk-2", .priority = Priority::kBulk});
  add({.kind = "b", .key = "hook-1", .priority = Priority::kWebhook});
  now_ += 1;
  add({.kind = "c", .key = "bulk-3", .priority = Priority::kBulk});
  add({.kind = "a", .key = "hook-2", .priority = Priority::kWebhook});
  add({.kind = "a", .key = "now", .priority = Priority::kInteractive});
  EXPECT_EQ(keys(claim(*queue_, 4)), "now hook-1 hook-2 bulk-1 ");
  EXPECT_EQ(keys(claim(*queue_)), "bulk-2 bulk-3 ");
  EXPECT_EQ(keys(claim(*queue_)), "");
}

TEST_F(QueueTest, GivesOnlyTheKindsAskedFor) {
  for (const char* kind : {"a", "b", "c"}) add({.kind = kind, .key = kind});
  EXPECT_EQ(keys(claim(*queue_, 10, {"c", "b", "none"})), "b c ");
  EXPECT_EQ(keys(claim(*queue_, 10, {"b"})), "");
  EXPECT_EQ(keys(claim(*queue_)), "a ");
}

TEST_F(QueueTest, AJobKeepsItsWordsAndWaitsForItsTime) {
  const std::string payload = "{\"text\":\"caf\xC3\xA9 \\u0000\"}";
  const int64_t id = add({.kind = "k",
                          .key = "key",
                          .payload = payload,
                          .priority = Priority::kIncremental,
                          .not_before = kStart + 100,
                          .max_attempts = 3});
  EXPECT_TRUE(claim(*queue_).empty());
  now_ += 99;
  EXPECT_TRUE(claim(*queue_).empty());
  now_ += 1;
  const Job job = claim_one(*queue_);
  EXPECT_EQ(job.id, id);
  EXPECT_EQ(job.kind, "k");
  EXPECT_EQ(job.payload, payload);
  EXPECT_EQ(job.priority, Priority::kIncremental);
  EXPECT_EQ(job.attempts, 1);
  EXPECT_EQ(job.max_attempts, 3);
  EXPECT_GT(job.fence, 0);
  const auto list = queue_->list(10);
  ASSERT_TRUE(list && list->size() == 1);
  EXPECT_EQ(list->at(0).state, JobState::kRunning);
  EXPECT_EQ(list->at(0).owner, "node-a");
  EXPECT_EQ(list->at(0).created, kStart);
  EXPECT_TRUE(queue_->complete(job));
  EXPECT_TRUE(queue_->list(10)->empty());
}

TEST_F(QueueTest, WaitingTwinsAreOneJob) {
  const int64_t id = add({.kind = "k", .key = "x", .payload = "old", .not_before = kStart + 50});
  EXPECT_EQ(add({.kind = "k", .key = "x", .payload = "new", .priority = Priority::kWebhook}), id);
  EXPECT_EQ(add({.kind = "k", .key = "x", .payload = "newest", .not_before = kStart + 99}), id);
  EXPECT_NE(add({.kind = "other", .key = "x", .not_before = kStart + 99}), id);
  EXPECT_EQ(waiting(), 2);
  const Job job = claim_one(*queue_);
  EXPECT_EQ(job.payload, "newest");
  EXPECT_EQ(job.priority, Priority::kWebhook) << "the more urgent stays";
}

TEST_F(QueueTest, TwinsDoNotRunTogether) {
  add({.kind = "k", .key = "x", .payload = "1"});
  const Job first = claim_one(*queue_);
  const int64_t second_id = add({.kind = "k", .key = "x", .payload = "2"});
  EXPECT_NE(second_id, first.id);
  EXPECT_TRUE(claim(*other_).empty());
  ASSERT_TRUE(queue_->complete(first));
  const Job second = claim_one(*other_);
  EXPECT_EQ(second.payload, "2");
  EXPECT_GT(second.fence, first.fence);
}

TEST_F(QueueTest, ATwinTakesOverAJobThatFailed) {
  add({.kind = "k", .key = "x", .payload = "1", .priority = Priority::kInteractive});
  const Job first = claim_one(*queue_);
  add({.kind = "k", .key = "x", .payload = "2"});
  EXPECT_TRUE(queue_->retry(first, "host is down", kStart + 500).value());
  EXPECT_EQ(waiting(), 1);
  EXPECT_TRUE(claim(*queue_).empty()) << "the host asked for a pause";
  now_ += 500;
  const Job second = claim_one(*queue_);
  EXPECT_EQ(second.payload, "2");
  EXPECT_EQ(second.priority, Priority::kInteractive);
  EXPECT_EQ(second.attempts, 2);
}

TEST_F(QueueTest, ALostLeaseIsRefusedEverywhere) {
  add({.kind = "k", .key = "x"});
  const Job stale = claim_one(*queue_);
  now_ += kLease - 1;
  EXPECT_TRUE(queue_->renew(stale));
  now_ += kLease - 1;
  EXPECT_TRUE(claim(*other_).empty()) << "it was renewed";
  now_ += 1;
  const Job fresh = claim_one(*other_);
  EXPECT_EQ(fresh.id, stale.id);
  EXPECT_GT(fresh.fence, stale.fence);
  EXPECT_EQ(fresh.attempts, 1) << "an attempt that never ended is not counted";

  const auto refused = [](const Status& status) {
    return !status && status.error().code == Code::kConflict;
  };
  const auto inside = [&](const Job& job) {
    return database_->write([&](db::Connection& c) { return Queue::check_fence(c, job); });
  };
  EXPECT_TRUE(refused(queue_->renew(stale)));
  EXPECT_TRUE(refused(queue_->complete(stale)));
  EXPECT_TRUE(refused(queue_->release(stale)));
  EXPECT_TRUE(refused(inside(stale)));
  const auto retried = queue_->retry(stale, "late");
  EXPECT_TRUE(!retried && retried.error().code == Code::kConflict);
  EXPECT_TRUE(inside(fresh));
  EXPECT_TRUE(other_->complete(fresh));
  EXPECT_TRUE(refused(inside(fresh))) << "it is over";
}

TEST_F(QueueTest, ALeaseThatRanOutIsStillOursUntilSomebodyLooks) {
  add({.kind = "k", .key = "x"});
  const Job job = claim_one(*queue_);
  now_ += 10 * kLease;
  EXPECT_TRUE(queue_->renew(job));
  EXPECT_TRUE(claim(*other_).empty());
  EXPECT_TRUE(queue_->complete(job));
}

TEST_F(QueueTest, FailuresWaitLongerAndLongerAndThenAreKept) {
  add({.kind = "k", .key = "x", .payload = "p", .max_attempts = 4});
  for (int attempt = 1; attempt < 4; ++attempt) {
    const Job job = claim_one(*queue_);
    EXPECT_EQ(job.attempts, attempt);
    EXPECT_TRUE(queue_->retry(job, "error " + std::to_string(attempt)).value());
    EXPECT_EQ(queue_->list(1)->at(0).last_error, "error " + std::to_string(attempt));
    now_ += back_off_ms(job.id, attempt) - 1;
    EXPECT_TRUE(claim(*queue_).empty());
    now_ += 1;
  }
  const Job last = claim_one(*queue_);
  EXPECT_FALSE(queue_->retry(last, "for good \xFF").value());
  EXPECT_EQ(waiting(), 0);
  const auto failures = queue_->failures(10);
  ASSERT_TRUE(failures && failures->size() == 1);
  EXPECT_EQ(failures->at(0).job_id, last.id);
  EXPECT_EQ(failures->at(0).key, "x");
  EXPECT_EQ(failures->at(0).error, "for good \xEF\xBF\xBD");
  EXPECT_EQ(failures->at(0).attempts, 4);
  EXPECT_EQ(failures->at(0).at, now_);
}

TEST_F(QueueTest, WhoGotOnStartsCountingAnew) {
  queue_->back_off_from(40);
  add({.kind = "k", .key = "x", .max_attempts = 2});
  for (int round = 0; round < 5; ++round) {
    const Job job = claim_one(*queue_);
    EXPECT_TRUE(queue_->retry(job, "down again", {}, true).value()) << "round " << round;
    now_ += 40;
  }
  EXPECT_FALSE(queue_->retry(claim_one(*queue_), "down again").value());
}

TEST(BackOff, DoublesIsCappedAndSpreads) {
  std::set<int64_t> different;
  for (int64_t id = 1; id <= 100; ++id) {
    for (int attempt = 0; attempt <= 40; ++attempt) {
      const int64_t full = attempt >= 10 ? 600'000 : std::min<int64_t>(600'000, 1000 << attempt);
      const int64_t pause = back_off_ms(id, attempt);
      EXPECT_LE(pause, full);
      EXPECT_GT(pause, full * 3 / 4 - 1);
      EXPECT_EQ(pause, back_off_ms(id, attempt)) << "no dice";
    }
    different.insert(back_off_ms(id, 12));
  }
  EXPECT_GT(different.size(), 90U);
}

TEST_F(QueueTest, ACrashEatsNoAttemptButAPoisonousJobEnds) {
  add({.kind = "k", .key = "x", .max_attempts = 3});
  for (int crash = 1; crash <= 3; ++crash) {
    const Job job = claim_one(*queue_);
    EXPECT_EQ(job.attempts, 1);
    EXPECT_EQ(other_->release_own().value(), 0) << "not theirs";
    EXPECT_EQ(make_queue("node-a")->release_own().value(), crash < 3 ? 1 : 0);
    if (crash == 1) {
      EXPECT_EQ(queue_->list(1)->at(0).state, JobState::kWaiting);
    }
    if (crash == 2) {
      EXPECT_TRUE(claim(*queue_).empty()) << "suspects wait";
    }
    now_ += 10'000;
  }
  EXPECT_EQ(waiting(), 0);
  const auto failures = queue_->failures(10);
  ASSERT_TRUE(failures && failures->size() == 1);
  EXPECT_EQ(failures->at(0).crashes, 3);
}

TEST_F(QueueTest, StoppingInGoodOrderCostsNothing) {
  add({.kind = "k", .key = "x", .max_attempts = 1});
  for (int i = 0; i < 30; ++i) {
    const Job job = claim_one(*queue_);
    EXPECT_EQ(job.attempts, 1);
    ASSERT_TRUE(queue_->release(job));
  }
}

TEST_F(QueueTest, CancelRemovesWhatWaitsOnly) {
  for (const char* kind : {"a", "b", "c"}) {
    add({.kind = kind, .key = "1"});
    add({.kind = kind, .key = "2"});
  }
  const auto running = claim(*queue_, 1, {"a"});
  ASSERT_EQ(running.size(), 1U);
  EXPECT_EQ(queue_->cancel_waiting({"a", "b"}).value(), 3);
  EXPECT_EQ(waiting(), 2);
  EXPECT_EQ(queue_->cancel_waiting().value(), 2);
  EXPECT_TRUE(queue_->renew(running.front()));
}

TEST_F(QueueTest, WorksInsideTheCallersTransaction) {
  const auto rolled_back = database_->write([&](db::Connection& c) -> Status {
    SG_TRY(queue_->enqueue(c, {.kind = "k", .key = "x"}));
    return fail(Code::kCancelled, "no");
  });
  EXPECT_FALSE(rolled_back);
  EXPECT_EQ(waiting(), 0);

  add({.kind = "k", .key = "x"});
  const Job job = claim_one(*queue_);
  EXPECT_TRUE(database_->write([&](db::Connection& c) -> Status {
    SG_TRY(queue_->enqueue(c, {.kind = "k", .key = "next"}));
    return Queue::complete(c, job);
  }));
  EXPECT_EQ(keys(claim(*queue_)), "next ");
}

TEST_F(QueueTest, EveryJobGoesToExactlyOneWorker) {
  constexpr int kJobs = 400;
  ASSERT_TRUE(database_->write([&](db::Connection& c) -> Status {
    for (int i = 0; i < kJobs; ++i)
      SG_TRY(queue_->enqueue(c, {.kind = "k", .key = std::to_string(i)}));
    return {};
  }));
  std::mutex mutex;
  std::multiset<int64_t> done;
  std::set<int64_t> fences;
  std::atomic<bool> failed = false;
  std::vector<std::thread> workers;
  for (int w = 0; w < 4; ++w) {
    workers.emplace_back([&, w] {
      Queue& queue = w % 2 == 0 ? *queue_ : *other_;
      while (!failed) {
        const auto jobs = queue.claim(7);
        if (!jobs) failed = true;
        if (!jobs || jobs->empty()) return;
        for (const auto& job : *jobs) {
          if (!queue.complete(job)) failed = true;
          const std::lock_guard lock(mutex);
          done.insert(job.id);
          fences.insert(job.fence);
        }
      }
    });
  }
  for (auto& worker : workers) worker.join();
  EXPECT_FALSE(failed);
  EXPECT_EQ(done.size(), static_cast<size_t>(kJobs));
  EXPECT_EQ(std::set<int64_t>(done.begin(), done.end()).size(), static_cast<size_t>(kJobs));
  EXPECT_EQ(fences.size(), static_cast<size_t>(kJobs)) << "no fencing number twice";
}

// The waits below would last an hour if nothing woke them: the test's own time limit would tell.
constexpr int64_t kHour = 3'600'000;

TEST_F(QueueTest, WaitEndsAtOnceWhenAJobIsDueOrALeaseRanOut) {
  add({.kind = "k", .key = "x"});
  queue_->wait(kHour);
  queue_->wait(kHour, {"other", "k"});
  (void)claim_one(*queue_);
  now_ += kLease;
  other_->wait(kHour, {"other"});
  EXPECT_EQ(claim(*other_).size(), 1U);
}

TEST_F(QueueTest, WaitIsNotEndedByJobsThatCanNotBeClaimed) {
  add({.kind = "k", .key = "x"});
  (void)claim_one(*queue_);
  add({.kind = "k", .key = "x"});                                    // its twin runs
  add({.kind = "k", .key = "later", .not_before = kStart + kHour});  // not yet
  add({.kind = "b", .key = "x"});                                    // not for us
  const int64_t begun = monotonic_ms();
  queue_->wait(30, {"k"});
  // Where processes hear of each other a wait may end for nothing.
  if (database_->dialect() != db::Dialect::kSqlite) return;
  EXPECT_GE(monotonic_ms() - begun, 30);
}

TEST_F(QueueTest, WorkersWakeForEveryJobThatIsEnqueued) {
  // Each round hands one job over; a lost wake-up would let the worker sleep for an hour.
  constexpr int kRounds = 200;
  std::atomic<int> done = 0;
  std::thread worker([&] {
    while (done < kRounds) {
      queue_->wait(kHour);
      const auto jobs = queue_->claim(1);
      if (!jobs) return;
      for (const auto& job : *jobs) {
        if (queue_->complete(job)) ++done;
      }
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    if (i % 2 == 0) {
      add({.kind = "k", .key = std::to_string(i)});
    } else {
      EXPECT_TRUE(database_->write([&](db::Connection& c) -> Status {
        SG_TRY(queue_->enqueue(c, {.kind = "k", .key = std::to_string(i)}));
        std::this_thread::yield();  // the job is not visible yet, and no waiter may be told of it
        return {};
      }));
    }
  }
  worker.join();
  EXPECT_EQ(done, kRounds);
}

TEST_F(QueueTest, AJobForLaterWakesWorkersWhenItIsDue) {
  constexpr int kRounds = 20;
  Queue queue(*database_, "node-c", kLease);  // by the clock of the wall, as its waits
  std::atomic<int> done = 0;
  std::thread worker([&] {
    while (done < kRounds) {
      queue.wait(kHour);
      const auto jobs = queue.claim(10);
      if (!jobs) return;
      for (const auto& job : *jobs) {
        if (queue.complete(job)) ++done;
      }
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    EXPECT_TRUE(queue.enqueue(
        {.kind = "k", .key = std::to_string(i), .not_before = now_ms() + 30 - (i % 5) * 5}));
  }
  worker.join();
  EXPECT_EQ(done, kRounds);
}

TEST_F(QueueTest, WakeEndsTheWaits) {
  std::atomic<int> awake = 0;
  std::vector<std::thread> waiters;
  for (int i = 0; i < 3; ++i) {
    waiters.emplace_back([&] {
      queue_->wait(kHour);
      ++awake;
    });
  }
  while (awake < 3) {  // a waiter may not have begun yet
    queue_->wake();
    std::this_thread::yield();
  }
  for (auto& waiter : waiters) waiter.join();
}

TEST_F(QueueTest, TheClaimDoesNotWalkOverJobsThatItLeaves) {
  if (database_->dialect() != db::Dialect::kSqlite) return;
  // Looks at SQLite's plans, not at a clock: every step a seek by all columns that matter, and no
  // sorting.
  struct Case {
    std::string_view sql;
    std::vector<const char*> seeks;
  };
  const std::vector<Case> cases = {
      {kNextPriority, {"jobs_due (kind=? AND priority>?)"}},
      {kNextKind, {"jobs_due (kind>?)"}},
      {kHeadOfGroup,
       {"jobs_due (kind=? AND priority=? AND not_before<?)", "jobs_running (kind=? AND key=?)"}},
  };
  for (const auto& test : cases) {
    std::string plan;
    const auto status = database_->read([&](db::Connection& c) -> Status {
      SG_ASSIGN(auto s, c.prepare("EXPLAIN QUERY PLAN " + std::string(test.sql)));
      for (int i = 1; i <= 4; ++i) {
        if (test.sql.find('$' + std::to_string(i)) != std::string_view::npos) s->bind(i, 1);
      }
      while (*s->step()) plan += std::string(s->text(3)) + "\n";
      return {};
    });
    EXPECT_TRUE(status) << status.error().message;
    for (const auto* seek : test.seeks) EXPECT_NE(plan.find(seek), std::string::npos) << plan;
    EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << plan;
    EXPECT_EQ(plan.find("SCAN"), std::string::npos) << plan;
  }
}

}  // namespace
}  // namespace spillguard::jobs
