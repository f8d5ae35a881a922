// A durable queue of jobs in the database: leases, fencing numbers, priorities, wake-ups. Jobs must
// be idempotent: one whose lease ran out is given to somebody else, and the first worker's effects
// are refused by its fencing number.
//
// Thread-safe. Several processes may share the database.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "db/database.h"

namespace spillguard::jobs {

// Smaller runs first.
enum class Priority : int { kInteractive = 10, kWebhook = 20, kIncremental = 30, kBulk = 40 };

struct NewJob {
  std::string kind = {};  // "scan_scope", "scan_item", "scan_site" …
  std::string key = {};   // jobs of one kind with the same key that are not yet running are one job
  std::string payload = {};  // JSON of the kind's own
  Priority priority = Priority::kBulk;
  TimeMs not_before = 0;
  int max_attempts = 20;
};

struct Job {
  int64_t id = 0;
  std::string kind;
  std::string key;
  std::string payload;
  Priority priority = Priority::kBulk;
  int attempts = 0;  // this one included
  int max_attempts = 0;
  int64_t fence = 0;  // grows with every claim; effects of an older one are refused
};

enum class JobState { kWaiting, kRunning };
struct JobInfo {
  Job job;
  JobState state = JobState::kWaiting;
  std::string owner;
  TimeMs created = 0;
  std::string last_error;
};

// How a job ended. One that failed in a way that no repetition mends counts as done: what it
// worked on says why.
enum class JobEnd { kDone, kCancelled, kGivenUp };
struct EndedJob {
  Job job;
  JobEnd end = JobEnd::kDone;
  TimeMs created = 0;
  TimeMs ended = 0;
  std::string error;
};

// A job that was given up.
struct Failure {
  int64_t job_id = 0;
  std::string kind;
  std::string key;
  std::string error;
  int attempts = 0;
  int crashes = 0;
  TimeMs at = 0;
};

class Queue {
 public:
  static constexpr int64_t kFirstBackOffMs = 2'000;

  // `node` names this process in leases; lease_ms is how long a job stays ours without renewal.
  Queue(db::Database& database, std::string node, int64_t lease_ms = 60'000, Clock clock = now_ms);
  ~Queue();

  // The least time before a job that failed is tried again: doubled each time up to ten minutes.
  // To be set before the first claim.
  void back_off_from(int64_t first_ms);

  // Adds, or joins the waiting job of the same kind and key (keeping the more urgent priority and
  // the new payload). Returns the job's id. The form with a connection is part of the caller's
  // transaction.
  Result<int64_t> enqueue(const NewJob& job);
  Result<int64_t> enqueue(db::Connection& connection, const NewJob& job);

  // Takes up to `limit` jobs that are due, most urgent and oldest first. At most one job of a
  // (kind, key) runs at a time.
  Result<std::vector<Job>> claim(size_t limit, const std::vector<std::string>& kinds = {});
  // Keeps the lease; kConflict when somebody else has the job now (or it was cancelled): stop
  // working on it.
  Status renew(const Job& job);
  // The same test inside the caller's transaction, for effects that must not come from a lost
  // lease.
  static Status check_fence(db::Connection& connection, const Job& job);
  Status complete(const Job& job);
  // Ends the job within the caller's transaction.
  static Status complete(db::Connection& connection, const Job& job);
  // Puts it back with exponential back-off (or at retry_at), or drops it as failed after
  // max_attempts: true when it will be tried again.
  // One that `got_on` since it was claimed starts counting anew: it is no failure in a row.
  Result<bool> retry(const Job& job, std::string_view error, std::optional<TimeMs> retry_at = {},
                     bool got_on = false);
  // Gives one job back unharmed, due at once: for stopping in good order.
  Status release(const Job& job);
  // The same, not due before `until`: no failure, and not counted as an attempt.
  Status postpone(const Job& job, TimeMs until);
  // Gives all jobs leased by this node's name back: for the start after a crash, before the first
  // claim. The attempt that the crash cut off is not counted; a job that was running at
  // max_attempts crashes is given up, and from the second crash on it waits like one that failed. A
  // lease that ran out counts as a crash too. Returns the number of jobs that will run again.
  Result<int64_t> release_own();
  // Removes waiting jobs of these kinds (all when empty); returns their number.
  Result<int64_t> cancel_waiting(const std::vector<std::string>& kinds = {});
  // Takes one waiting job away in the caller's transaction; false when there is none of that id
  // that waits.
  static Result<bool> cancel(db::Connection& connection, int64_t id);
  // Whether a job of this kind and key waits or runs.
  static Result<bool> has(db::Connection& connection, std::string_view kind, std::string_view key);
  Result<std::vector<JobInfo>> list(size_t limit);
  // A job that waits or runs.
  Result<std::optional<JobInfo>> find(int64_t id);
  // A job that ended, one of the last twenty thousand.
  Result<std::optional<EndedJob>> find_ended(int64_t id);
  Result<int64_t> count_waiting();
  // The jobs that were given up, latest first; the last thousand are kept.
  Result<std::vector<Failure>> failures(size_t limit);

  // Blocks until a job of these kinds (any when empty) may be due, at most max_ms. Wakes at once
  // for jobs enqueued by this process; those of others are seen at the next wait. Pass the kinds
  // that claim() gets, or a job of another kind ends the wait at once.
  void wait(int64_t max_ms, const std::vector<std::string>& kinds = {});
  // Wakes all waiters (for stopping). A wait that begins later is not woken: look at the stop flag,
  // keep max_ms short.
  void wake();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace spillguard::jobs
