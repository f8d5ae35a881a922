#include "api/page_positions.h"

namespace spillguard::api {
namespace {

std::string position_key(const std::string& list, int64_t start) {
  return std::to_string(start) + "@" + list;
}

}  // namespace

std::optional<int64_t> PagePositions::find(const std::string& list, int64_t start) {
  const std::lock_guard lock(mutex_);
  const auto it = entries_.find(position_key(list, start));
  if (it == entries_.end()) return std::nullopt;
  if (it->second.until <= clock_()) {
    by_use_.erase(it->second.used);
    entries_.erase(it);
    return std::nullopt;
  }
  by_use_.splice(by_use_.begin(), by_use_, it->second.used);
  return it->second.last_id;
}

void PagePositions::remember(const std::string& list, int64_t start, int64_t last_id) {
  const std::lock_guard lock(mutex_);
  const std::string key = position_key(list, start);
  if (const auto old = entries_.find(key); old != entries_.end()) {
    by_use_.erase(old->second.used);
    entries_.erase(old);
  }
  while (entries_.size() >= kMost) {
    entries_.erase(by_use_.back());
    by_use_.pop_back();
  }
  by_use_.push_front(key);
  entries_.emplace(key, Entry{last_id, clock_() + kKeptMs, by_use_.begin()});
}

}  // namespace spillguard::api
