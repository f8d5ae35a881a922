#include "base/threads.h"

#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace spillguard {

void StopFlag::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_.store(true, std::memory_order_release);
  }
  wake_.notify_all();
}

bool StopFlag::sleep_ms(int64_t milliseconds) {
  // More would overflow the clock's nanoseconds and end at once.
  constexpr int64_t kLongestMs = INT64_C(100) * 365 * 24 * 3600 * 1000;
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, std::chrono::milliseconds(std::min(milliseconds, kLongestMs)),
                         [this] { return stopped_.load(); });
}

ThreadPool::ThreadPool(std::string name, size_t threads, size_t max_queued,
                       std::function<void()> at_start)
    : name_(std::move(name)), max_queued_(max_queued), at_start_(std::move(at_start)) {
  threads_.reserve(threads);
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this, i] { run(i); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  has_task_.notify_all();
  has_room_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool ThreadPool::try_submit(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_ || queue_.size() >= max_queued_) return false;
    queue_.push_back(std::move(task));
  }
  has_task_.notify_one();
  return true;
}

bool ThreadPool::submit(std::function<void()> task) {
  {
    std::unique_lock lock(mutex_);
    has_room_.wait(lock, [this] { return closing_ || queue_.size() < max_queued_; });
    if (closing_) return false;
    queue_.push_back(std::move(task));
  }
  has_task_.notify_one();
  return true;
}

void ThreadPool::drain() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return queue_.empty() && running_ == 0; });
}

void ThreadPool::run(size_t index) {
  set_thread_name(name_ + "-" + std::to_string(index));
  if (at_start_) at_start_();
  std::unique_lock lock(mutex_);
  while (true) {
    has_task_.wait(lock, [this] { return closing_ || !queue_.empty(); });
    if (queue_.empty()) return;
    auto task = std::move(queue_.front());
    queue_.pop_front();
    ++running_;
    lock.unlock();
    has_room_.notify_one();
    task();
    task = nullptr;
    lock.lock();
    --running_;
    if (queue_.empty() && running_ == 0) idle_.notify_all();
  }
}

void set_thread_name(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

namespace {

// As the system call has it; Debian's C library has no name for it. The first 48 bytes, which all
// versions know.
struct SchedulingAttributes {
  uint32_t size = 48;
  uint32_t policy = 0;
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime = 0;  // of an ordinary thread: how long one turn is, ns; 0 = as usual
  uint64_t deadline = 0;
  uint64_t period = 0;
};

void ask_for_turns(uint64_t nanoseconds) {
  SchedulingAttributes now;
  // What is refused, or not known, is not needed.
  if (::syscall(SYS_sched_getattr, 0, &now, sizeof(now), 0) != 0) return;
  if (now.policy != SCHED_OTHER) return;
  now.size = sizeof(now);
  now.flags = 0;
  now.runtime = nanoseconds;
  (void)::syscall(SYS_sched_setattr, 0, &now, 0);
}

}  // namespace

void ask_for_short_turns() { ask_for_turns(400'000); }
void ask_for_usual_turns() { ask_for_turns(0); }

size_t usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0) {
    return static_cast<size_t>(CPU_COUNT(&set));
  }
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace spillguard
