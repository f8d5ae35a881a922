// Says when changes are made: so many a second, or so many for each hundred requests. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "base/threads.h"
#include "sim/churn.h"
#include "sim/fault_plan.h"

namespace spillguard::sim {

class ChurnDriver {
 public:
  explicit ChurnDriver(Churn& churn) : churn_(churn) {}
  ~ChurnDriver() { stop(); }
  ChurnDriver(const ChurnDriver&) = delete;
  ChurnDriver& operator=(const ChurnDriver&) = delete;

  // Instead of what was before.
  void start(const ChurnPlan& plan);
  // No change is under way any more when it returns.
  void stop();
  // A request was answered.
  void on_request();

 private:
  void make(uint64_t changes, const ChurnPlan& plan);
  void run_clock(const ChurnPlan& plan, StopFlag& stop);

  Churn& churn_;
  std::mutex mutex_;
  std::shared_ptr<const ChurnPlan> plan_;  // null: nothing changes
  std::unique_ptr<StopFlag> stop_;
  std::thread clock_;
  std::atomic<uint64_t> requests_{0};
  std::atomic<uint64_t> made_{0};
};

}  // namespace spillguard::sim
