#include "hosts/governor.h"

#include <algorithm>
#include <chrono>

#include "base/strings.h"
#include "base/time.h"

namespace spillguard::hosts {

namespace {

// How often a waiting worker looks at the stop flag.
constexpr int64_t kGovernorTickMs = 200;

int64_t header_number(const http::Headers& headers, std::string_view name) {
  const auto value = headers.get(name);
  if (!value) return -1;
  const auto number = parse_int(trim(*value));
  return number && *number >= 0 ? *number : -1;
}

}  // namespace

RateSigns RateSigns::read(int status, const http::Headers& headers) {
  RateSigns signs;
  signs.status = status;
  signs.remaining = header_number(headers, "X-RateLimit-Remaining");
  signs.fill_rate = header_number(headers, "X-RateLimit-FillRate");
  if (const int64_t seconds = header_number(headers, "X-RateLimit-Interval-Seconds");
      seconds >= 0 && seconds <= 86'400) {
    signs.interval_ms = seconds * 1000;
  }
  if (headers.has("Retry-After")) {
    const int64_t seconds = header_number(headers, "Retry-After");
    signs.retry_after_ms = seconds < 0 ? 60'000 : std::min<int64_t>(seconds, 86'400) * 1000;
  }
  return signs;
}

Governor::Permit::~Permit() {
  if (owner_ == nullptr) return;
  {
    const std::lock_guard lock(owner_->mutex_);
    --owner_->running_;
  }
  owner_->changed_.notify_one();
}

int64_t Governor::pause_left_locked() const { return paused_until_ - monotonic_ms(); }

Result<Governor::Permit> Governor::acquire() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (stop_ != nullptr && stop_->stopped()) {
      return fail(Code::kCancelled, "asked to stop while waiting for the host");
    }
    const int64_t left = pause_left_locked();
    if (left <= 0 && running_ < limit_) break;
    const int64_t wait = left > 0 ? std::min(left, kGovernorTickMs) : kGovernorTickMs;
    changed_.wait_for(lock, std::chrono::milliseconds(wait));
  }
  ++running_;
  return Permit(this);
}

void Governor::report(const RateSigns& signs) {
  int64_t pause = 0;
  if (signs.status == 429 || signs.status == 503 || signs.status == 403) {
    pause = std::max<int64_t>(signs.retry_after_ms, 0);
  }
  // An empty bucket refills by fill_rate tokens an interval: wait for the next ones instead of
  // running into a refusal. A healthy answer carries Retry-After: 0.
  if (signs.remaining == 0) {
    pause = std::max({pause, signs.retry_after_ms, std::max<int64_t>(signs.interval_ms, 0)});
  }
  if (pause <= 0) return;
  pause = std::min(pause, kLongestPauseMs);
  {
    const std::lock_guard lock(mutex_);
    paused_until_ = std::max(paused_until_, monotonic_ms() + pause);
  }
  changed_.notify_all();
}

}  // namespace spillguard::hosts
