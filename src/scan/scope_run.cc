// A scan of a scope: all its items page by page, and at the end what the listing did not name.
#include <algorithm>

#include "base/log.h"
#include "base/metrics.h"
#include "scan/host_rows.h"
#include "scan/runner.h"
#include "scan/scan_events.h"
#include "store/rule_store.h"

namespace spillguard::scan {
namespace {

constexpr int64_t kUnseenPage = 200;
// Below so many, or below this part of what is known, vanished items are a matter of single
// answers; above, of a permission that was lost or an index that is being built.
constexpr int64_t kFewVanished = 20;
constexpr int64_t kMostVanishedPercent = 50;

}  // namespace

Status Runner::heed_quiet_hours(const ScanSite& site, const jobs::Job& job) {
  const TimeMs end = site.quiet.end_of(now_ms());
  if (end == 0) return {};
  SG_TRY(context_.queue.postpone(job, end));
  return fail(Code::kConflict, "quiet hours until " + format_iso8601(end));
}

Status Runner::run_scope(const jobs::Job& job, const jobs::ScanRequest& request,
                         const std::atomic<bool>& lost) {
  const ScanSite* site = context_.site(request.site_id);
  if (site == nullptr) return fail(Code::kNotFound, "its site is not configured any more");
  SG_TRY(heed_quiet_hours(*site, job));
  SG_ASSIGN(const auto identity, site->host->identify());
  static_cast<void>(identity);
  SG_ASSIGN(auto scope, context_.store.scope(request.scope_id));
  Checkpoint checkpoint = Checkpoint::parse(scope.checkpoint);
  const bool resumes = checkpoint.run == request.run && !checkpoint.run.empty();
  const auto engine = context_.rules.engine();
  if (resumes && checkpoint.rules_version == engine->version()) {
    log::info("scan of {} goes on where it was interrupted ({} items done)", scope.key,
              scope.items_done);
  } else {
    checkpoint = {.run = request.run, .rules_version = engine->version(), .cursor = ""};
    // Under rules that changed since, nothing that was scanned counts as up to date, unless the
    // rules of now were all among those of then.
    checkpoint.everything = request.force || scope.rules_version != engine->version();
    if (!request.force && checkpoint.everything) {
      SG_ASSIGN(const bool covered, store::covers_rules(context_.store.database(),
                                                        scope.rules_version, engine->version()));
      checkpoint.everything = !covered;
      if (covered) {
        SG_TRY(store::carry_over_rules(context_.store.database(), scope.id, engine->version()));
      }
    }
    // What changes while we read is found by the first look for changes after it.
    SG_ASSIGN(checkpoint.host_time, site->host->host_time());
  }
  SG_ASSIGN(scope, context_.store.begin_scan(scope.id, checkpoint.cursor.empty()));

  BatchSink sink(context_, job, scope.id, engine, lost);
  hosts::PageRequest page;
  page.scope = to_host_scope(scope);
  page.everything = checkpoint.everything;
  page.known = known_lookup(context_, *site, sink, engine->version());
  bool lists_contents = false;
  SG_TRY(read_pages(*site, job, page, checkpoint, sink, lists_contents));
  SG_TRY(reconcile(*site, scope, request.force, lists_contents, sink));
  return context_.store.finish_scan(scope.id, engine->version(), checkpoint.host_time,
                                    [&](db::Connection& connection) -> Status {
                                      SG_TRY(jobs::Queue::check_fence(connection, job));
                                      SG_TRY(audit_scope_scan(connection, site->site, scope.id));
                                      return jobs::Queue::complete(connection, job);
                                    });
}

Status Runner::read_pages(const ScanSite& site, const jobs::Job& job, hosts::PageRequest page,
                          Checkpoint& checkpoint, BatchSink& sink, bool& lists_contents) {
  page.cursor = checkpoint.cursor;
  while (true) {
    SG_ASSIGN(const auto read, site.host->read_page(page, sink));
    lists_contents = read.lists_contents;
    if (read.next.empty()) {
      // The checkpoint stays until the end: after a crash the last page is read again, and what
      // comes after it is done.
      return sink.flush(checkpoint.to_string(), read.total);
    }
    checkpoint.cursor = read.next;
    SG_TRY(sink.flush(checkpoint.to_string(), read.total));
    page.cursor = read.next;
    SG_TRY(heed_quiet_hours(site, job));
  }
}

Status Runner::reconcile(const ScanSite& site, const store::Scope& scope, bool force,
                         bool lists_contents, BatchSink& sink) {
  SG_ASSIGN(const int64_t unseen, context_.store.count_unseen(scope.id, scope.scan_serial));
  if (unseen > 0) {
    // A 404 proves something only to an account that still sees the scope.
    SG_TRY(site.host->identify());
    SG_TRY(site.host->find_scope(scope.key));
    SG_ASSIGN(const int64_t items, context_.store.count_items(scope.id));
    if (!force && unseen > kFewVanished && unseen * 100 > items * kMostVanishedPercent) {
      return fail(Code::kPermissionDenied,
                  std::to_string(unseen) + " of " + std::to_string(items) +
                      " items that were known are not listed any more. Did the account that scans "
                      "lose a permission? Nothing is concluded from it; if they were deleted, scan "
                      "again with force=true");
    }
    int64_t after = 0;
    while (true) {
      SG_ASSIGN(const auto page,
                context_.store.unseen_items(scope.id, scope.scan_serial, after, kUnseenPage));
      if (page.empty()) break;
      for (const store::UnseenItem& item : page) {
        after = item.id;
        SG_TRY(look_for(site, scope, item, sink));
      }
      SG_TRY(sink.flush());
    }
  }
  if (!lists_contents) return {};
  SG_ASSIGN(const auto incomplete,
            context_.store.items_with_lost_contents(scope.id, scope.scan_serial, kUnseenPage));
  for (const std::string& id : incomplete) {
    auto ref = site.host->find_item(id);
    if (!ref && ref.error().code == Code::kNotFound) continue;  // the next listing misses it
    if (!ref) return fail(std::move(ref).error());
    if (ref->scope_id != scope.host_id) continue;
    SG_TRY(site.host->read_item(*ref, sink));
  }
  return sink.flush();
}

Status Runner::look_for(const ScanSite& site, const store::Scope& scope,
                        const store::UnseenItem& item, BatchSink& sink) {
  auto ref = site.host->find_item(item.host_id);
  if (!ref) {
    switch (ref.error().code) {
      case Code::kNotFound:
        break;
      case Code::kPermissionDenied:
        return {};  // not visible, and not gone
      default:
        return fail(std::move(ref).error());
    }
    if (item.missing_since == 0) {
      log::info("{}: {} is neither listed nor to be had: it may be gone", scope.key, item.key);
      return context_.store.mark_missing(item.id);
    }
    log::info("{}: {} is gone", scope.key, item.key);
    return context_.store.mark_gone(item.id);
  }
  if (ref->scope_id == scope.host_id) return site.host->read_item(*ref, sink);
  // Moved: its new scope gets it by a scan of its own, which moves its row.
  jobs::ScanRequest moved;
  moved.kind = jobs::ScanKind::kItem;
  moved.site_id = site.site.id;
  moved.scope_id = scope.id;
  moved.item = ref->id;
  moved.requested_by = jobs::kByItself;
  SG_TRY(context_.queue.enqueue(jobs::to_job(moved)));
  return {};
}

}  // namespace spillguard::scan
