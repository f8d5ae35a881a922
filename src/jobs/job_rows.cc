#include "jobs/job_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"

namespace spillguard::jobs {
namespace {

constexpr size_t kErrorBytes = 4000;
constexpr int64_t kFailuresKept = 1000;
constexpr int64_t kLongestBackOffMs = 600'000;

constexpr std::string_view kRunningColumns =
    "SELECT id, kind, key, priority, attempts, crashes, max_attempts FROM jobs WHERE state = 1";

RunningRow read_running(const db::Statement& s) {
  return {.id = s.integer(0),
          .kind = std::string(s.text(1)),
          .key = std::string(s.text(2)),
          .priority = s.integer(3),
          .attempts = static_cast<int>(s.integer(4)),
          .crashes = static_cast<int>(s.integer(5)),
          .max_attempts = static_cast<int>(s.integer(6))};
}

std::string stored_error(std::string_view error) {
  return to_valid_utf8(error.substr(0, kErrorBytes));
}

Status remove_job(db::Connection& connection, int64_t id) {
  SG_ASSIGN(auto statement, connection.prepare("DELETE FROM jobs WHERE id = $1"));
  return statement->bind(1, id).run();
}

// Steps to the end; the rows are read before any of them is changed.
Result<std::vector<RunningRow>> read_all_running(db::Statement& statement) {
  std::vector<RunningRow> rows;
  while (true) {
    SG_ASSIGN(const bool more, statement.step());
    if (!more) return rows;
    rows.push_back(read_running(statement));
  }
}

Result<int64_t> recover(db::Connection& connection, std::vector<RunningRow> rows, TimeMs now) {
  int64_t kept = 0;
  for (auto& row : rows) {
    row.crashes += 1;
    row.attempts = std::max(0, row.attempts - 1);
    if (row.crashes >= row.max_attempts) {
      SG_TRY(give_up(connection, row,
                     fmt::format("the process ended {} times while it ran this job, without a word",
                                 row.crashes),
                     now));
      continue;
    }
    // The first crash may have been anybody's fault; the back-off then separates the guilty job
    // from those that happened to run beside it.
    const int64_t pause = row.crashes < 2 ? 0 : back_off_ms(row.id, row.crashes);
    SG_TRY(put_back(connection, row, now + pause, {}));
    ++kept;
  }
  return kept;
}

}  // namespace

Result<std::optional<RunningRow>> find_running(db::Connection& connection, const Job& job) {
  SG_ASSIGN(auto s,
            connection.prepare(std::string(kRunningColumns) + " AND id = $1 AND fence = $2" +
                               std::string(locking(connection, " FOR UPDATE"))));
  SG_ASSIGN(const bool found, s->bind(1, job.id).bind(2, job.fence).step());
  if (!found) return std::nullopt;
  return read_running(*s);
}

Error lost_lease(const Job& job) {
  return {Code::kConflict,
          fmt::format("job {} ({}) is not ours any more: its lease ran out or it was ended; stop "
                      "working on it",
                      job.id, job.kind)};
}

Status put_back(db::Connection& connection, const RunningRow& row, TimeMs not_before,
                std::string_view error) {
  SG_ASSIGN(auto merge,
            connection.prepare(
                "UPDATE jobs SET priority = min(priority, $3), attempts = max(attempts, $4), "
                "crashes = max(crashes, $5), not_before = max(not_before, $6), "
                "last_error = CASE WHEN $7 = '' THEN last_error ELSE $7 END "
                "WHERE kind = $1 AND key = $2 AND state = 0"));
  merge->bind(1, row.kind).bind(2, row.key).bind(3, row.priority).bind(4, row.attempts);
  SG_TRY(merge->bind(5, row.crashes).bind(6, not_before).bind(7, stored_error(error)).run());
  if (connection.changes() > 0) return remove_job(connection, row.id);
  SG_ASSIGN(auto again,
            connection.prepare(
                "UPDATE jobs SET state = 0, owner = '', lease_until = 0, attempts = $2, "
                "crashes = $3, not_before = $4, "
                "last_error = CASE WHEN $5 = '' THEN last_error ELSE $5 END WHERE id = $1"));
  again->bind(1, row.id).bind(2, row.attempts).bind(3, row.crashes);
  return again->bind(4, not_before).bind(5, stored_error(error)).run();
}

Status give_up(db::Connection& connection, const RunningRow& row, std::string_view error,
               TimeMs now) {
  SG_ASSIGN(auto keep,
            connection.prepare(
                "INSERT INTO job_failures (job_id, kind, key, error, attempts, crashes, at) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7)"));
  keep->bind(1, row.id).bind(2, row.kind).bind(3, row.key).bind(4, stored_error(error));
  SG_TRY(keep->bind(5, row.attempts).bind(6, row.crashes).bind(7, now).run());
  SG_ASSIGN(auto trim,
            connection.prepare("DELETE FROM job_failures WHERE id <= (SELECT max(id) FROM "
                               "job_failures) - $1"));
  SG_TRY(trim->bind(1, kFailuresKept).run());
  return remove_job(connection, row.id);
}

Result<int64_t> recover_expired(db::Connection& connection, TimeMs now) {
  SG_ASSIGN(auto s,
            connection.prepare(std::string(kRunningColumns) + " AND lease_until <= $1" +
                               std::string(locking(connection, " FOR UPDATE SKIP LOCKED"))));
  SG_ASSIGN(auto rows, read_all_running(s->bind(1, now)));
  return recover(connection, std::move(rows), now);
}

Result<int64_t> recover_owned_by(db::Connection& connection, std::string_view owner, TimeMs now) {
  SG_ASSIGN(auto s, connection.prepare(std::string(kRunningColumns) + " AND owner = $1"));
  SG_ASSIGN(auto rows, read_all_running(s->bind(1, owner)));
  return recover(connection, std::move(rows), now);
}

int64_t back_off_ms(int64_t id, int attempt, int64_t first_ms) {
  constexpr int kMostDoublings = 20;
  const int64_t doubled = (first_ms << std::clamp(attempt, 0, kMostDoublings)) / 2;
  const int64_t full = std::clamp<int64_t>(doubled, 4, kLongestBackOffMs);
  // The finishing steps of SplitMix64: neighbouring ids give unrelated numbers.
  uint64_t mixed =
      static_cast<uint64_t>(id) * 64 + static_cast<uint64_t>(attempt) + 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
  mixed ^= mixed >> 31;
  return full - static_cast<int64_t>(mixed % static_cast<uint64_t>(full / 4));
}

std::string_view locking(const db::Connection& connection, std::string_view clause) {
  return connection.dialect() == db::Dialect::kPostgres ? clause : std::string_view();
}

std::string kind_condition(const std::vector<std::string>& kinds, int first) {
  if (kinds.empty()) return "";
  std::string out = " AND kind IN (";
  for (size_t i = 0; i < kinds.size(); ++i) {
    if (i > 0) out += ", ";
    out += '$' + std::to_string(first + static_cast<int>(i));
  }
  return out + ')';
}

void bind_kinds(db::Statement& statement, const std::vector<std::string>& kinds, int first) {
  for (size_t i = 0; i < kinds.size(); ++i) statement.bind(first + static_cast<int>(i), kinds[i]);
}

}  // namespace spillguard::jobs
