#include "scan/workers.h"

#include <algorithm>

#include "base/log.h"

namespace spillguard::scan {
namespace {

constexpr int64_t kPollMs = 1'000;  // for jobs that other processes enqueue

}  // namespace

Workers::Workers(ScanContext& context, size_t parallel, int64_t renew_every_ms)
    : context_(context), runner_(context) {
  const auto names = [](std::initializer_list<jobs::ScanKind> kinds) {
    std::vector<std::string> out;
    for (const jobs::ScanKind kind : kinds) out.emplace_back(scan_job_kind(kind));
    return out;
  };
  using jobs::ScanKind;
  const auto single = names({ScanKind::kItem, ScanKind::kVersion});
  const auto asked_for =
      names({ScanKind::kSite, ScanKind::kScope, ScanKind::kItem, ScanKind::kVersion});
  const auto keeping_up = names({ScanKind::kChanges, ScanKind::kHint, ScanKind::kScopes});
  for (size_t i = 0; i < parallel; ++i) {
    threads_.emplace_back([this, i, asked_for] {
      set_thread_name("scan-" + std::to_string(i));
      work(asked_for);
    });
  }
  threads_.emplace_back([this, keeping_up] {
    set_thread_name("scan-changes");
    work(keeping_up);
  });
  threads_.emplace_back([this, single] {
    set_thread_name("scan-single");
    work(single);
  });
  threads_.emplace_back([this, renew_every_ms] {
    set_thread_name("scan-leases");
    keep_leases(renew_every_ms);
  });
}

Workers::~Workers() {
  context_.stop.stop();
  context_.queue.wake();
  for (auto& thread : threads_) thread.join();
}

void Workers::work(const std::vector<std::string>& kinds) {
  while (!context_.stop.stopped()) {
    auto claimed = context_.queue.claim(1, kinds);
    if (!claimed) {
      log::error("can not take scans from the queue: {}", claimed.error().message);
      context_.stop.sleep_ms(kPollMs);
      continue;
    }
    if (claimed->empty()) {
      context_.queue.wait(kPollMs, kinds);
      continue;
    }
    Held held;
    held.job = std::move(claimed->front());
    {
      const std::lock_guard lock(mutex_);
      held_.push_back(&held);
    }
    ++running_;
    runner_.run(held.job, held.lost);
    --running_;
    const std::lock_guard lock(mutex_);
    std::erase(held_, &held);
  }
}

void Workers::keep_leases(int64_t every_ms) {
  while (context_.stop.sleep_ms(every_ms)) {
    // Under the lock: a job can not end, and its Held go, while it is renewed.
    const std::lock_guard lock(mutex_);
    for (Held* held : held_) {
      const auto renewed = context_.queue.renew(held->job);
      if (renewed) continue;
      // Any other failure is tried again; the lease is longer than several rounds.
      if (renewed.error().code == Code::kConflict) held->lost = true;
      log::warn("lease of {} {}: {}", held->job.kind, held->job.key, renewed.error().message);
    }
  }
}

}  // namespace spillguard::scan
