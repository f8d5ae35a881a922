// The threads that take scan jobs from the queue and run them, and one that keeps their leases.
// Some threads take what somebody asked for, one of single items only, so that nobody who asked for
// one issue waits for a whole project, and one keeps up with changes: neither first scans nor
// changes wait for each other.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "scan/context.h"
#include "scan/runner.h"

namespace spillguard::scan {

class Workers {
 public:
  // `parallel` jobs that were asked for at a time. `context` outlives the workers. Threads start at
  // once.
  Workers(ScanContext& context, size_t parallel, int64_t renew_every_ms = 15'000);
  // Asks running scans to stop at the next part, waits, and gives their jobs back.
  ~Workers();

  // From now on so many jobs that were asked for at a time: new threads begin at once, ones too
  // many end with the job that they have. `active` false: nothing is taken from the queue.
  void set_parallel(size_t parallel, bool active = true);

  [[nodiscard]] size_t running() const { return running_.load(); }

 private:
  struct Held {
    jobs::Job job;
    std::atomic<bool> lost{false};
  };
  // `number`: 0 for the threads that always work, else which one of those for what was asked for.
  void work(const std::vector<std::string>& kinds, size_t number);
  void add_thread(size_t number);  // with mutex_ held
  void keep_leases(int64_t every_ms);

  ScanContext& context_;
  Runner runner_;
  std::atomic<size_t> running_{0};
  std::mutex mutex_;
  std::vector<Held*> held_;  // owned by the working threads' stacks, listed while they run
  std::atomic<size_t> parallel_{0};
  std::atomic<bool> active_{true};
  size_t started_ = 0;  // threads for what was asked for
  std::vector<std::thread> threads_;
};

}  // namespace spillguard::scan
