// Single jobs by their number: found, cancelled, and how they ended.
#include "jobs/queue.h"
#include "jobs/queue_state.h"

namespace spillguard::jobs {

Result<bool> Queue::cancel(db::Connection& connection, int64_t id) {
  SG_ASSIGN(auto s, connection.prepare("DELETE FROM jobs WHERE id = $1 AND state = 0"));
  SG_TRY(s->bind(1, id).run());
  return connection.changes() > 0;
}

Result<bool> Queue::has(db::Connection& connection, std::string_view kind, std::string_view key) {
  SG_ASSIGN(auto s, connection.prepare("SELECT 1 FROM jobs WHERE kind = $1 AND key = $2 LIMIT 1"));
  return s->bind(1, kind).bind(2, key).step();
}

Result<std::optional<JobInfo>> Queue::find(int64_t id) {
  std::optional<JobInfo> out;
  SG_TRY(state_->database.read([&](db::Connection& c) -> Status {
    out.reset();
    SG_ASSIGN(auto s, c.prepare("SELECT kind, key, payload, priority, attempts, max_attempts, "
                                "fence, state, owner, created, last_error FROM jobs "
                                "WHERE id = $1"));
    SG_ASSIGN(const bool found, s->bind(1, id).step());
    if (!found) return {};
    out = JobInfo{.job = {.id = id,
                          .kind = std::string(s->text(0)),
                          .key = std::string(s->text(1)),
                          .payload = std::string(s->text(2)),
                          .priority = static_cast<Priority>(s->integer(3)),
                          .attempts = static_cast<int>(s->integer(4)),
                          .max_attempts = static_cast<int>(s->integer(5)),
                          .fence = s->integer(6)},
                  .state = s->integer(7) == 1 ? JobState::kRunning : JobState::kWaiting,
                  .owner = std::string(s->text(8)),
                  .created = s->integer(9),
                  .last_error = std::string(s->text(10))};
    return {};
  }));
  return out;
}

Result<std::optional<EndedJob>> Queue::find_ended(int64_t id) {
  std::optional<EndedJob> out;
  SG_TRY(state_->database.read([&](db::Connection& c) -> Status {
    out.reset();
    SG_ASSIGN(auto s,
              c.prepare("SELECT e.kind, e.key, e.payload, e.waited, e.created, e.ended, "
                        "coalesce((SELECT f.error FROM job_failures f WHERE f.job_id = e.id "
                        "ORDER BY f.id DESC LIMIT 1), '') FROM ended_jobs e WHERE e.id = $1"));
    SG_ASSIGN(const bool found, s->bind(1, id).step());
    if (!found) return {};
    EndedJob job;
    job.job.id = id;
    job.job.kind = s->text(0);
    job.job.key = s->text(1);
    job.job.payload = s->text(2);
    job.created = s->integer(4);
    job.ended = s->integer(5);
    job.error = s->text(6);
    job.end = s->integer(3) != 0   ? JobEnd::kCancelled
              : !job.error.empty() ? JobEnd::kGivenUp
                                   : JobEnd::kDone;
    out = std::move(job);
    return {};
  }));
  return out;
}

}  // namespace spillguard::jobs
