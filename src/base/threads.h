// Threads that belong to somebody: a stop flag that can be waited on, and a bounded pool.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace spillguard {

// Asks many places to stop. Copies of a reference share it; the owner outlives all users.
class StopFlag {
 public:
  void stop();
  [[nodiscard]] bool stopped() const { return stopped_.load(std::memory_order_acquire); }
  // Sleeps until the time is over (true) or somebody stops us (false).
  bool sleep_ms(int64_t milliseconds);

 private:
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
};

// A fixed number of threads and a bounded queue of tasks. Tasks must not throw.
class ThreadPool {
 public:
  // Each thread calls `at_start` first.
  ThreadPool(std::string name, size_t threads, size_t max_queued,
             std::function<void()> at_start = {});
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool();  // runs what is queued, then joins

  // False when the queue is full or the pool is closing: the caller sheds the load.
  bool try_submit(std::function<void()> task);
  // Waits for room; false when the pool is closing.
  bool submit(std::function<void()> task);
  // Waits until nothing is queued or running.
  void drain();
  [[nodiscard]] size_t size() const { return threads_.size(); }

 private:
  void run(size_t index);
  std::string name_;
  size_t max_queued_;
  std::function<void()> at_start_;
  std::mutex mutex_;
  std::condition_variable has_task_;
  std::condition_variable has_room_;
  std::condition_variable idle_;
  std::deque<std::function<void()>> queue_;
  size_t running_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

// The name that top -H and debuggers show (at most 15 bytes).
void set_thread_name(const std::string& name);

// Asks the system to run the calling thread as soon as it has something to do, for a short time:
// for answers of a millisecond that somebody waits for, beside work that takes all there is. Its
// share stays the same. Linux from 6.12 on; elsewhere nothing happens. Threads inherit it.
void ask_for_short_turns();
// Takes that back, for a thread that works long.
void ask_for_usual_turns();

// Processors that this process may use, at least one.
size_t usable_processors();

}  // namespace spillguard
