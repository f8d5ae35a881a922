#include "db/postgres_connection.h"

#include <fmt/format.h>

#include <utility>

#include "db/postgres_statement.h"

namespace spillguard::db {
namespace postgres_connection_detail {
namespace {

// Rolls back what was not committed, also when work throws (out of memory).
class PostgresRollback {
 public:
  explicit PostgresRollback(PostgresLink& link) : link_(link) {}
  PostgresRollback(const PostgresRollback&) = delete;
  PostgresRollback& operator=(const PostgresRollback&) = delete;
  ~PostgresRollback() {
    if (link_.in_transaction()) (void)link_.execute("ROLLBACK");
  }

 private:
  PostgresLink& link_;
};

// Everybody who writes shares the lock on write_marks; who must be alone takes it for himself. It
// comes before the snapshot: LOCK takes none. The mark is told from others' without an index, so
// that it makes no two transactions meet.
std::string begin_sql(Isolation isolation, int64_t mark) {
  const auto insert = [&](std::string_view level, std::string_view lock) {
    return fmt::format(
        "BEGIN ISOLATION LEVEL {}; LOCK TABLE write_marks IN {} MODE; INSERT INTO write_marks "
        "(mark, at) VALUES ({}, extract(epoch FROM now())::bigint * 1000)",
        level, lock, mark);
  };
  switch (isolation) {
    case Isolation::kSerializable:
      return insert("SERIALIZABLE", "ROW EXCLUSIVE");
    case Isolation::kRows:
      return insert("READ COMMITTED", "ROW EXCLUSIVE");
    case Isolation::kAlone:
      return insert("SERIALIZABLE", "EXCLUSIVE");
    case Isolation::kSnapshot:
      break;
  }
  return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
}

}  // namespace
}  // namespace postgres_connection_detail

std::string channel_of(std::string_view schema, std::string_view topic) {
  return fmt::format("spillguard.{}.{}", schema, topic);
}

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::open(
    const PostgresAddress& address) {
  SG_ASSIGN(auto link, PostgresLink::open(address));
  SG_ASSIGN(const auto found, link->execute("SELECT coalesce(current_schema(), '')"));
  std::unique_ptr<PostgresConnection> connection(new PostgresConnection(std::move(link)));
  connection->schema_ = pq().value(found.get(), 0, 0);
  if (connection->schema_.empty()) {
    return fail(Code::kInvalidArgument,
                fmt::format("database {}: the schema that the user's search_path names is not "
                            "there; create it",
                            address.name));
  }
  return connection;
}

Result<std::shared_ptr<Statement>> PostgresConnection::prepare(std::string_view sql) {
  return std::make_shared<PostgresStatement>(link_, std::string(sql));
}

Status PostgresConnection::execute(std::string_view sql) {
  SG_TRY(link_->execute(sql));
  return {};
}

void PostgresConnection::after_commit(std::function<void()> action) {
  actions_.push_back(std::move(action));
}

Status PostgresConnection::begin(Isolation isolation, int64_t mark) {
  SG_TRY(link_->execute(postgres_connection_detail::begin_sql(isolation, mark)));
  return {};
}

Outcome PostgresConnection::failed(Status status) const {
  return {.status = std::move(status),
          .trouble = link_->trouble(),
          .collided = link_->state() == "23505",
          .unknown = false};
}

Outcome PostgresConnection::commit(Isolation isolation) {
  std::string sql;
  for (const std::string& topic : topics_) {
    sql += fmt::format("NOTIFY \"{}\"; ", channel_of(schema_, topic));
  }
  sql += "COMMIT";
  auto result = link_->execute(sql);
  if (!result) {
    Outcome outcome = failed(fail(std::move(result).error()));
    outcome.unknown = outcome.trouble == Trouble::kLost && isolation != Isolation::kSnapshot;
    return outcome;
  }
  // To a transaction that had failed before, COMMIT says ROLLBACK.
  if (std::string_view(pq().command(result->get())) != "COMMIT") {
    return failed(fail(Code::kInternal, "the transaction went on after a statement had failed"));
  }
  return {};
}

Outcome PostgresConnection::transaction(Isolation isolation, int64_t mark, const Work& work,
                                        std::vector<std::function<void()>>& actions) {
  link_->clear_trouble();
  actions_.clear();
  topics_.clear();
  const postgres_connection_detail::PostgresRollback guard(*link_);
  if (auto status = begin(isolation, mark); !status) return failed(std::move(status));
  if (auto status = work(*this); !status) return failed(std::move(status));
  if (link_->in_use != 0) {
    return failed(
        fail(Code::kInternal, "a statement outlived the transaction that it was made in"));
  }
  if (!link_->in_transaction()) {
    return failed(fail(Code::kInternal, "the transaction was ended by the work inside it"));
  }
  Outcome outcome = commit(isolation);
  if (outcome.status || outcome.unknown) actions = std::exchange(actions_, {});
  return outcome;
}

Result<bool> PostgresConnection::was_kept(int64_t mark) {
  SG_ASSIGN(const auto found,
            link_->execute(fmt::format("SELECT 1 FROM write_marks WHERE mark = {}", mark)));
  return pq().rows(found.get()) > 0;
}

}  // namespace spillguard::db
