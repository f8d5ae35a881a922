// What happens without being asked for: looks for changes, complete listings that find what was
// missed or deleted, listings of new scopes. One thread; when something was last done stands in the
// store, so that restarts and several processes neither forget nor double it.
#pragma once

#include <thread>
#include <unordered_map>

#include "jobs/scan_request.h"
#include "scan/context.h"

namespace spillguard::scan {

struct ScheduleOptions {
  bool enabled = true;
  int64_t changes_ms = 5 * 60'000;       // between looks for changes in a scanned scope
  int64_t reconcile_ms = 24 * 3600'000;  // between complete listings of a scanned scope
  int64_t scopes_ms = 60 * 60'000;       // between listings of a site's scopes
  int64_t tick_ms = 1'000;               // how often the thread looks whether anything is due
};

class Scheduler {
 public:
  // `context` outlives the scheduler. The thread starts at once, when enabled.
  Scheduler(ScanContext& context, const ScheduleOptions& options);
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  // The context's stop flag must be set by then.
  ~Scheduler();

  // Enqueues what is due at `now` (milliseconds); how many jobs. For the thread and for tests.
  Result<int64_t> run_due(TimeMs now);

 private:
  Result<int64_t> run_due(const ScanSite& site, TimeMs now);
  // Registers our webhooks where they are not, once an hour until it went well, then once a day.
  void ensure_webhooks(TimeMs now);
  Status enqueue(jobs::ScanKind kind, const ScanSite& site, int64_t scope_id,
                 const std::string& run, TimeMs now);

  ScanContext& context_;
  ScheduleOptions options_;
  std::unordered_map<int64_t, TimeMs> asked_;  // when a job of this scope was last enqueued here
  std::unordered_map<int64_t, TimeMs> webhooks_due_;  // by site
  std::thread thread_;
};

}  // namespace spillguard::scan
