// What a node knows of the others that ask the same host with the same account: how many there are,
// so that each takes an equal part of the host's limits, and how long all of them wait. The site's
// governor goes by it and says when this node asks; whoever talks to the others keeps it up to
// date. Thread-safe.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>

namespace spillguard::hosts {

class SiteShare {
 public:
  // This long after a question a node still counts as asking.
  static constexpr int64_t kQuietMs = 3'000;

  // Nodes that ask this host now, this one included.
  void set_nodes(int nodes) { nodes_ = std::max(1, nodes); }
  [[nodiscard]] int nodes() const { return nodes_; }
  // Another node was told to wait; monotonic.
  void wait_until(int64_t until) { others_pause_ = until; }
  [[nodiscard]] int64_t waits_until() const { return others_pause_; }

  // Called when this node asks again after it was quiet. To be set before the first question.
  void on_wake(std::function<void()> wake) { wake_ = std::move(wake); }
  // This node asks, or waits for the right to. Monotonic.
  void asking(int64_t now) {
    const int64_t before = asked_at_.exchange(now);
    if (wake_ && (before == 0 || now - before > kQuietMs)) wake_();
  }
  [[nodiscard]] bool asks(int64_t now) const {
    const int64_t at = asked_at_;
    return at != 0 && now - at <= kQuietMs;
  }
  // The host told this node to wait. Monotonic; 0 = it did not.
  void told_to_wait(int64_t until) {
    if (own_pause_.exchange(until) < until && wake_) wake_();
  }
  [[nodiscard]] int64_t own_pause() const { return own_pause_; }

 private:
  std::atomic<int> nodes_ = 1;
  std::atomic<int64_t> others_pause_ = 0;
  std::atomic<int64_t> asked_at_ = 0;
  std::atomic<int64_t> own_pause_ = 0;
  std::function<void()> wake_;
};

}  // namespace spillguard::hosts
