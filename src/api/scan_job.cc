#include "api/scan_job.h"

#include <fmt/format.h>

#include "api/scan_object.h"

namespace spillguard::api {
namespace {

std::string_view job_kind_name(jobs::ScanKind kind) {
  switch (kind) {
    case jobs::ScanKind::kSite:
      return "ALL";
    case jobs::ScanKind::kScope:
      return "SCOPE";
    case jobs::ScanKind::kItem:
      return "ITEM";
    case jobs::ScanKind::kVersion:
      return "VERSION";
    case jobs::ScanKind::kChanges:
      return "CHANGES";
    case jobs::ScanKind::kScopes:
      return "LISTING";
    case jobs::ScanKind::kHint:
      return "HINT";
  }
  return "SCOPE";
}

void error_or_null(JsonWriter& json, const std::string& error) {
  if (error.empty()) {
    json.null_field("errorMessage");
  } else {
    json.field("errorMessage", error);
  }
}

Status write_scope_of_job(JsonWriter& json, const ApiContext& context, const SiteJob& job,
                          bool with_names) {
  auto scope = context.store.scope(job.request.scope_id);
  if (!scope && scope.error().code != Code::kNotFound) return fail(scope.error());
  if (scope && with_names) {
    json.field("key", scope->key);
  } else {
    json.null_field("key");
  }
  const bool whole = job.request.kind == jobs::ScanKind::kScope && scope;
  json.field("progress", job.state == "FINISHED" ? 100 : whole ? progress_of(*scope) : 0);
  if (!whole) return {};
  json.field("scanState", store::scan_state_name(scope->state));
  json.field("itemsDone", scope->items_done);
  json.field("itemsTotal", scope->items_total);
  time_or_null(json, "estimatedCompletion",
               job.state == "RUNNING" ? estimated_end(*scope, now_ms()) : 0);
  // A scan that failed for good ended all the same: its scope says why.
  error_or_null(json, job.error.empty() && job.state == "FINISHED" ? scope->error : job.error);
  return {};
}

}  // namespace

std::optional<SiteJob> site_job(const ApiContext& context, const jobs::JobInfo& info) {
  auto request = jobs::parse_scan_job(info.job);
  if (!request || request->site_id != context.site.id) return std::nullopt;
  return SiteJob{.job = info.job,
                 .request = std::move(*request),
                 .state = info.state == jobs::JobState::kRunning ? "RUNNING" : "WAITING",
                 .created = info.created,
                 .ended = 0,
                 .error = info.last_error};
}

Result<SiteJob> find_site_job(const ApiContext& context, int64_t id) {
  SG_ASSIGN(const auto info, context.queue.find(id));
  if (info) {
    if (auto job = site_job(context, *info)) return std::move(*job);
  } else {
    SG_ASSIGN(auto ended, context.queue.find_ended(id));
    auto request = ended ? jobs::parse_scan_job(ended->job) : Result<jobs::ScanRequest>();
    if (ended && request && request->site_id == context.site.id) {
      SiteJob job{.job = ended->job,
                  .request = std::move(*request),
                  .state = ended->end == jobs::JobEnd::kCancelled ? "CANCELED"
                           : ended->end == jobs::JobEnd::kGivenUp ? "FAILED"
                                                                  : "FINISHED",
                  .created = ended->created,
                  .ended = ended->ended,
                  .error = std::move(ended->error)};
      return job;
    }
  }
  return fail(Code::kNotFound, fmt::format("There is no scan with the number {}.", id));
}

Status write_job(JsonWriter& json, const ApiContext& context, const SiteJob& job, bool with_names) {
  json.begin_object();
  json.field("jobId", job.job.id);
  json.field("kind", job_kind_name(job.request.kind));
  json.field("state", job.state);
  json.field("force", job.request.force);
  json.field("requestedBy", job.request.requested_by);
  time_or_null(json, "createdAt", job.created);
  time_or_null(json, "endedAt", job.ended);
  json.field("attempts", job.job.attempts);
  if (job.request.item.empty() || !with_names) {
    json.null_field("item");
  } else {
    const auto item = context.store.item_by_host_id(context.site.id, job.request.item);
    json.field("item", item ? item->key : job.request.item);
  }
  if (job.request.scope_id != 0) {
    SG_TRY(write_scope_of_job(json, context, job, with_names));
    if (job.request.kind != jobs::ScanKind::kScope) error_or_null(json, job.error);
  } else {
    json.null_field("key");
    json.field("progress", job.state == "FINISHED" ? 100 : 0);
    error_or_null(json, job.error);
  }
  json.end_object();
  return {};
}

Result<std::string> job_json(const ApiContext& context, int64_t id) {
  SG_ASSIGN(const auto job, find_site_job(context, id));
  std::string body;
  JsonWriter json(body);
  SG_TRY(write_job(json, context, job, true));
  return body;
}

}  // namespace spillguard::api
