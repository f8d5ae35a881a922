// Failed logins by user name and by address, in a sliding window: who fails too often is not let
// through to the host, which would lock the account. Bounded; not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace spillguard::hosts {

class LoginFailures {
 public:
  LoginFailures(int max, int64_t window_ms)
      : max_(static_cast<size_t>(max)), window_ms_(window_ms) {}

  // An empty name is nobody: never too many, never counted.
  bool too_many(const std::string& who, TimeMs now);
  void add(const std::string& who, TimeMs now);
  void clear(const std::string& who) { counted_.erase(who); }

 private:
  void forget_old(std::deque<TimeMs>& times, TimeMs now) const;
  void make_room(TimeMs now);

  size_t max_;
  int64_t window_ms_;
  std::unordered_map<std::string, std::deque<TimeMs>> counted_;
};

}  // namespace spillguard::hosts
