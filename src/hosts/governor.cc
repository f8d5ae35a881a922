#include "hosts/governor.h"

#include <algorithm>
#include <chrono>

#include "base/time.h"

namespace spillguard::hosts {

namespace {

// How often a waiting worker looks at the stop flag.
constexpr int64_t kGovernorTickMs = 200;

}  // namespace

Governor::Permit::~Permit() {
  if (owner_ == nullptr) return;
  {
    const std::lock_guard lock(owner_->mutex_);
    --owner_->running_;
  }
  owner_->changed_.notify_one();
}

Result<Governor::Permit> Governor::acquire() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (stop_ != nullptr && stop_->stopped()) {
      return fail(Code::kCancelled, "asked to stop while waiting for the host");
    }
    const int64_t now = monotonic_ms();
    const int64_t wait = pace_.wait_ms(now, running_);
    if (wait <= 0) {
      pace_.started(now);
      ++running_;
      return Permit(this);
    }
    changed_.wait_for(lock, std::chrono::milliseconds(std::min(wait, kGovernorTickMs)));
  }
}

void Governor::report(const RateSigns& signs) {
  {
    const std::lock_guard lock(mutex_);
    pace_.report(monotonic_ms(), signs, std::max(0, running_ - 1));
  }
  changed_.notify_all();
}

}  // namespace spillguard::hosts
