// What the queue tells about itself.
#include <utility>

#include "jobs/queue.h"
#include "jobs/queue_state.h"

namespace spillguard::jobs {

Result<std::vector<JobInfo>> Queue::list(size_t limit) {
  std::vector<JobInfo> out;
  SG_TRY(state_->database.read([&](db::Connection& c) -> Status {
    out.clear();
    SG_ASSIGN(auto s,
              c.prepare("SELECT id, kind, key, payload, priority, attempts, max_attempts, fence, "
                        "state, owner, created, last_error FROM jobs "
                        "ORDER BY state DESC, priority, not_before, id LIMIT $1"));
    s->bind(1, static_cast<int64_t>(limit));
    while (true) {
      SG_ASSIGN(const bool more, s->step());
      if (!more) return {};
      out.push_back({.job = {.id = s->integer(0),
                             .kind = std::string(s->text(1)),
                             .key = std::string(s->text(2)),
                             .payload = std::string(s->text(3)),
                             .priority = static_cast<Priority>(s->integer(4)),
                             .attempts = static_cast<int>(s->integer(5)),
                             .max_attempts = static_cast<int>(s->integer(6)),
                             .fence = s->integer(7)},
                     .state = s->integer(8) == 1 ? JobState::kRunning : JobState::kWaiting,
                     .owner = std::string(s->text(9)),
                     .created = s->integer(10),
                     .last_error = std::string(s->text(11))});
    }
  }));
  return out;
}

Result<int64_t> Queue::count_waiting() {
  int64_t count = 0;
  SG_TRY(state_->database.read([&](db::Connection& c) -> Status {
    SG_ASSIGN(auto s, c.prepare("SELECT count(*) FROM jobs WHERE state = 0"));
    SG_TRY(s->step());
    count = s->integer(0);
    return {};
  }));
  return count;
}

Result<std::vector<Failure>> Queue::failures(size_t limit) {
  std::vector<Failure> out;
  SG_TRY(state_->database.read([&](db::Connection& c) -> Status {
    out.clear();
    SG_ASSIGN(auto s,
              c.prepare("SELECT job_id, kind, key, error, attempts, crashes, at FROM job_failures "
                        "ORDER BY id DESC LIMIT $1"));
    s->bind(1, static_cast<int64_t>(limit));
    while (true) {
      SG_ASSIGN(const bool more, s->step());
      if (!more) return {};
      out.push_back({.job_id = s->integer(0),
                     .kind = std::string(s->text(1)),
                     .key = std::string(s->text(2)),
                     .error = std::string(s->text(3)),
                     .attempts = static_cast<int>(s->integer(4)),
                     .crashes = static_cast<int>(s->integer(5)),
                     .at = s->integer(6)});
    }
  }));
  return out;
}

}  // namespace spillguard::jobs
