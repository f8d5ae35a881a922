// The rows of the jobs table: the statements that more than one part of the queue needs. Internal
// to the module.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "db/database.h"
#include "jobs/queue.h"

namespace spillguard::jobs {

// A running job with what decides about its future.
struct RunningRow {
  int64_t id = 0;
  std::string kind;
  std::string key;
  int64_t priority = 0;
  int attempts = 0;
  int crashes = 0;
  int max_attempts = 0;
};

// The running job with this fencing number; nothing when the lease was lost.
Result<std::optional<RunningRow>> find_running(db::Connection& connection, const Job& job);
// The error for that.
Error lost_lease(const Job& job);

// Makes a running job wait again until not_before. When a waiting twin (the same kind and key) came
// meanwhile, it is dissolved in that one, whose payload is newer. `error` replaces the last one
// when it is not empty.
Status put_back(db::Connection& connection, const RunningRow& row, TimeMs not_before,
                std::string_view error);
// Removes a running job and keeps its name and error among the failures.
Status give_up(db::Connection& connection, const RunningRow& row, std::string_view error,
               TimeMs now);

// Jobs whose worker died: back to waiting, or given up after max_attempts crashes. Returns how many
// wait again.
Result<int64_t> recover_expired(db::Connection& connection, TimeMs now);
Result<int64_t> recover_owned_by(db::Connection& connection, std::string_view owner, TimeMs now);

// How long a job waits after its nth failure: `first_ms`, doubled each time up to ten minutes, less
// up to a quarter so that jobs which failed together do not come back together. A function of its
// arguments alone.
int64_t back_off_ms(int64_t id, int attempt, int64_t first_ms = Queue::kFirstBackOffMs);

// The clause on PostgreSQL, where processes change rows side by side; nothing on SQLite, where one
// writes at a time.
std::string_view locking(const db::Connection& connection, std::string_view clause);

// An SQL condition for kinds with parameters from $first on: " AND kind IN ($3, $4)", empty for
// all.
std::string kind_condition(const std::vector<std::string>& kinds, int first);
void bind_kinds(db::Statement& statement, const std::vector<std::string>& kinds, int first);

}  // namespace spillguard::jobs
