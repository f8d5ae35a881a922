#include "jobs/queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "jobs/claim.h"
#include "jobs/job_rows.h"
#include "jobs/queue_state.h"

namespace spillguard::jobs {
namespace {

// Heard by the queues of all processes on one PostgreSQL: a job may be due.
constexpr std::string_view kJobsTopic = "jobs";

}  // namespace

Queue::Queue(db::Database& database, std::string node, int64_t lease_ms, Clock clock)
    : state_(new State{.database = database,
                       .node = std::move(node),
                       .lease_ms = lease_ms,
                       .clock = std::move(clock),
                       .mutex = {},
                       .changed = {},
                       .ear = {}}) {
  state_->ear =
      database.listen(std::string(kJobsTopic), [state = state_.get()] { state->signal(); });
}
Queue::~Queue() { state_->ear.reset(); }

void Queue::back_off_from(int64_t first_ms) { state_->first_back_off_ms = first_ms; }

Result<int64_t> Queue::enqueue(const NewJob& job) {
  int64_t id = 0;
  SG_TRY(state_->database.write([&](db::Connection& c) -> Status {
    SG_ASSIGN(id, enqueue(c, job));
    return {};
  }));
  return id;
}

Result<int64_t> Queue::enqueue(db::Connection& connection, const NewJob& job) {
  const TimeMs now = state_->clock();
  SG_ASSIGN(
      auto s,
      connection.prepare(
          "INSERT INTO jobs (kind, key, payload, priority, not_before, created, max_attempts) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (kind, key) WHERE state = 0 "
          "DO UPDATE SET payload = excluded.payload, "
          "priority = min(jobs.priority, excluded.priority), "
          "not_before = min(jobs.not_before, excluded.not_before), "
          "max_attempts = max(jobs.max_attempts, excluded.max_attempts) RETURNING id"));
  s->bind(1, job.kind).bind(2, job.key).bind(3, job.payload);
  s->bind(4, static_cast<int64_t>(job.priority)).bind(5, std::max(now, job.not_before));
  SG_ASSIGN(const bool row, s->bind(6, now).bind(7, std::max(1, job.max_attempts)).step());
  if (!row) return fail(Code::kInternal, "enqueuing a job gave no id");
  const int64_t id = s->integer(0);
  // Not before the commit: who wakes must see the job. The caller's transaction ends while the
  // queue lives.
  const TimeMs due = job.not_before;
  connection.after_commit([state = state_.get(), due, now] {
    if (due > now) {
      state->signal_later(due);
    } else {
      state->signal();
    }
  });
  connection.notify(kJobsTopic);
  return id;
}

namespace {

struct Lease {
  std::string_view owner;
  TimeMs until = 0;
};

// Each number is greater than all that the job had before.
constexpr std::string_view kSqliteFence =
    "(SELECT value FROM job_fence)";  // raised just before, by the one who writes
constexpr std::string_view kPostgresFence =
    "(SELECT value FROM job_fence) + nextval('job_fence_numbers')";

Result<Job> take_job(db::Connection& connection, int64_t id, const Lease& lease) {
  const bool sqlite = connection.dialect() == db::Dialect::kSqlite;
  if (sqlite) SG_TRY(connection.execute("UPDATE job_fence SET value = value + 1"));
  SG_ASSIGN(auto s,
            connection.prepare(fmt::format(
                "UPDATE jobs SET state = 1, attempts = attempts + 1, owner = $2, lease_until = $3, "
                "fence = {} WHERE id = $1 AND state = 0 "
                "RETURNING kind, key, payload, priority, attempts, max_attempts, fence",
                sqlite ? kSqliteFence : kPostgresFence)));
  s->bind(1, id).bind(2, lease.owner).bind(3, lease.until);
  SG_ASSIGN(const bool row, s->step());
  if (!row)
    return fail(Code::kInternal, fmt::format("job {} left between finding and taking it", id));
  return Job{.id = id,
             .kind = std::string(s->text(0)),
             .key = std::string(s->text(1)),
             .payload = std::string(s->text(2)),
             .priority = static_cast<Priority>(s->integer(3)),
             .attempts = static_cast<int>(s->integer(4)),
             .max_attempts = static_cast<int>(s->integer(5)),
             .fence = s->integer(6)};
}

}  // namespace

Result<std::vector<Job>> Queue::claim(size_t limit, const std::vector<std::string>& kinds) {
  // A look first, so that idle workers do not stand in the writers' line.
  bool worth_it = false;
  SG_TRY(state_->database.read([&](db::Connection& c) -> Status {
    SG_ASSIGN(const auto due, next_due(c, kinds));
    worth_it = due && *due <= state_->clock();
    return {};
  }));
  std::vector<Job> jobs;
  if (!worth_it || limit == 0) return jobs;
  int64_t recovered = 0;
  // The rows are locked as they are found: processes that claim pass by each other.
  SG_TRY(state_->database.write_rows([&](db::Connection& c) -> Status {
    jobs.clear();  // the work may run again
    const TimeMs now = state_->clock();
    SG_ASSIGN(recovered, recover_expired(c, now));
    SG_ASSIGN(const auto ids, find_due(c, limit, kinds, now));
    for (const int64_t id : ids) {
      SG_ASSIGN(auto job, take_job(c, id, {state_->node, now + state_->lease_ms}));
      jobs.push_back(std::move(job));
    }
    return {};
  }));
  // Somebody else may wait for the kinds that we do not take.
  if (recovered > 0) state_->signal();
  return jobs;
}

Status Queue::renew(const Job& job) {
  return state_->database.write_rows([&](db::Connection& c) -> Status {
    SG_ASSIGN(auto s, c.prepare("UPDATE jobs SET lease_until = $3 WHERE id = $1 AND fence = $2 AND "
                                "state = 1"));
    SG_TRY(s->bind(1, job.id).bind(2, job.fence).bind(3, state_->clock() + state_->lease_ms).run());
    if (c.changes() == 0) return fail(lost_lease(job));
    return {};
  });
}

Status Queue::check_fence(db::Connection& connection, const Job& job) {
  SG_ASSIGN(const auto row, find_running(connection, job));
  if (!row) return fail(lost_lease(job));
  return {};
}

Status Queue::complete(const Job& job) {
  SG_TRY(state_->database.write_rows([&](db::Connection& c) { return complete(c, job); }));
  state_->signal();  // a twin may have waited for it
  return {};
}

Status Queue::complete(db::Connection& connection, const Job& job) {
  SG_ASSIGN(auto s,
            connection.prepare("DELETE FROM jobs WHERE id = $1 AND fence = $2 AND state = 1"));
  SG_TRY(s->bind(1, job.id).bind(2, job.fence).run());
  if (connection.changes() == 0) return fail(lost_lease(job));
  return {};
}

Result<bool> Queue::retry(const Job& job, std::string_view error, std::optional<TimeMs> retry_at,
                          bool got_on) {
  bool again = false;
  SG_TRY(state_->database.write([&](db::Connection& c) -> Status {
    const TimeMs now = state_->clock();
    SG_ASSIGN(auto row, find_running(c, job));
    if (!row) return fail(lost_lease(job));
    if (got_on) row->attempts = 1;
    again = row->attempts < row->max_attempts;
    if (!again) return give_up(c, *row, error, now);
    const int64_t pause = back_off_ms(row->id, row->attempts, state_->first_back_off_ms);
    return put_back(c, *row, retry_at.value_or(now + pause), error);
  }));
  state_->signal();
  return again;
}

Status Queue::release(const Job& job) { return postpone(job, state_->clock()); }

Status Queue::postpone(const Job& job, TimeMs until) {
  SG_TRY(state_->database.write([&](db::Connection& c) -> Status {
    SG_ASSIGN(auto row, find_running(c, job));
    if (!row) return fail(lost_lease(job));
    row->attempts = std::max(0, row->attempts - 1);
    return put_back(c, *row, until, {});
  }));
  state_->signal();
  return {};
}

Result<int64_t> Queue::release_own() {
  int64_t released = 0;
  SG_TRY(state_->database.write([&](db::Connection& c) -> Status {
    SG_ASSIGN(released, recover_owned_by(c, state_->node, state_->clock()));
    return {};
  }));
  if (released > 0) state_->signal();
  return released;
}

Result<int64_t> Queue::cancel_waiting(const std::vector<std::string>& kinds) {
  int64_t removed = 0;
  SG_TRY(state_->database.write([&](db::Connection& c) -> Status {
    SG_ASSIGN(auto s, c.prepare("DELETE FROM jobs WHERE state = 0" + kind_condition(kinds, 1)));
    bind_kinds(*s, kinds, 1);
    SG_TRY(s->run());
    removed = c.changes();
    return {};
  }));
  return removed;
}

void Queue::wait(int64_t max_ms, const std::vector<std::string>& kinds) {
  using Steady = std::chrono::steady_clock;
  const auto give_up_at = Steady::now() + std::chrono::milliseconds(std::max<int64_t>(0, max_ms));
  uint64_t seen = 0;
  {
    const std::lock_guard lock(state_->mutex);
    seen = state_->generation;
    // The look below sees what is due by now.
    if (state_->later <= state_->clock()) state_->later = State::kNever;
  }
  // What is committed after this look raises the generation, or lowers `later`, after it.
  std::optional<TimeMs> due;
  const auto status = state_->database.read([&](db::Connection& c) -> Status {
    SG_ASSIGN(due, next_due(c, kinds));
    return {};
  });
  if (!status) due.reset();
  std::unique_lock lock(state_->mutex);
  while (state_->generation == seen) {
    const TimeMs first = std::min(due.value_or(State::kNever), state_->later);
    auto until = give_up_at;
    if (first != State::kNever) {
      const int64_t pause =
          std::clamp<int64_t>(first - state_->clock(), 0, std::max<int64_t>(0, max_ms));
      until = std::min(until, Steady::now() + std::chrono::milliseconds(pause));
    }
    if (state_->changed.wait_until(lock, until) == std::cv_status::timeout) return;
  }
}

void Queue::wake() { state_->signal(); }

}  // namespace spillguard::jobs
