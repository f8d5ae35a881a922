#include "scan/runner.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/metrics.h"
#include "scan/batch.h"
#include "scan/host_rows.h"
#include "scan/scan_events.h"

namespace spillguard::scan {
namespace {

void count_job(std::string_view kind, std::string_view outcome) {
  metrics::counter("spillguard_jobs_total", "Scan jobs that ended, by kind and outcome",
                   {{"kind", std::string(kind)}, {"outcome", std::string(outcome)}})
      .add();
}

}  // namespace

Outcome Runner::run(const jobs::Job& job, const std::atomic<bool>& lost) {
  auto request = jobs::parse_scan_job(job);
  Status status = request ? Status{} : fail(request.error());
  bool got_on = false;
  if (request) {
    switch (request->kind) {
      case jobs::ScanKind::kSite:
        status = run_site(job, *request);
        break;
      case jobs::ScanKind::kScope:
        status = run_scope(job, *request, lost, got_on);
        break;
      case jobs::ScanKind::kChanges:
        status = run_changes(job, *request, lost);
        break;
      case jobs::ScanKind::kScopes:
        status = run_scopes(job, *request);
        break;
      case jobs::ScanKind::kHint:
        status = run_hint(job, *request, lost);
        break;
      case jobs::ScanKind::kItem:
      case jobs::ScanKind::kVersion:
        status = run_item(job, *request, lost);
        break;
    }
  }
  if (status) {
    count_job(job.kind, "done");
    return Outcome::kDone;
  }
  const Outcome outcome =
      settle(job, request.value_or(jobs::ScanRequest{}), status.error(), got_on);
  count_job(job.kind, outcome == Outcome::kAgain    ? "again"
                      : outcome == Outcome::kFailed ? "failed"
                                                    : "given_back");
  return outcome;
}

Outcome Runner::settle(const jobs::Job& job, const jobs::ScanRequest& request, const Error& error,
                       bool got_on) {
  if (error.code == Code::kCancelled || error.code == Code::kConflict) {
    log::info("{} {} stops here: {}", job.kind, job.key, error.message);
    if (error.code == Code::kCancelled) {
      if (auto released = context_.queue.release(job); !released) {
        log::warn("{} {} is not given back, its lease will run out: {}", job.kind, job.key,
                  released.error().message);
      }
    }
    return Outcome::kGivenBack;
  }
  if (is_retryable(error.code)) {
    const auto again = context_.queue.retry(job, error.message, {}, got_on);
    if (again && *again) {
      log::warn("{} {} will be tried again (attempt {} of {}): {}", job.kind, job.key, job.attempts,
                job.max_attempts, error.message);
      return Outcome::kAgain;
    }
    // Nobody can say whether it was put back: the lease will run out and somebody goes on.
    if (!again) return Outcome::kGivenBack;
  } else if (auto done = context_.queue.complete(job); !done) {
    log::error("{} {} can not be taken off the queue: {}", job.kind, job.key, done.error().message);
  }
  log::error("{} {} failed: {}", job.kind, job.key, error.message);
  Status recorded;
  if (request.kind == jobs::ScanKind::kScope) {
    recorded = context_.store.fail_scan(request.scope_id, error.message);
    if (const ScanSite* site = context_.site(request.site_id); recorded && site != nullptr) {
      recorded = context_.store.database().write([&](db::Connection& connection) {
        return audit_scope_scan(connection, site->site, request.scope_id, error.message);
      });
    }
  } else if (request.kind == jobs::ScanKind::kSite) {
    recorded = context_.store.database().write([&](db::Connection& connection) {
      return context_.store.unschedule_site(connection, request.site_id);
    });
  } else if (request.kind == jobs::ScanKind::kChanges) {
    recorded = context_.store.postpone_changes(request.scope_id, error.message);
  } else if (request.kind == jobs::ScanKind::kItem || request.kind == jobs::ScanKind::kVersion) {
    if (auto item = context_.store.item_by_host_id(request.site_id, request.item)) {
      recorded = context_.store.set_item_state(item->id, store::ScanState::kError, error.message);
    }
  }
  if (!recorded)
    log::error("{} {}: its failure was not recorded: {}", job.kind, job.key,
               recorded.error().message);
  return Outcome::kFailed;
}

Status Runner::run_site(const jobs::Job& job, const jobs::ScanRequest& request) {
  const ScanSite* site = context_.site(request.site_id);
  if (site == nullptr) return fail(Code::kNotFound, "its site is not configured any more");
  SG_ASSIGN(const auto identity, site->host->identify());
  SG_ASSIGN(const auto listed, site->host->list_scopes());
  std::vector<store::Scope> scopes;
  scopes.reserve(listed.size());
  for (const auto& from_host : listed) {
    SG_ASSIGN(auto scope, context_.store.upsert_scope(site->site.id, to_store_scope(from_host)));
    scopes.push_back(std::move(scope));
  }
  // All or none: a scan of the site that was asked for is never half scheduled.
  SG_TRY(context_.store.database().write([&](db::Connection& connection) -> Status {
    SG_TRY(jobs::Queue::check_fence(connection, job));
    // All that were known are scheduled since the scan was asked for; some may be gone.
    SG_TRY(context_.store.unschedule_site(connection, site->site.id));
    for (const auto& scope : scopes) {
      jobs::ScanRequest one;
      one.kind = jobs::ScanKind::kScope;
      one.site_id = site->site.id;
      one.scope_id = scope.id;
      one.force = request.force;
      one.requested_by = request.requested_by;
      SG_TRY(context_.store.mark_scheduled(connection, scope.id));
      SG_ASSIGN(const auto id, context_.queue.enqueue(connection, jobs::to_job(one)));
      static_cast<void>(id);
    }
    return jobs::Queue::complete(connection, job);
  }));
  context_.queue.wake();
  log::info("site {}: {} scopes scheduled, seen as {}", site->site.name, scopes.size(),
            identity.name);
  return {};
}

Status Runner::run_item(const jobs::Job& job, const jobs::ScanRequest& request,
                        const std::atomic<bool>& lost) {
  const ScanSite* site = context_.site(request.site_id);
  if (site == nullptr) return fail(Code::kNotFound, "its site is not configured any more");
  SG_ASSIGN(const auto identity, site->host->identify());
  static_cast<void>(identity);
  SG_ASSIGN(const auto ref, site->host->find_item(request.item));
  return read_one(*site, job, request, ref, lost);
}

Status Runner::read_one(const ScanSite& site, const jobs::Job& job,
                        const jobs::ScanRequest& request, const hosts::ItemRef& ref,
                        const std::atomic<bool>& lost) {
  // The item may have moved since it was asked for: its scope is what the host says now.
  SG_ASSIGN(const auto from_host, site.host->find_scope(ref.scope_key));
  SG_ASSIGN(const auto scope, context_.store.upsert_scope(site.site.id, to_store_scope(from_host)));
  SG_ASSIGN(const auto item, context_.store.ensure_item(scope.id, to_store_item(context_.key, ref),
                                                        store::ScanState::kScanning));
  SG_TRY(context_.store.set_item_state(item.id, store::ScanState::kScanning));
  BatchSink sink(context_, job, {.site = &site, .scope_id = scope.id, .fresh = request.force},
                 context_.rules.engine(), lost);
  if (request.kind == jobs::ScanKind::kVersion) {
    sink.only_adds();
    SG_TRY(site.host->read_version(ref, request.created_when, sink));
  } else {
    SG_TRY(site.host->read_item(ref, sink));
  }
  return sink.flush(
      {}, {}, [&](db::Connection& connection) { return jobs::Queue::complete(connection, job); });
}

}  // namespace spillguard::scan
