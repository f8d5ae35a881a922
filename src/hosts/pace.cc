#include "hosts/pace.h"

#include <algorithm>
#include <cmath>

#include "base/strings.h"

namespace spillguard::hosts {

namespace {

// How often somebody who waits for a place looks again.
constexpr int64_t kPlaceTickMs = 200;
// The last token is left in the bucket: what we count may be late by one.
constexpr double kReserve = 1.0;
constexpr int kFailuresThatOpen = 5;
constexpr int64_t kLongestBreakMs = 60'000;
constexpr int64_t kLongestRefusalMs = 60'000;
// Answers count as slow when the last ones took so many times as long as usual, and so long at
// least.
constexpr double kSlowTimes = 3.0;
constexpr double kSlowMs = 1'000;

int64_t header_number(const http::Headers& headers, std::string_view name) {
  const auto value = headers.get(name);
  if (!value) return -1;
  const auto number = parse_int(trim(*value));
  return number && *number >= 0 ? *number : -1;
}

int64_t doubled(int64_t first, int times, int64_t most) {
  return std::min(most, first << std::min(times, 20));
}

}  // namespace

RateSigns RateSigns::read(int status, const http::Headers& headers) {
  RateSigns signs;
  signs.status = status;
  signs.limit = header_number(headers, "X-RateLimit-Limit");
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

int Pace::limit(int64_t now) const {
  // After a break one request tries whether the host is there again; and the first of all asks what
  // the host allows.
  if ((breaks_ > 0 && now >= open_until_) || !answered_) return 1;
  return std::max(1, static_cast<int>(std::floor(allowed_ / nodes_)));
}

int64_t Pace::wait_ms(int64_t now, int running) const {
  if (now < paused_until_) return paused_until_ - now;
  if (now < open_until_) return open_until_ - now;
  if (running >= limit(now)) return kPlaceTickMs;
  if (per_ms_ > 0) {
    const double missing = kReserve + 1.0 - tokens_at(now);
    if (missing > 0) {
      const int64_t filling = std::max(now, filled_at_) - now;
      return std::clamp<int64_t>(filling + std::llround(std::ceil(missing / per_ms_)), 1,
                                 kLongestPauseMs);
    }
  }
  return 0;
}

double Pace::tokens_at(int64_t now) const {
  const auto filling = static_cast<double>(std::max<int64_t>(0, now - filled_at_));
  return std::min(bucket_, tokens_ + filling * per_ms_);
}

void Pace::refill(int64_t now) {
  tokens_ = tokens_at(now);
  filled_at_ = std::max(filled_at_, now);
}

void Pace::started(int64_t now) {
  if (per_ms_ <= 0) return;
  refill(now);
  tokens_ -= 1.0;
}

void Pace::share(int64_t now, int nodes) {
  if (nodes == nodes_) return;
  refill(now);
  // Who came has the part that we give up. What who left did not use is not ours before the host
  // says so or the bucket fills.
  if (nodes > nodes_) tokens_ = tokens_ * nodes_ / nodes;
  nodes_ = nodes;
  take_part();
}

void Pace::take_part() {
  per_ms_ = host_per_ms_ / nodes_;
  // Never so small that nothing could be asked.
  bucket_ = std::max(host_bucket_ / nodes_, kReserve + 1.0);
}

void Pace::report(int64_t now, const RateSigns& signs, int others) {
  answered_ = true;
  int64_t pause = 0;
  const bool refused = signs.status == 429;
  if (refused || signs.status == 503 || signs.status == 403) {
    pause = std::max<int64_t>(signs.retry_after_ms, 0);
  }
  if (refused && signs.retry_after_ms <= 0) {
    pause = doubled(options_.first_break_ms, refusals_, kLongestRefusalMs);
  }
  refusals_ = refused ? refusals_ + 1 : signs.status == 0 ? refusals_ : 0;
  // A healthy answer carries Retry-After: 0.
  if (signs.remaining == 0) {
    pause = std::max({pause, signs.retry_after_ms, std::max<int64_t>(signs.interval_ms, 0)});
  }
  if (pause > 0) paused_until_ = std::max(paused_until_, now + std::min(pause, kLongestPauseMs));
  note_bucket(now, signs, others);
  note_latency(signs);
  note_health(now, signs);
}

void Pace::note_bucket(int64_t now, const RateSigns& signs, int others) {
  if (signs.remaining < 0 || signs.fill_rate <= 0 || signs.interval_ms <= 0) return;
  const bool first = per_ms_ <= 0;
  host_per_ms_ = static_cast<double>(signs.fill_rate) / static_cast<double>(signs.interval_ms);
  host_bucket_ = static_cast<double>(std::max(signs.limit, signs.remaining));
  take_part();
  // Those on their way may not be counted in what the host says. Several nodes have a bucket each
  // and answer in turn: the fullest tells nothing of the emptiest, so only less is believed.
  const double told = static_cast<double>(signs.remaining - others) / nodes_;
  if (!first) refill(now);
  if (!first && told >= tokens_) return;
  tokens_ = told;
  // Hosts fill their buckets once an interval, and do not tell when: nothing comes before the end
  // of a whole one.
  filled_at_ = now + signs.interval_ms;
}

void Pace::note_latency(const RateSigns& signs) {
  if (signs.latency_ms < 0 || signs.status < 200 || signs.status >= 300) return;
  const auto latency = static_cast<double>(signs.latency_ms);
  if (usual_ == 0) {
    usual_ = recent_ = std::max(1.0, latency);
    return;
  }
  recent_ += 0.3 * (latency - recent_);
  // Up slowly, so that a host that gets slower under us is noticed; down at once.
  usual_ += (latency < usual_ ? 0.2 : 0.02) * (latency - usual_);
  usual_ = std::max(1.0, usual_);
  const auto most = static_cast<double>(options_.max_concurrency);
  if (recent_ > kSlowMs && recent_ > kSlowTimes * usual_) {
    allowed_ = std::max(1.0, allowed_ * 0.8);
  } else {
    allowed_ = std::min(most, allowed_ + 0.25 / allowed_);
  }
}

void Pace::note_health(int64_t now, const RateSigns& signs) {
  const bool failed =
      signs.status == 0 || signs.status == 502 || signs.status == 503 || signs.status == 504;
  if (!failed) {
    failures_ = 0;
    breaks_ = 0;
    open_until_ = 0;
    return;
  }
  ++failures_;
  allowed_ = std::max(1.0, allowed_ * 0.8);
  const bool tried_again = breaks_ > 0 && now >= open_until_;
  if (failures_ < kFailuresThatOpen && !tried_again) return;
  if (now < open_until_) return;  // one of those that were on their way
  open_until_ = now + doubled(options_.first_break_ms, breaks_, kLongestBreakMs);
  ++breaks_;
}

}  // namespace spillguard::hosts
