// The jobs that scans consist of: their kinds and payloads, shared by those who ask for scans (the
// API) and those who run them (the scan module). Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "jobs/queue.h"

namespace spillguard::jobs {

enum class ScanKind {
  kSite,     // list the scopes of a site and schedule each
  kScope,    // all items of a project or space
  kItem,     // one issue, page or blog post with its history
  kVersion,  // one version of a page or blog post
  kChanges,  // what changed in a scope since the last look
  kScopes,   // list the scopes of a site; new ones are scanned when the settings say so
  kHint,     // somebody says that an item changed: looked at if its scope was ever scanned
};

struct ScanRequest {
  ScanKind kind = ScanKind::kScope;
  int64_t site_id = 0;
  int64_t scope_id = 0;      // kScope; kItem and kVersion too
  std::string item;          // kItem, kVersion, kHint: the host's id
  TimeMs created_when = 0;   // kVersion: when the version was made
  bool force = false;        // read and scan whatever is up to date, too
  std::string requested_by;  // user name, for the log and the audit
  // Names one request: a checkpoint belongs to the run that wrote it. Set by to_job when empty.
  std::string run;
};

// The name of a kind in the jobs table, for example "scan_scope".
std::string_view scan_job_kind(ScanKind kind);

// What to do with a scope or item that was asked for by nobody, for requested_by.
inline constexpr std::string_view kByItself = "auto scan";

// The job of a request; equal targets share a key, so that waiting requests for one thing are one
// job.
NewJob to_job(ScanRequest request);
// kCorrupt names the job when its payload is not ours.
Result<ScanRequest> parse_scan_job(const Job& job);

}  // namespace spillguard::jobs
