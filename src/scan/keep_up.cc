// Keeping up with a host: what changed in scopes that were scanned, new scopes, and hints.
#include <algorithm>
#include <unordered_set>

#include "base/log.h"
#include "scan/host_rows.h"
#include "scan/runner.h"
#include "scan/scan_events.h"

namespace spillguard::scan {
namespace {

constexpr int64_t kDayMs = 24LL * 3600 * 1000;
// A host that names us in its answers is believed answer by answer: each is looked at. One that
// never does is asked each time.
constexpr int64_t kIdentityKeptMs = kDayMs;

bool is_busy(const store::Scope& scope) {
  return scope.state == store::ScanState::kScheduled || scope.state == store::ScanState::kScanning;
}

}  // namespace

Status Runner::run_changes(const jobs::Job& job, const jobs::ScanRequest& request,
                           const std::atomic<bool>& lost) {
  const ScanSite* site = context_.site(request.site_id);
  if (site == nullptr) return fail(Code::kNotFound, "its site is not configured any more");
  SG_ASSIGN(const auto scope, context_.store.scope(request.scope_id));
  // A scan that waits or runs sees the changes itself; what was never scanned stays so.
  if (scope.completed_at == 0 || is_busy(scope)) return context_.queue.complete(job);
  SG_TRY(site->host->confirm_identity(kIdentityKeptMs));
  SG_ASSIGN(const TimeMs host_time, site->host->host_time());
  SG_ASSIGN(const int64_t newest_before, newest_finding(context_.store.database()));
  const auto engine = context_.rules.engine();
  BatchSink sink(context_, job, {.site = site, .scope_id = scope.id}, engine, lost);
  hosts::PageRequest page;
  page.scope = to_host_scope(scope);
  page.known = known_lookup(context_, *site, sink, engine->version());
  // Scopes that were scanned by a version of this program that kept no watermark have none.
  page.since = scope.watermark > 0 ? scope.watermark : scope.started_at - kDayMs;
  page.until = host_time;
  TimeMs watermark = 0;
  // Not kept over a crash: from the watermark on again is soon done, and reads nothing twice.
  while (true) {
    SG_ASSIGN(const auto read, site->host->read_page(page, sink));
    watermark = std::max(watermark, read.newest);
    SG_TRY(sink.flush());
    if (read.next.empty()) break;
    page.cursor = read.next;
  }
  // A host that gives no stamps of change: all up to the beginning of this look was read.
  if (site->host->product() == hosts::Product::kConfluence) watermark = host_time;
  if (sink.items() > 0) log::info("{}: {} changed items read", scope.key, sink.items());
  return context_.store.finish_changes(
      scope.id, watermark, [&](db::Connection& connection) -> Status {
        SG_TRY(jobs::Queue::check_fence(connection, job));
        SG_TRY(audit_introduced(connection, site->site, scope.id, newest_before));
        return jobs::Queue::complete(connection, job);
      });
}

Status Runner::run_scopes(const jobs::Job& job, const jobs::ScanRequest& request) {
  const ScanSite* site = context_.site(request.site_id);
  if (site == nullptr) return fail(Code::kNotFound, "its site is not configured any more");
  SG_TRY(site->host->confirm_identity(kIdentityKeptMs));
  SG_ASSIGN(const auto listed, site->host->list_scopes());
  std::unordered_set<std::string> known;
  SG_ASSIGN(const auto rows, context_.store.scopes(site->site.id));
  for (const auto& row : rows) known.insert(row.host_id);
  // What is there at the first look is not new: it is scanned when somebody asks for it.
  const std::string setting = "scopes_listed/" + std::to_string(site->site.id);
  SG_ASSIGN(const auto listed_before, context_.store.setting(setting));
  std::vector<int64_t> fresh;
  for (const auto& from_host : listed) {
    SG_ASSIGN(const auto scope,
              context_.store.upsert_scope(site->site.id, to_store_scope(from_host)));
    if (!known.contains(from_host.id)) fresh.push_back(scope.id);
  }
  SG_TRY(context_.store.set_setting(setting, std::to_string(listed.size())));
  if (!listed_before || !context_.scan_new_scopes) fresh.clear();
  SG_TRY(context_.store.database().write([&](db::Connection& connection) -> Status {
    SG_TRY(jobs::Queue::check_fence(connection, job));
    for (const int64_t scope_id : fresh) {
      jobs::ScanRequest one;
      one.kind = jobs::ScanKind::kScope;
      one.site_id = site->site.id;
      one.scope_id = scope_id;
      one.requested_by = jobs::kByItself;
      SG_TRY(context_.store.mark_scheduled(connection, scope_id));
      SG_TRY(context_.queue.enqueue(connection, jobs::to_job(one)));
    }
    return jobs::Queue::complete(connection, job);
  }));
  context_.queue.wake();
  if (!fresh.empty()) log::info("site {}: {} new scopes scheduled", site->site.name, fresh.size());
  return {};
}

Status Runner::run_hint(const jobs::Job& job, const jobs::ScanRequest& request,
                        const std::atomic<bool>& lost) {
  const ScanSite* site = context_.site(request.site_id);
  if (site == nullptr) return fail(Code::kNotFound, "its site is not configured any more");
  SG_TRY(site->host->confirm_identity(kIdentityKeptMs));
  auto ref = site->host->find_owner(request.item);
  if (!ref) {
    // Gone, hidden or never there: only the next complete listing can tell.
    if (ref.error().code == Code::kNotFound || ref.error().code == Code::kPermissionDenied) {
      if (const auto item = context_.store.item_by_host_id(site->site.id, request.item)) {
        SG_TRY(context_.store.mark_missing(item->id));
      }
      return context_.queue.complete(job);
    }
    return fail(std::move(ref).error());
  }
  // Content of a scope that was never scanned is nobody's business, unless the item was in one that
  // was.
  const auto known = context_.store.item_by_host_id(site->site.id, ref->id);
  const auto rows = context_.store.scope_by_host_id(site->site.id, ref->scope_id);
  const bool scanned = rows && rows->completed_at > 0;
  if (!scanned && !known) return context_.queue.complete(job);
  if (!context_.auto_scan(site->site.id)) {
    // Nothing is read unasked: the scope, and what is known of it, is out of date.
    const auto item_id = known ? std::optional(known->id) : std::nullopt;
    if (rows) SG_TRY(context_.store.mark_stale(rows->id, item_id));
    return context_.queue.complete(job);
  }
  jobs::ScanRequest item = request;
  item.item = ref->id;
  SG_ASSIGN(const int64_t newest_before, newest_finding(context_.store.database()));
  SG_TRY(read_one(*site, job, item, *ref, lost));
  SG_ASSIGN(const auto scope, context_.store.scope_by_host_id(site->site.id, ref->scope_id));
  return context_.store.database().write([&](db::Connection& connection) {
    return audit_introduced(connection, site->site, scope.id, newest_before);
  });
}

}  // namespace spillguard::scan
