#include "jobs/hint_inbox.h"

#include <gtest/gtest.h>

#include <thread>

#include "db/test_database.h"
#include "jobs/scan_request.h"

namespace spillguard::jobs {
namespace {

TEST(HintInbox, WhatWasTakenFromManyThreadsIsInTheDatabaseOnce) {
  auto database = db::open_test_database();
  ASSERT_TRUE(database);
  Queue queue(**database, "node");
  HintInbox inbox(**database, queue);
  constexpr int kThreads = 6;
  constexpr int kEach = 50;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&inbox, t] {
      for (int i = 0; i < kEach; ++i) {
        ScanRequest request;
        request.kind = ScanKind::kHint;
        request.site_id = 1;
        // Every second hint is of an item that all threads hint at.
        request.item = i % 2 == 0 ? std::to_string(i) : std::to_string(t * 1000 + i);
        EXPECT_TRUE(inbox.add({to_job(request)}));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(queue.count_waiting().value(), kEach / 2 + kThreads * kEach / 2);
}

}  // namespace
}  // namespace spillguard::jobs
