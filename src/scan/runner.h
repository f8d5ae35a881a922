// Runs scan jobs: of a site, of a scope, of what changed in it, of one item, of one version. One
// call, one job, one thread.
#pragma once

#include <atomic>

#include "jobs/queue.h"
#include "jobs/scan_request.h"
#include "scan/batch.h"
#include "scan/checkpoint.h"
#include "scan/context.h"

namespace spillguard::scan {

// How a job ended.
enum class Outcome {
  kDone,       // and taken off the queue
  kAgain,      // put back: a passing failure
  kFailed,     // for good; the scope or item says why
  kGivenBack,  // the server stops, quiet hours begin or the lease was lost: somebody goes on from
               // the checkpoint
};

class Runner {
 public:
  explicit Runner(ScanContext& context) : context_(context) {}

  // Never fails: what goes wrong ends in the scope's or item's state, in the log and in the queue.
  Outcome run(const jobs::Job& job, const std::atomic<bool>& lost);

 private:
  Status run_site(const jobs::Job& job, const jobs::ScanRequest& request);
  // `got_on` is set when a page was finished.
  Status run_scope(const jobs::Job& job, const jobs::ScanRequest& request,
                   const std::atomic<bool>& lost, bool& got_on);
  Status run_item(const jobs::Job& job, const jobs::ScanRequest& request,
                  const std::atomic<bool>& lost);
  Status read_one(const ScanSite& site, const jobs::Job& job, const jobs::ScanRequest& request,
                  const hosts::ItemRef& ref, const std::atomic<bool>& lost);
  // scope_run.cc
  struct PagesRead {
    bool lists_contents = false;
    bool got_on = false;
  };
  // In the site's quiet hours the job is put off until they are over, and the error ends it here.
  Status heed_quiet_hours(const ScanSite& site, const jobs::Job& job);
  // kPostponedByHours ends it between two pages.
  Status read_pages(const ScanSite& site, const jobs::Job& job, hosts::PageRequest page,
                    Checkpoint& checkpoint, BatchSink& sink, PagesRead& read);
  // reconcile.cc: after a complete listing, what it did not name is asked for by itself.
  Status reconcile(const ScanSite& site, const store::Scope& scope, bool force, bool lists_contents,
                   BatchSink& sink);
  Status look_for(const ScanSite& site, const store::Scope& scope, const store::UnseenItem& item,
                  BatchSink& sink);
  // One item of the scope whole, if it is still there.
  static Status read_again(const ScanSite& site, const store::Scope& scope, const std::string& id,
                           BatchSink& sink);
  // Pages of which versions were removed, which no listing tells.
  Status check_versions(const ScanSite& site, const store::Scope& scope, BatchSink& sink);
  // keep_up.cc
  Status run_changes(const jobs::Job& job, const jobs::ScanRequest& request,
                     const std::atomic<bool>& lost);
  Status run_scopes(const jobs::Job& job, const jobs::ScanRequest& request);
  Status run_hint(const jobs::Job& job, const jobs::ScanRequest& request,
                  const std::atomic<bool>& lost);
  Outcome settle(const jobs::Job& job, const jobs::ScanRequest& request, const Error& error,
                 bool got_on);

  ScanContext& context_;
};

}  // namespace spillguard::scan
