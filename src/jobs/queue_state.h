// What a Queue holds. Internal to the module.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "jobs/queue.h"

namespace spillguard::jobs {

struct Queue::State {
  db::Database& database;
  std::string node;
  int64_t lease_ms;
  Clock clock;
  int64_t first_back_off_ms = Queue::kFirstBackOffMs;

  std::mutex mutex;
  std::condition_variable changed;
  uint64_t generation = 0;  // counts what may have made a job due, in this process; under mutex
  // The first time at which a job becomes due that was added since the last look; under mutex.
  TimeMs later = kNever;
  static constexpr TimeMs kNever = INT64_MAX;
  std::shared_ptr<void> ear;  // for the jobs of other processes

  void signal() {
    {
      const std::lock_guard lock(mutex);
      ++generation;
    }
    changed.notify_all();
  }

  // A job was added that is not due yet: waiters get up for the first one only, or thousands of
  // hints a second would wake every worker as often.
  void signal_later(TimeMs due) {
    {
      const std::lock_guard lock(mutex);
      if (due >= later) return;
      later = due;
    }
    changed.notify_all();
  }
};

}  // namespace spillguard::jobs
