// How hard we may press a host: a limit of requests at a time and a common pause when the host says
// that its bucket is empty. One for all workers of a site. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/error.h"
#include "base/threads.h"
#include "http/message.h"

namespace spillguard::hosts {

// What an answer said about our pace; -1 = it said nothing.
struct RateSigns {
  int status = 0;
  int64_t retry_after_ms = -1;
  int64_t remaining = -1;
  int64_t fill_rate = -1;
  int64_t interval_ms = -1;

  // X-RateLimit-Remaining/-FillRate/-Interval-Seconds and Retry-After (seconds or an HTTP date,
  // which counts as a minute).
  static RateSigns read(int status, const http::Headers& headers);
};

class Governor {
 public:
  // No more waiting than this for one sign of the host.
  static constexpr int64_t kLongestPauseMs = 5 * 60 * 1000;

  // `stop`, when given, ends waiting; it outlives the governor.
  Governor(int max_concurrency, StopFlag* stop) : limit_(max_concurrency), stop_(stop) {}

  // The right to one request; give it back by destroying it.
  class Permit {
   public:
    explicit Permit(Governor* owner) : owner_(owner) {}
    Permit(Permit&& other) noexcept : owner_(other.owner_) { other.owner_ = nullptr; }
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    Permit& operator=(Permit&&) = delete;
    ~Permit();

   private:
    Governor* owner_;
  };

  // Waits for a free place and for the end of a pause; kCancelled when stopped.
  Result<Permit> acquire();
  // Takes an answer's signs into account: nobody starts a request before the pause is over.
  void report(const RateSigns& signs);

 private:
  [[nodiscard]] int64_t pause_left_locked() const;
  int limit_;
  StopFlag* stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int running_ = 0;
  int64_t paused_until_ = 0;  // monotonic
};

}  // namespace spillguard::hosts
