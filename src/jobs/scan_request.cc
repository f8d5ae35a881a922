#include "jobs/scan_request.h"

#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>

#include "base/crypto.h"
#include "base/json_writer.h"

namespace spillguard::jobs {
namespace {

constexpr std::array<std::string_view, 7> kScanJobKinds = {
    "scan_site",    "scan_scope",  "scan_item", "scan_version",
    "scan_changes", "scan_scopes", "scan_hint"};

Priority priority_of(ScanKind kind) {
  switch (kind) {
    case ScanKind::kItem:
    case ScanKind::kVersion:
      return Priority::kInteractive;  // somebody waits
    case ScanKind::kHint:
      return Priority::kWebhook;
    case ScanKind::kSite:
    case ScanKind::kChanges:
    case ScanKind::kScopes:
      return Priority::kIncremental;
    case ScanKind::kScope:
      break;
  }
  return Priority::kBulk;  // whole scopes take their time
}

std::string scan_job_key(const ScanRequest& request) {
  switch (request.kind) {
    case ScanKind::kSite:
    case ScanKind::kScopes:
      return fmt::format("{}", request.site_id);
    case ScanKind::kScope:
    case ScanKind::kChanges:
      return fmt::format("{}", request.scope_id);
    case ScanKind::kItem:
    case ScanKind::kHint:
      return fmt::format("{}/{}", request.site_id, request.item);
    case ScanKind::kVersion:
      return fmt::format("{}/{}@{}", request.site_id, request.item, request.created_when);
  }
  return {};
}

}  // namespace

std::string_view scan_job_kind(ScanKind kind) {
  return kScanJobKinds.at(static_cast<size_t>(kind));
}

NewJob to_job(ScanRequest request) {
  if (request.run.empty()) request.run = random_hex(8);
  NewJob job;
  job.kind = scan_job_kind(request.kind);
  job.key = scan_job_key(request);
  job.priority = priority_of(request.kind);
  JsonWriter json(job.payload);
  json.begin_object();
  json.field("site", request.site_id);
  json.field("scope", request.scope_id);
  json.field("item", request.item);
  json.field("createdWhen", request.created_when);
  json.field("force", request.force);
  json.field("by", request.requested_by);
  json.field("run", request.run);
  json.end_object();
  return job;
}

Result<ScanRequest> parse_scan_job(const Job& job) {
  ScanRequest request;
  size_t kind = 0;
  while (kind < kScanJobKinds.size() && kScanJobKinds.at(kind) != job.kind) ++kind;
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(job.payload, error);
  const auto* object = value.if_object();
  if (error || object == nullptr || kind == kScanJobKinds.size()) {
    return fail(Code::kCorrupt, fmt::format("job {} ({}) has a payload that is not a scan request",
                                            job.id, job.kind));
  }
  request.kind = static_cast<ScanKind>(kind);
  const auto number = [&](std::string_view name) -> int64_t {
    const auto* field = object->if_contains(name);
    return field != nullptr && field->is_int64() ? field->get_int64() : 0;
  };
  const auto text = [&](std::string_view name) -> std::string {
    const auto* field = object->if_contains(name);
    return field != nullptr && field->is_string() ? std::string(field->get_string()) : "";
  };
  request.site_id = number("site");
  request.scope_id = number("scope");
  request.item = text("item");
  request.created_when = number("createdWhen");
  const auto* force = object->if_contains("force");
  request.force = force != nullptr && force->is_bool() && force->get_bool();
  request.requested_by = text("by");
  request.run = text("run");
  return request;
}

}  // namespace spillguard::jobs
