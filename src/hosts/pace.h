// How hard a host may be pressed, decided from what its answers say: a model of its token bucket, a
// common pause, fewer requests at a time while answers get slow, and a circuit breaker for a host
// that does not answer. No clock, no threads: all times are given. Not thread-safe (Governor is).
#pragma once

#include <cstdint>

#include "http/message.h"

namespace spillguard::hosts {

// What an answer said about our pace; -1 = it said nothing.
struct RateSigns {
  int status = 0;  // 0 = there was no answer
  int64_t retry_after_ms = -1;
  int64_t limit = -1;
  int64_t remaining = -1;
  int64_t fill_rate = -1;
  int64_t interval_ms = -1;
  int64_t latency_ms = -1;

  // X-RateLimit-Limit/-Remaining/-FillRate/-Interval-Seconds and Retry-After (seconds or an HTTP
  // date, which counts as a minute).
  static RateSigns read(int status, const http::Headers& headers);
};

class Pace {
 public:
  // No more waiting than this for one sign of the host.
  static constexpr int64_t kLongestPauseMs = 5 * 60 * 1000;

  struct Options {
    int max_concurrency = 4;
    // Of the circuit breaker, and after a 429 that names no time; doubles up to a minute.
    int64_t first_break_ms = 1'000;
  };
  explicit Pace(const Options& options)
      : options_(options), allowed_(static_cast<double>(options.max_concurrency)) {}

  // How long until a request may start, with `running` on their way; 0 = now. What waits for a
  // place (all are taken) gets a short time to look again.
  [[nodiscard]] int64_t wait_ms(int64_t now, int running) const;
  void started(int64_t now);
  // So many nodes ask the host with our account, this one included: we keep to that part of its
  // limits, and of the concurrency.
  void share(int64_t now, int nodes);
  // An answer came, or none did; `others` are still on their way.
  void report(int64_t now, const RateSigns& signs, int others);

  // Requests at a time that are allowed now.
  [[nodiscard]] int limit(int64_t now) const;
  // Until when the host wants nothing to come; 0 or past when it did not say so.
  [[nodiscard]] int64_t paused_until() const { return paused_until_; }

 private:
  [[nodiscard]] double tokens_at(int64_t now) const;
  void refill(int64_t now);
  void note_bucket(int64_t now, const RateSigns& signs, int others);
  void note_latency(const RateSigns& signs);
  void note_health(int64_t now, const RateSigns& signs);

  Options options_;
  bool answered_ = false;
  int64_t paused_until_ = 0;
  int refusals_ = 0;  // 429 without Retry-After in a row

  void take_part();

  // The host's bucket as far as we can tell, and our part of it; rate 0 = it told of none.
  int nodes_ = 1;
  double host_bucket_ = 0;
  double host_per_ms_ = 0;
  double tokens_ = 0;
  double bucket_ = 0;
  double per_ms_ = 0;
  int64_t filled_at_ = 0;  // up to when it is counted; may be to come

  double allowed_;     // concurrency
  double usual_ = 0;   // latency over a long time, ms
  double recent_ = 0;  // over the last answers

  int failures_ = 0;  // in a row
  int breaks_ = 0;    // of the breaker in a row
  int64_t open_until_ = 0;
};

}  // namespace spillguard::hosts
