#include "scan/scheduler.h"

#include "base/log.h"
#include "base/strings.h"
#include "scan/checkpoint.h"

namespace spillguard::scan {
namespace {

std::string scopes_setting(const ScanSite& site) {
  return "scopes_asked/" + std::to_string(site.site.id);
}

}  // namespace

Scheduler::Scheduler(ScanContext& context, const ScheduleOptions& options)
    : context_(context), options_(options) {
  if (!options_.enabled) return;
  thread_ = std::thread([this] {
    set_thread_name("scan-schedule");
    while (context_.stop.sleep_ms(options_.tick_ms)) {
      if (context_.leads && !context_.leads()) continue;
      if (auto done = run_due(now_ms()); !done) {
        log::warn("what is due can not be scheduled: {}", done.error().message);
      }
      ensure_webhooks(now_ms());
    }
  });
}

Scheduler::~Scheduler() {
  if (thread_.joinable()) thread_.join();
}

void Scheduler::ensure_webhooks(TimeMs now) {
  constexpr int64_t kHourMs = 3600'000;
  for (const ScanSite& site : context_.sites) {
    TimeMs& due = webhooks_due_[site.site.id];
    if (site.webhook.url.empty() || now < due) continue;
    const auto state = site.host->ensure_webhook(site.webhook);
    due = now + (state ? 24 * kHourMs : kHourMs);
    // The address is as good as a password: not in the log.
    if (!state) {
      log::warn("site {}: no webhook: {}", site.site.name, state.error().message);
    } else if (state->is_new) {
      log::info("site {}: webhook registered, {}", site.site.name,
                state->is_signed ? "signed" : "not signed: this host knows no secrets");
    }
  }
}

Result<int64_t> Scheduler::run_due(TimeMs now) {
  int64_t jobs = 0;
  for (const ScanSite& site : context_.sites) {
    if (!context_.auto_scan(site.site.id)) continue;
    SG_ASSIGN(const int64_t here, run_due(site, now));
    jobs += here;
  }
  return jobs;
}

Result<int64_t> Scheduler::run_due(const ScanSite& site, TimeMs now) {
  int64_t jobs = 0;
  SG_ASSIGN(const auto asked, context_.store.setting(scopes_setting(site)));
  if (now - parse_int(asked.value_or("0")).value_or(0) >= options_.scopes_ms) {
    SG_TRY(context_.store.set_setting(scopes_setting(site), std::to_string(now)));
    SG_TRY(enqueue(jobs::ScanKind::kScopes, site, 0, {}, now));
    ++jobs;
  }
  SG_ASSIGN(const auto scopes, context_.store.scopes(site.site.id));
  for (const store::Scope& scope : scopes) {
    const bool idle =
        scope.state == store::ScanState::kScanned || scope.state == store::ScanState::kError;
    // What was asked for a moment ago still waits or runs.
    if (!idle || now - asked_[scope.id] < options_.changes_ms) continue;
    if (scope.completed_at == 0) {
      // A first scan that failed on its way: it goes on where it was, when it is due for a look.
      const Checkpoint checkpoint = Checkpoint::parse(scope.checkpoint);
      if (checkpoint.run.empty() || now - scope.started_at < options_.reconcile_ms) continue;
      SG_TRY(enqueue(jobs::ScanKind::kScope, site, scope.id, checkpoint.run, now));
      ++jobs;
    } else if (now - scope.reconciled_at >= options_.reconcile_ms &&
               now - scope.started_at >= options_.reconcile_ms) {
      // One that failed is tried again after the same time, from where it was.
      SG_TRY(enqueue(jobs::ScanKind::kScope, site, scope.id, {}, now));
      ++jobs;
    } else if (now - scope.checked_at >= options_.changes_ms) {
      SG_TRY(enqueue(jobs::ScanKind::kChanges, site, scope.id, {}, now));
      ++jobs;
    }
  }
  return jobs;
}

Status Scheduler::enqueue(jobs::ScanKind kind, const ScanSite& site, int64_t scope_id,
                          const std::string& run, TimeMs now) {
  jobs::ScanRequest request;
  request.kind = kind;
  request.site_id = site.site.id;
  request.scope_id = scope_id;
  request.run = run;
  request.requested_by = jobs::kByItself;
  if (scope_id != 0) asked_[scope_id] = now;
  // Equal requests that still wait are one: a slow host is not asked more for it.
  return context_.store.database().write([&](db::Connection& connection) -> Status {
    if (kind == jobs::ScanKind::kScope) {
      SG_TRY(context_.store.mark_scheduled(connection, scope_id));
    }
    SG_TRY(context_.queue.enqueue(connection, jobs::to_job(request)));
    return {};
  });
}

}  // namespace spillguard::scan
