// Finding the jobs that are due. Internal to the module.
//
// The order over all kinds is (priority, not_before, id). The index jobs_due holds the waiting jobs
// by (kind, priority, not_before, id); the pairs of kind and priority that exist are few, so the
// walk takes the head of each pair that matters and merges them: the cost does not grow with the
// number of jobs, of whatever kind, that are not taken.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "db/database.h"

namespace spillguard::jobs {

// The ids of up to `limit` jobs that may be claimed now, in order. A job whose twin is running is
// not among them.
Result<std::vector<int64_t>> find_due(db::Connection& connection, size_t limit,
                                      const std::vector<std::string>& kinds, TimeMs now);

// When the next job of these kinds may be due or the next lease (of any kind) runs out; nothing
// when no job is there.
Result<std::optional<TimeMs>> next_due(db::Connection& connection,
                                       const std::vector<std::string>& kinds);

}  // namespace spillguard::jobs
