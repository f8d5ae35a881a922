#include "server/rate_sharing.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "base/threads.h"
#include "base/time.h"

namespace spillguard::server {
namespace rate_sharing_detail {
namespace {

constexpr int64_t kTickMs = 1'000;     // without news
constexpr int64_t kActiveMs = 10'000;  // what is announced; renewed at half of it

}  // namespace
}  // namespace rate_sharing_detail

RateSharing::RateSharing(db::Database& database, std::string instance,
                         const std::vector<Site>& sites)
    : shares_(database, std::move(instance)) {
  for (const Site& site : sites) {
    sites_.push_back({.site = site});
    site.share->on_wake([this] { wake(); });
  }
  ear_ = database.listen(jobs::SiteShares::kTopic, [this] { wake(); });
  thread_ = std::thread([this] { run(); });
}

RateSharing::~RateSharing() {
  ear_.reset();
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  if (const auto left = shares_.leave(); !left) log::warn("leaving: {}", left.error().message);
}

void RateSharing::wake() {
  {
    const std::lock_guard guard(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void RateSharing::run() {
  set_thread_name("rate-shares");
  bool fine = true;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    Status status;
    for (Known& known : sites_) {
      if (status) status = announce(known);
      if (status) status = hear(known);
    }
    if (!status && fine) {
      log::warn("other nodes are not heard, limits of the hosts stay divided as they were: {}",
                status.error().message);
    }
    fine = status.has_value();
    lock.lock();
    changed_.wait_for(lock, std::chrono::milliseconds(rate_sharing_detail::kTickMs),
                      [&] { return stopping_ || woken_; });
  }
}

Status RateSharing::announce(Known& known) {
  namespace own = rate_sharing_detail;
  const int64_t now = monotonic_ms();
  const int64_t pause = known.site.share->own_pause();
  const bool waits = pause > now && pause > known.paused_until;
  if (!waits && !known.site.share->asks(now)) return {};
  const TimeMs clock = now_ms();
  const bool began = known.active_until <= clock;
  if (!waits && known.active_until - clock > own::kActiveMs / 2) return {};
  const TimeMs until = clock + std::max(own::kActiveMs, pause - now);
  SG_TRY(shares_.announce(known.site.name, until, pause > now ? clock + (pause - now) : 0,
                          began || waits));
  known.active_until = until;
  known.paused_until = pause;
  return {};
}

Status RateSharing::hear(Known& known) {
  SG_ASSIGN(const auto others, shares_.others(known.site.name));
  hosts::SiteShare& share = *known.site.share;
  if (share.nodes() != others.asking + 1) {
    log::debug("site {}: {} nodes ask its host", known.site.name, others.asking + 1);
  }
  share.set_nodes(others.asking + 1);
  const int64_t pause = others.paused_until - now_ms();
  share.wait_until(pause > 0 ? monotonic_ms() + pause : 0);
  return {};
}

}  // namespace spillguard::server
