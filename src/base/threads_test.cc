#include "base/threads.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <future>
#include <limits>
#include <memory>
#include <thread>

#include "base/time.h"

namespace spillguard {
namespace {

TEST(StopFlag, EndsSleepsAndStaysSet) {
  StopFlag flag;
  EXPECT_FALSE(flag.stopped());
  EXPECT_TRUE(flag.sleep_ms(1)) << "nobody stopped it";
  EXPECT_TRUE(flag.sleep_ms(-1));
  std::atomic<bool> slept_through = true;
  // The largest number must neither overflow into no sleep at all nor outlast stop().
  std::thread sleeper([&] { slept_through = flag.sleep_ms(std::numeric_limits<int64_t>::max()); });
  flag.stop();
  sleeper.join();
  EXPECT_FALSE(slept_through);
  EXPECT_TRUE(flag.stopped());
  EXPECT_FALSE(flag.sleep_ms(3'600'000));
}

TEST(Threads, ShortTurnsCostNoShareAndCanBeTakenBack) {
  std::thread([] {
    const int before = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
    ask_for_short_turns();
    EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())), before);
    EXPECT_EQ(::sched_getscheduler(0), SCHED_OTHER);
    ask_for_usual_turns();
    EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())), before);
  }).join();
}

TEST(ThreadPool, EachThreadBeginsWithWhatItWasTold) {
  std::atomic<int> begun = 0;
  {
    const ThreadPool pool("test", 3, 1, [&] { ++begun; });
  }
  EXPECT_EQ(begun, 3);
}

TEST(ThreadPool, RunsEverythingAndDrains) {
  std::atomic<int> done = 0;
  ThreadPool pool("test", 4, 8);
  EXPECT_EQ(pool.size(), 4U);
  for (int round = 1; round <= 3; ++round) {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(pool.submit([&] { ++done; }));
    pool.drain();
    EXPECT_EQ(done, round * 100);
  }
  pool.drain();
}

TEST(ThreadPool, ShedsWhenFullAndFinishesWhenClosed) {
  std::atomic<int> done = 0;
  std::promise<void> started;
  std::promise<void> release;
  {
    ThreadPool pool("a name longer than fifteen bytes", 1, 2);
    EXPECT_TRUE(pool.try_submit([&, gate = release.get_future().share()] {
      started.set_value();
      gate.wait();
      ++done;
    }));
    started.get_future().wait();  // the one thread is busy, the queue empty
    EXPECT_TRUE(pool.try_submit([&] { ++done; }));
    EXPECT_TRUE(pool.try_submit([&] { ++done; }));
    EXPECT_FALSE(pool.try_submit([&] { done += 100; }));
    release.set_value();
  }
  EXPECT_EQ(done, 3) << "what was queued runs before the pool is gone";
}

TEST(ThreadPool, DrainWaitsForTasksOfTasks) {
  std::atomic<int> done = 0;
  ThreadPool pool("test", 2, 100);
  EXPECT_TRUE(pool.submit([&] {
    for (int i = 0; i < 10; ++i) {
      if (pool.try_submit([&] { ++done; })) ++done;
    }
  }));
  pool.drain();
  EXPECT_EQ(done, 20);
}

TEST(ThreadPool, FreesATaskBeforeItIsSaidToBeOver) {
  ThreadPool pool("test", 1, 10);
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = held;
  EXPECT_TRUE(pool.submit([held = std::move(held)] { (void)held; }));
  pool.drain();
  EXPECT_TRUE(watch.expired());
}

TEST(Threads, Processors) {
  EXPECT_GE(usable_processors(), 1U);
  EXPECT_LE(usable_processors(), std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace
}  // namespace spillguard
