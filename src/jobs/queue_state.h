// What a Queue holds. Internal to the module.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

#include "jobs/queue.h"

namespace spillguard::jobs {

struct Queue::State {
  db::Database& database;
  std::string node;
  int64_t lease_ms;
  Clock clock;

  std::mutex mutex;
  std::condition_variable changed;
  uint64_t generation = 0;  // counts what may have made a job due, in this process; under mutex

  void signal() {
    {
      const std::lock_guard lock(mutex);
      ++generation;
    }
    changed.notify_all();
  }
};

}  // namespace spillguard::jobs
