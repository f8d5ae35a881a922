// Runs scan jobs: of a site, of a scope, of one item, of one version. One call, one job, one
// thread.
#pragma once

#include <atomic>

#include "jobs/queue.h"
#include "jobs/scan_request.h"
#include "scan/context.h"

namespace spillguard::scan {

// How a job ended.
enum class Outcome {
  kDone,       // and taken off the queue
  kAgain,      // put back: a passing failure
  kFailed,     // for good; the scope or item says why
  kGivenBack,  // the server stops, or the lease was lost: somebody goes on from the checkpoint
};

class Runner {
 public:
  explicit Runner(ScanContext& context) : context_(context) {}

  // Never fails: what goes wrong ends in the scope's or item's state, in the log and in the queue.
  Outcome run(const jobs::Job& job, const std::atomic<bool>& lost);

 private:
  Status run_site(const jobs::Job& job, const jobs::ScanRequest& request);
  Status run_scope(const jobs::Job& job, const jobs::ScanRequest& request,
                   const std::atomic<bool>& lost);
  Status run_item(const jobs::Job& job, const jobs::ScanRequest& request,
                  const std::atomic<bool>& lost);
  Outcome settle(const jobs::Job& job, const jobs::ScanRequest& request, const Error& error);

  ScanContext& context_;
};

}  // namespace spillguard::scan
