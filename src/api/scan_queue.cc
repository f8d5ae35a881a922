// The queue of scans: looking at it, waiting for one, cancelling what waits.
#include <fmt/format.h>

#include <unordered_set>

#include "api/access.h"
#include "api/audit_trail.h"
#include "api/handlers.h"
#include "api/long_poll.h"
#include "api/params.h"
#include "api/scan_job.h"
#include "base/strings.h"

namespace spillguard::api {
namespace {

constexpr size_t kMostJobs = 100'000;

bool was_asked_for(jobs::ScanKind kind) {
  return kind == jobs::ScanKind::kSite || kind == jobs::ScanKind::kScope ||
         kind == jobs::ScanKind::kItem || kind == jobs::ScanKind::kVersion;
}

// Scans of this site that wait or run, in the order in which they will run.
Result<std::vector<SiteJob>> queued(const ApiContext& context, bool everything) {
  SG_ASSIGN(const auto infos, context.queue.list(kMostJobs));
  std::vector<SiteJob> jobs;
  for (const jobs::JobInfo& info : infos) {
    auto job = site_job(context, info);
    if (job && (everything || was_asked_for(job->request.kind))) jobs.push_back(std::move(*job));
  }
  return jobs;
}

// Takes one waiting scan away, and the mark that it left on what it would have scanned.
Result<bool> cancel(const ApiContext& context, db::Connection& connection, const SiteJob& job) {
  SG_ASSIGN(const bool cancelled, jobs::Queue::cancel(connection, job.job.id));
  if (!cancelled) return false;  // it began in the meantime
  SG_ASSIGN(const bool runs, jobs::Queue::has(connection, job.job.kind, job.job.key));
  switch (job.request.kind) {
    case jobs::ScanKind::kSite:
      SG_TRY(context.store.unschedule_site(connection, context.site.id));
      break;
    case jobs::ScanKind::kScope:
      SG_TRY(store::Store::unschedule(connection, job.request.scope_id, runs));
      break;
    case jobs::ScanKind::kItem:
    case jobs::ScanKind::kVersion:
      if (!runs) {
        SG_TRY(store::Store::unschedule_item(connection, context.site.id, job.request.item));
      }
      break;
    default:
      break;
  }
  return true;
}

// Who may see a job: who manages the site, and who administers its scope.
Status require_job(const ApiContext& context, const Caller& caller, const SiteJob& job) {
  auto manages = require_manage(context, caller);
  if (manages || manages.error().code != Code::kPermissionDenied) return manages;
  if (job.request.scope_id == 0) return manages;
  SG_ASSIGN(const auto scope, context.store.scope(job.request.scope_id));
  auto allowed = require_scope(context, caller, Right::kScope, scope.key);
  if (!allowed && allowed.error().code == Code::kNotFound) {
    return fail(Code::kNotFound, fmt::format("There is no scan with the number {}.", job.job.id));
  }
  return allowed;
}

Result<int64_t> job_number(const http::Request& request) {
  const auto id = parse_int(request.param("id"));
  if (id && *id > 0) return *id;
  return fail(Code::kNotFound, "The number of a scan is what 'jobId' said when it was asked for.");
}

}  // namespace

Result<http::Response> get_scan_queue(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const auto paging, paging_params(request));
  SG_ASSIGN(const auto everything, bool_param(request, "all"));
  SG_TRY(require_manage(context, caller));
  SG_ASSIGN(const auto jobs, queued(context, everything.value_or(false)));
  // Explicit access does not show what its holder can not see on the host.
  SG_ASSIGN(const bool admin, context.callers.is_product_admin(caller.credential));
  std::unordered_set<std::string> visible;
  if (!admin) {
    SG_ASSIGN(const auto keys, context.callers.visible_scopes(caller.credential));
    visible.insert(keys.begin(), keys.end());
  }
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  int64_t running = 0;
  for (const SiteJob& job : jobs) running += job.state == "RUNNING" ? 1 : 0;
  json.field("running", running);
  json.field("waiting", static_cast<int64_t>(jobs.size()) - running);
  json.field("start", paging.start);
  json.field("page", paging.page());
  json.field("size", paging.size);
  json.field("total", static_cast<int64_t>(jobs.size()));
  json.field("isLast", paging.start + paging.size >= static_cast<int64_t>(jobs.size()));
  json.key("jobs");
  json.begin_array();
  for (auto at = static_cast<size_t>(paging.start);
       at < jobs.size() && at < static_cast<size_t>(paging.start + paging.size); ++at) {
    bool named = admin;
    if (!named && jobs[at].request.scope_id != 0) {
      const auto scope = context.store.scope(jobs[at].request.scope_id);
      named = scope && visible.contains(scope->key);
    }
    SG_TRY(write_job(json, context, jobs[at], named));
  }
  json.end_array();
  json.end_object();
  return http::Response::json(200, std::move(body));
}

