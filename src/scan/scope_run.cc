// A scan of a scope: all its items page by page.
#include "base/log.h"
#include "scan/host_rows.h"
#include "scan/runner.h"
#include "scan/scan_events.h"
#include "store/rule_store.h"

namespace spillguard::scan {
namespace {

// Whether a scan of the scope, or of its whole site, waits behind the one that ends. The scope's
// row does not know of one that was asked for after its job was taken and before its scan began.
Result<bool> asked_again(db::Connection& connection, const jobs::ScanRequest& ended) {
  jobs::ScanRequest other = ended;
  for (const auto kind : {jobs::ScanKind::kScope, jobs::ScanKind::kSite}) {
    other.kind = kind;
    const auto job = jobs::to_job(other);
    SG_ASSIGN(const bool waits, jobs::Queue::has(connection, job.kind, job.key));
    if (waits) return true;
  }
  return false;
}

}  // namespace

Status Runner::heed_quiet_hours(const ScanSite& site, const jobs::Job& job) {
  const TimeMs end = site.quiet.end_of(now_ms());
  if (end == 0) return {};
  SG_TRY(context_.queue.postpone(job, end));
  return fail(Code::kConflict, "quiet hours until " + format_iso8601(end));
}

Status Runner::run_scope(const jobs::Job& job, const jobs::ScanRequest& request,
                         const std::atomic<bool>& lost, bool& got_on) {
  const ScanSite* site = context_.site(request.site_id);
  if (site == nullptr) return fail(Code::kNotFound, "its site is not configured any more");
  SG_TRY(heed_quiet_hours(*site, job));
  SG_ASSIGN(const auto identity, site->host->identify());
  static_cast<void>(identity);
  SG_ASSIGN(auto scope, context_.store.scope(request.scope_id));
  Checkpoint checkpoint = Checkpoint::parse(scope.checkpoint);
  const bool resumes = checkpoint.run == request.run && !checkpoint.run.empty();
  const auto engine = context_.rules.engine();
  const std::string extraction = context_.extraction(site->site.id);
  if (resumes && checkpoint.rules_version == engine->version() &&
      checkpoint.extraction == extraction) {
    log::info("scan of {} goes on where it was interrupted ({} items done)", scope.key,
              scope.items_done);
  } else {
    checkpoint = {.run = request.run,
                  .rules_version = engine->version(),
                  .extraction = extraction,
                  .cursor = ""};
    // Under rules that changed since, what was read under others counts as out of date, item by
    // item. Where that is most of them, or none was read yet, all are read page by page, which
    // costs the host less than asking for each by itself.
    checkpoint.everything = request.force;
    if (!request.force && scope.rules_version != engine->version()) {
      SG_ASSIGN(const bool covered, store::covers_rules(context_.store.database(),
                                                        scope.rules_version, engine->version()));
      SG_ASSIGN(const auto carried,
                store::carry_over_rules(context_.store.database(), scope.id, engine->version()));
      checkpoint.everything = !covered && carried.stale >= carried.current;
    }
    // Attachments that were left out, or read otherwise: which items have some, nobody knows.
    checkpoint.everything = checkpoint.everything || scope.extraction != extraction;
    // What changes while we read is found by the first look for changes after it.
    SG_ASSIGN(checkpoint.host_time, site->host->host_time());
  }
  SG_ASSIGN(scope, context_.store.begin_scan(scope.id, checkpoint.cursor.empty()));

  BatchSink sink(context_, job, {.site = site, .scope_id = scope.id, .fresh = request.force},
                 engine, lost);
  hosts::PageRequest page;
  page.scope = to_host_scope(scope);
  page.everything = checkpoint.everything;
  page.known = known_lookup(context_, *site, sink, engine->version());
  PagesRead read;
  const Status pages = read_pages(*site, job, page, checkpoint, sink, read);
  got_on = read.got_on;
  SG_TRY(pages);
  SG_TRY(reconcile(*site, scope, request.force, read.lists_contents, sink));
  if (!checkpoint.everything) SG_TRY(check_versions(*site, scope, sink));
  // Switched meanwhile: some were read so and some otherwise.
  const bool same = context_.extraction(site->site.id) == extraction;
  return context_.store.finish_scan(
      scope.id, engine->version(), checkpoint.host_time,
      [&](db::Connection& connection) -> Status {
        SG_TRY(jobs::Queue::check_fence(connection, job));
        SG_TRY(audit_scope_scan(connection, site->site, scope.id));
        SG_TRY(jobs::Queue::complete(connection, job));
        SG_ASSIGN(const bool again, asked_again(connection, request));
        return again ? store::Store::keep_scheduled(connection, scope.id) : Status{};
      },
      same ? std::string_view(extraction) : std::string_view());
}

Status Runner::read_pages(const ScanSite& site, const jobs::Job& job, hosts::PageRequest page,
                          Checkpoint& checkpoint, BatchSink& sink, PagesRead& pages) {
  page.cursor = checkpoint.cursor;
  while (true) {
    SG_ASSIGN(const auto read, site.host->read_page(page, sink));
    pages.lists_contents = read.lists_contents;
    if (read.next.empty()) {
      // The checkpoint stays until the end: after a crash the last page is read again, and what
      // comes after it is done.
      return sink.flush(checkpoint.to_string(), read.total);
    }
    checkpoint.cursor = read.next;
    SG_TRY(sink.flush(checkpoint.to_string(), read.total));
    pages.got_on = true;
    page.cursor = read.next;
    SG_TRY(heed_quiet_hours(site, job));
  }
}

}  // namespace spillguard::scan
