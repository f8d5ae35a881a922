#include <fmt/format.h>

#include "api/access.h"
#include "api/audit_trail.h"
#include "api/handlers.h"
#include "api/locate.h"
#include "api/long_poll.h"
#include "api/params.h"
#include "api/scan_job.h"
#include "api/scan_object.h"
#include "jobs/scan_request.h"
#include "store/evidence.h"

namespace spillguard::api {
namespace {

// The state of what will be scanned, the job and the event, in one transaction: never one without
// the others.
Result<int64_t> schedule(const ApiContext& context, const jobs::ScanRequest& request,
                         const store::AuditEvent& event,
                         const std::function<Status(db::Connection&)>& mark) {
  int64_t job_id = 0;
  SG_TRY(context.store.database().write([&](db::Connection& connection) -> Status {
    if (mark) SG_TRY(mark(connection));
    SG_ASSIGN(job_id, context.queue.enqueue(connection, jobs::to_job(request)));
    return store::append_audit(connection, event);
  }));
  context.queue.wake();
  return job_id;
}

// SCHEDULED with the job's number; with ?wait= what became of it in that time.
Result<http::Response> scheduled_response(const ApiContext& context, const http::Request& request,
                                          std::string_view key, int64_t job_id) {
  if (!request.query_value("wait")) {
    auto response = http::Response::json(200, scheduled_json(key, job_id));
    response.headers.set("Retry-After", retry_after(0));
    return response;
  }
  SG_ASSIGN(const bool busy, wait_while(context, request, [&]() -> Result<bool> {
              SG_ASSIGN(const auto job, context.queue.find(job_id));
              return job.has_value();
            }));
  if (!busy) {
    SG_ASSIGN(auto body, job_json(context, job_id));
    return http::Response::json(200, std::move(body));
  }
  auto response = http::Response::json(200, scheduled_json(key, job_id));
  response.headers.set("Retry-After", retry_after(0));
  return response;
}

std::string force_details(bool force) {
  return fmt::format(R"({{"force":{}}})", force ? "true" : "false");
}

store::Item row_of(const ApiContext& context, const hosts::ItemRef& ref) {
  store::Item item;
  item.host_id = ref.id;
  item.key = ref.key;
  item.kind = ref.kind == hosts::ItemKind::kIssue  ? store::ItemKind::kIssue
              : ref.kind == hosts::ItemKind::kPage ? store::ItemKind::kPage
                                                   : store::ItemKind::kBlogPost;
  item.title = store::seal_title(context.key, ref.id, ref.title);
  item.link = ref.link;
  item.created = ref.created;
  return item;
}

Result<http::Response> schedule_item(const ApiContext& context, const Caller& caller,
                                     const http::Request& from, const LocatedItem& item,
                                     jobs::ScanRequest request) {
  request.site_id = context.site.id;
  request.scope_id = item.scope.id;
  request.item = item.ref.id;
  request.requested_by = caller.identity.name;
  SG_ASSIGN(const auto row, context.store.ensure_item(item.scope.id, row_of(context, item.ref),
                                                      store::ScanState::kScheduled));
  SG_TRY(context.store.set_item_state(row.id, store::ScanState::kScheduled));
  const auto event = audit_event(
      context, caller, from,
      request.kind == jobs::ScanKind::kVersion ? store::AuditKind::kVersionScanTriggered
                                               : store::AuditKind::kItemScanTriggered,
      fmt::format("{}/{}", context.item_word(), item.ref.key), force_details(request.force));
  SG_ASSIGN(const int64_t job, schedule(context, request, event, {}));
  return scheduled_response(context, from, item.ref.key, job);
}

}  // namespace

Result<http::Response> scan_all(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const auto force, bool_param(request, "force"));
  SG_TRY(require_manage(context, caller));
  jobs::ScanRequest scan;
  scan.kind = jobs::ScanKind::kSite;
  scan.site_id = context.site.id;
  scan.force = force.value_or(false);
  scan.requested_by = caller.identity.name;
  const auto event = audit_event(context, caller, request, store::AuditKind::kSiteScanTriggered,
                                 "site", force_details(scan.force));
  SG_ASSIGN(const int64_t job, schedule(context, scan, event, [&](db::Connection& connection) {
              return context.store.mark_site_scheduled(connection, scan.site_id);
            }));
  return scheduled_response(context, request, "", job);
}

Result<http::Response> scan_scope(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const auto key, required_param(request, "key"));
  SG_ASSIGN(const auto force, bool_param(request, "force"));
  SG_ASSIGN(const auto scope, allowed_scope(context, caller, key));
  jobs::ScanRequest scan;
  scan.kind = jobs::ScanKind::kScope;
  scan.site_id = context.site.id;
  scan.scope_id = scope.id;
  scan.force = force.value_or(false);
  scan.requested_by = caller.identity.name;
  const auto event =
      audit_event(context, caller, request, store::AuditKind::kScopeScanTriggered,
                  fmt::format("{}/{}", context.scope_word(), scope.key), force_details(scan.force));
  SG_ASSIGN(const int64_t job, schedule(context, scan, event, [&](db::Connection& connection) {
              return context.store.mark_scheduled(connection, scope.id);
            }));
  return scheduled_response(context, request, scope.key, job);
}

Result<http::Response> scan_item(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const auto key, required_param(request, context.is_jira() ? "key" : "id"));
  SG_ASSIGN(const auto force, bool_param(request, "force"));
  SG_ASSIGN(const auto item, allowed_item(context, caller, key));
  jobs::ScanRequest scan;
  scan.kind = jobs::ScanKind::kItem;
  scan.force = force.value_or(false);
  return schedule_item(context, caller, request, item, scan);
}

Result<http::Response> scan_version(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const auto id, required_param(request, context.is_jira() ? "key" : "id"));
  SG_TRY(required_param(request, "createdWhen"));
  SG_ASSIGN(const auto created_when, time_param(request, "createdWhen"));
  SG_ASSIGN(const auto item, allowed_item(context, caller, id));
  jobs::ScanRequest scan;
  if (context.is_jira()) {
    // Issues have no versions of their own: every value that a text ever had is read with it.
    scan.kind = jobs::ScanKind::kItem;
    scan.force = true;
    return schedule_item(context, caller, request, item, scan);
  }
  // Now, so that a time that belongs to no version is the caller's 404 and not a failed scan later.
  SG_TRY(context.host.find_version(item.ref, *created_when));
  scan.kind = jobs::ScanKind::kVersion;
  scan.created_when = *created_when;
  return schedule_item(context, caller, request, item, scan);
}

}  // namespace spillguard::api
