#include "sim/churn_driver.h"

#include <algorithm>

namespace spillguard::sim {

void ChurnDriver::start(const ChurnPlan& plan) {
  stop();
  const std::lock_guard lock(mutex_);
  requests_ = 0;
  made_ = 0;
  if (plan.per_second == 0 && plan.per_100_requests == 0) return;
  plan_ = std::make_shared<const ChurnPlan>(plan);
  if (plan.per_second > 0) {
    stop_ = std::make_unique<StopFlag>();
    clock_ = std::thread([this, plan, &flag = *stop_] { run_clock(plan, flag); });
  }
}

void ChurnDriver::stop() {
  std::thread clock;
  {
    const std::lock_guard lock(mutex_);
    plan_.reset();
    if (stop_) stop_->stop();
    clock.swap(clock_);
  }
  if (clock.joinable()) clock.join();
  // Waits for a change that a request is making.
  churn_.run(0);
}

void ChurnDriver::make(uint64_t changes, const ChurnPlan& plan) {
  for (uint64_t i = 0; i < changes; ++i) {
    if (plan.most > 0 && made_.fetch_add(1) >= plan.most) return;
    churn_.run(1);
  }
}

void ChurnDriver::run_clock(const ChurnPlan& plan, StopFlag& stop) {
  set_thread_name("churn");
  // Several at a time where the pauses would be shorter than the clock is good for.
  constexpr uint64_t kMostTicks = 200;
  const auto ticks = std::min(plan.per_second, kMostTicks);
  const auto at_once = (plan.per_second + ticks - 1) / ticks;
  while (stop.sleep_ms(static_cast<int64_t>(1000 / ticks))) make(at_once, plan);
}

void ChurnDriver::on_request() {
  std::shared_ptr<const ChurnPlan> plan;
  {
    const std::lock_guard lock(mutex_);
    plan = plan_;
  }
  if (!plan || plan->per_100_requests == 0) return;
  const auto number = requests_++;
  const auto due = [&](uint64_t requests) { return requests * plan->per_100_requests / 100; };
  make(due(number + 1) - due(number), *plan);
}

}  // namespace spillguard::sim
