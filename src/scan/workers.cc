#include "scan/workers.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "base/log.h"

namespace spillguard::scan {
namespace {

constexpr int64_t kPollMs = 1'000;  // for jobs that other processes enqueue
constexpr int64_t kRestMs = 50;     // between looks of a thread that is one too many

// Scans take what processor time others leave: a person who waits for a page goes first. Linux
// counts it by thread. Where it is not allowed all are equal, as before.
void give_way() {
  constexpr int kNicer = 3;
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNicer);
}

std::vector<std::string> kind_names(std::initializer_list<jobs::ScanKind> kinds) {
  std::vector<std::string> out;
  for (const jobs::ScanKind kind : kinds) out.emplace_back(scan_job_kind(kind));
  return out;
}

}  // namespace

Workers::Workers(ScanContext& context, size_t parallel, int64_t renew_every_ms)
    : context_(context), runner_(context) {
  using jobs::ScanKind;
  const auto single = kind_names({ScanKind::kItem, ScanKind::kVersion});
  const auto keeping_up = kind_names({ScanKind::kChanges, ScanKind::kHint, ScanKind::kScopes});
  set_parallel(parallel);
  threads_.emplace_back([this, keeping_up] {
    set_thread_name("scan-changes");
    give_way();
    work(keeping_up, 0);
  });
  threads_.emplace_back([this, single] {
    set_thread_name("scan-single");
    work(single, 0);
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

void Workers::set_parallel(size_t parallel, bool active) {
  const std::lock_guard lock(mutex_);
  active_ = active;
  parallel_ = parallel;
  while (started_ < parallel) add_thread(++started_);
}

void Workers::add_thread(size_t number) {
  using jobs::ScanKind;
  threads_.emplace_back([this, number] {
    set_thread_name("scan-" + std::to_string(number - 1));
    give_way();
    work(kind_names({ScanKind::kSite, ScanKind::kScope, ScanKind::kItem, ScanKind::kVersion}),
         number);
  });
}

void Workers::work(const std::vector<std::string>& kinds, size_t number) {
  while (!context_.stop.stopped()) {
    if (!active_ || number > parallel_) {
      context_.stop.sleep_ms(kRestMs);
      continue;
    }
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
