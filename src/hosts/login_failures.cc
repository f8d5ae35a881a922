#include "hosts/login_failures.h"

#include <iterator>

namespace spillguard::hosts {

namespace {

// User names and addresses whose failures are counted at most.
constexpr size_t kMaxCounted = 20'000;

}  // namespace

bool LoginFailures::too_many(const std::string& who, TimeMs now) {
  if (who.empty()) return false;
  const auto it = counted_.find(who);
  if (it == counted_.end()) return false;
  forget_old(it->second, now);
  if (it->second.empty()) {
    counted_.erase(it);
    return false;
  }
  return it->second.size() >= max_;
}

void LoginFailures::add(const std::string& who, TimeMs now) {
  if (who.empty()) return;
  if (counted_.size() >= kMaxCounted && !counted_.contains(who)) make_room(now);
  auto& times = counted_[who];
  forget_old(times, now);
  times.push_back(now);
}

void LoginFailures::forget_old(std::deque<TimeMs>& times, TimeMs now) const {
  while (!times.empty() && times.front() + window_ms_ <= now) times.pop_front();
}

void LoginFailures::make_room(TimeMs now) {
  for (auto it = counted_.begin(); it != counted_.end();) {
    forget_old(it->second, now);
    it = it->second.empty() ? counted_.erase(it) : std::next(it);
  }
  // Somebody makes up names faster than the window forgets them: any one may go.
  if (counted_.size() >= kMaxCounted) counted_.erase(counted_.begin());
}

}  // namespace spillguard::hosts