Result<http::Response> clear_scan_queue(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  SG_ASSIGN(const auto jobs, queued(context, false));
  int64_t cancelled = 0;
  SG_TRY(context.store.database().write([&](db::Connection& connection) -> Status {
    cancelled = 0;
    for (const SiteJob& job : jobs) {
      if (job.state != "WAITING") continue;
      SG_ASSIGN(const bool gone, cancel(context, connection, job));
      if (gone) ++cancelled;
    }
    return store::append_audit(
        connection, audit_event(context, caller, request, store::AuditKind::kScansCancelled, "site",
                                fmt::format(R"({{"canceledCount":{}}})", cancelled)));
  }));
  return http::Response::json(200, fmt::format(R"({{"canceledCount":{}}})", cancelled));
}

Result<http::Response> get_scan_job(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const int64_t id, job_number(request));
  SG_ASSIGN(const auto job, find_site_job(context, id));
  SG_TRY(require_job(context, caller, job));
  SG_ASSIGN(const bool busy, wait_while(context, request, [&]() -> Result<bool> {
              SG_ASSIGN(const auto now, find_site_job(context, id));
              return now.state == "WAITING" || now.state == "RUNNING";
            }));
  SG_ASSIGN(auto body, job_json(context, id));
  auto response = http::Response::json(200, std::move(body));
  if (busy) response.headers.set("Retry-After", retry_after(0));
  return response;
}

Result<http::Response> cancel_scan_job(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const int64_t id, job_number(request));
  SG_ASSIGN(const auto job, find_site_job(context, id));
  SG_TRY(require_job(context, caller, job));
  if (!was_asked_for(job.request.kind) || job.state != "WAITING") {
    return fail(Code::kConflict,
                fmt::format("The scan {} does not wait: it is {}.", id, job.state));
  }
  SG_ASSIGN(const auto others, queued(context, false));
  bool cancelled = false;
  SG_TRY(context.store.database().write([&](db::Connection& connection) -> Status {
    SG_ASSIGN(cancelled, cancel(context, connection, job));
    if (!cancelled) return {};
    if (job.request.kind == jobs::ScanKind::kSite) {
      // Scopes that were asked for by themselves still wait.
      for (const SiteJob& other : others) {
        if (other.request.kind != jobs::ScanKind::kScope || other.state != "WAITING") continue;
        SG_TRY(context.store.mark_scheduled(connection, other.request.scope_id));
      }
    }
    return store::append_audit(
        connection, audit_event(context, caller, request, store::AuditKind::kScansCancelled,
                                fmt::format("job/{}", id), R"({"canceledCount":1})"));
  }));
  if (!cancelled) {
    return fail(Code::kConflict, fmt::format("The scan {} has just begun.", id));
  }
  SG_ASSIGN(auto body, job_json(context, id));
  return http::Response::json(200, std::move(body));
}

}  // namespace spillguard::api
