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
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "db/database.h"

namespace spillguard::jobs {

// The statements of the walk, here for the test that looks at their plans. (One comparison of the
// pair (kind, priority) would be shorter; SQLite seeks by its first column only and reads all jobs
// of the kind.)
inline constexpr std::string_view kNextPriority =
    "SELECT priority FROM jobs WHERE state = 0 AND kind = $1 AND priority > $2 ORDER BY priority "
    "LIMIT 1";
inline constexpr std::string_view kNextKind =
    "SELECT kind, priority FROM jobs WHERE state = 0 AND kind > $1 ORDER BY kind, priority LIMIT 1";
inline constexpr std::string_view kHeadOfGroup =
    "SELECT not_before, id FROM jobs AS waiting WHERE state = 0 AND kind = $1 AND priority = $2 "
    "AND "
    "not_before <= $3 AND NOT EXISTS (SELECT 1 FROM jobs AS twin WHERE twin.state = 1 AND "
    "twin.kind "
    "= waiting.kind AND twin.key = waiting.key) ORDER BY not_before, id LIMIT $4";

// The ids of up to `limit` jobs that may be claimed now, in order. A job whose twin is running is
// not among them.
Result<std::vector<int64_t>> find_due(db::Connection& connection, size_t limit,
                                      const std::vector<std::string>& kinds, TimeMs now);

// When the next job of these kinds may be due or the next lease (of any kind) runs out; nothing
// when no job is there.
Result<std::optional<TimeMs>> next_due(db::Connection& connection,
                                       const std::vector<std::string>& kinds);

}  // namespace spillguard::jobs
