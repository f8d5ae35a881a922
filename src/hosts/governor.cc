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
    int64_t wait = 0;
    if (share_ != nullptr) {
      share_->asking(now);
      pace_.share(now, share_->nodes());
      wait = share_->waits_until() - now;
    }
    wait = std::max(wait, pace_.wait_ms(now, running_));
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
    const int64_t now = monotonic_ms();
    pace_.report(now, signs, std::max(0, running_ - 1));
    if (share_ != nullptr && pace_.paused_until() > now) {
      share_->told_to_wait(pace_.paused_until());
    }
  }
  changed_.notify_all();
}

}  // namespace spillguard::hosts
