#include "detect/lazy_pattern.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace spillguard::detect {
namespace {

TEST(LazyPattern, ErrorsShowAtOnceWhereNobodyTriedBefore) {
  EXPECT_FALSE(LazyPattern::now("a(b", {}).has_value());
  EXPECT_EQ(LazyPattern::now("a*", {}).error().message, "the pattern can match nothing at all");
  EXPECT_EQ(LazyPattern::now("a(b)(?<secret>c)", {})->ready()->secret_group, 2U);
  EXPECT_EQ(LazyPattern::now("a(b)(c)", {})->ready()->secret_group, 1U);
  EXPECT_EQ(LazyPattern::now("abc", {})->ready()->secret_group, 0U);
}

TEST(LazyPattern, CompilesOnceForAllThreads) {
  for (int round = 0; round < 50; ++round) {
    const LazyPattern pattern = LazyPattern::later("tok_([a-z]+)", {.ignore_case = true});
    std::vector<const LazyPattern::Ready*> seen(4);
    std::atomic<int> waiting{0};
    std::vector<std::thread> threads;
    for (auto& place : seen) {
      threads.emplace_back([&] {
        ++waiting;
        while (waiting < 4) std::this_thread::yield();
        place = pattern.ready();
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const auto* ready : seen) {
      ASSERT_NE(ready, nullptr);
      EXPECT_EQ(ready, seen.front());
    }
    regex::MatchScratch scratch;
    EXPECT_EQ(seen.front()->pattern.match("x TOK_abc", 0, scratch), regex::MatchOutcome::kMatch);
    EXPECT_EQ(scratch.group(seen.front()->secret_group), (Span{6, 9}));
  }
}

TEST(LazyPattern, StaysWhereItIsWhenMoved) {
  LazyPattern first = LazyPattern::later("abc", {});
  const auto* ready = first.ready();
  const LazyPattern second = std::move(first);
  EXPECT_EQ(second.ready(), ready);
}

TEST(LazyPattern, WhatDoesNotCompileIsNull) {
  const LazyPattern pattern = LazyPattern::later("a(b", {});
  EXPECT_EQ(pattern.ready(), nullptr);
  EXPECT_EQ(pattern.ready(), nullptr);
}

}  // namespace
}  // namespace spillguard::detect
