// One scan in the queue, or one that ended, as JSON (docs/api.md, "Jobs").
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/context.h"
#include "base/json_writer.h"
#include "jobs/scan_request.h"

namespace spillguard::api {

// A job of this site, whether it waits, runs or ended.
struct SiteJob {
  jobs::Job job;
  jobs::ScanRequest request;
  std::string_view state;  // "WAITING", "RUNNING", "FINISHED", "CANCELED", "FAILED"
  TimeMs created = 0;
  TimeMs ended = 0;
  std::string error;
};

// A job from the queue; nothing when it belongs to another site or is no scan.
std::optional<SiteJob> site_job(const ApiContext& context, const jobs::JobInfo& info);
// kNotFound when no scan of this site has that number, or had it lately.
Result<SiteJob> find_site_job(const ApiContext& context, int64_t id);

// `with_names`: also the keys of scope and item.
Status write_job(JsonWriter& json, const ApiContext& context, const SiteJob& job, bool with_names);
Result<std::string> job_json(const ApiContext& context, int64_t id);

}  // namespace spillguard::api
