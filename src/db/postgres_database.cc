#include "db/postgres_database.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/time.h"
#include "db/postgres_address.h"
#include "db/postgres_compact.h"
#include "db/postgres_listener.h"
#include "db/postgres_pool.h"

namespace spillguard::db {
namespace postgres_database_detail {
namespace {

constexpr int kSharedTries = 4;  // beside others; then alone, where nothing can be in the way
constexpr int kTries = 8;
constexpr int kCollisions = 2;  // unique keys that collide again are no accident
constexpr int64_t kMarksKeptMs = 3'600'000;
constexpr uint64_t kWritesBetweenSweeps = 5'000;

// A number that no other transaction has, of any process.
int64_t new_mark() {
  int64_t value = 0;
  random_bytes(&value, sizeof value);
  return value;
}

void pause(int tried) {
  uint16_t spread = 0;
  random_bytes(&spread, sizeof spread);
  std::this_thread::sleep_for(std::chrono::milliseconds((2 << tried) + spread % (10 << tried)));
}

// The tables that everything else leans on. A lock for the time of it: CREATE TABLE IF NOT EXISTS
// fails when two do it at once.
Status make_ground(PostgresConnection& connection) {
  return connection.execute(
      "BEGIN; SELECT pg_advisory_xact_lock(hashtext('spillguard ' || current_schema()));"
      "CREATE TABLE IF NOT EXISTS write_marks (mark BIGINT NOT NULL, at BIGINT NOT NULL);"
      "COMMIT");
}

// Before anything is changed: the address may name somebody else's database.
Status refuse_foreign_schema(PostgresConnection& connection, const std::string& name) {
  SG_ASSIGN(const auto found,
            connection.link().execute(
                "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND NOT "
                "EXISTS (SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = current_schema() "
                "AND tablename IN ('write_marks', 'schema_migrations')) LIMIT 1"));
  if (pq().rows(found.get()) == 0) return {};
  return fail(Code::kInvalidArgument,
              fmt::format("database {}: its schema {} holds tables of another program; give us a "
                          "database or a schema of our own",
                          name, connection.schema()));
}

}  // namespace

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(PostgresAddress address, const PostgresOptions& options)
      : address_(std::move(address)),
        patience_ms_(options.patience_ms),
        compact_wait_ms_(options.compact_wait_ms),
        writers_(address_, options.writers, options.patience_ms),
        readers_(address_, options.readers, options.patience_ms),
        listener_(std::make_shared<PostgresListener>(address_)) {}
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;
  ~PostgresDatabase() override { listener_->stop(); }

  Status prepare_schema() {
    PostgresPool::Loan loan(writers_);
    SG_ASSIGN(auto* connection, loan.get(monotonic_ms() + patience_ms_));
    SG_TRY(refuse_foreign_schema(*connection, address_.name));
    return make_ground(*connection);
  }

  [[nodiscard]] Dialect dialect() const override { return Dialect::kPostgres; }
  Status write(const Work& work) override { return change(Isolation::kSerializable, work); }
  Status write_rows(const Work& work) override { return change(Isolation::kRows, work); }
  Status write_alone(const Work& work) override { return change(Isolation::kAlone, work); }
  Status read(const Work& work) override {
    PostgresPool::Loan loan(readers_);
    std::vector<std::function<void()>> none;
    return transact(loan, Isolation::kSnapshot, work, none);
  }
  Status compact() override {
    PostgresPool::Loan loan(writers_);
    SG_ASSIGN(auto* connection, loan.get(monotonic_ms() + patience_ms_));
    SG_ASSIGN(const auto tables, own_tables());
    return compact_tables(connection->link(), tables, compact_wait_ms_);
  }
  std::shared_ptr<void> listen(std::string topic, std::function<void()> heard) override {
    return listener_->add(std::move(topic), std::move(heard));
  }

 private:
  Result<std::vector<std::string>> own_tables() {
    std::vector<std::string> tables;
    SG_TRY(read([&](Connection& reading) -> Status {
      tables.clear();
      SG_ASSIGN(auto rows, reading.prepare("SELECT quote_ident(tablename) FROM pg_tables WHERE "
                                           "schemaname = current_schema()"));
      while (true) {
        SG_ASSIGN(const bool more, rows->step());
        if (!more) return {};
        tables.emplace_back(rows->text(0));
      }
    }));
    return tables;
  }

  // Refuses a write inside a write: each would wait for a connection, or for the other's rows.
  class OneAtATime {
   public:
    explicit OneAtATime(PostgresDatabase& database) : database_(database) {
      const std::lock_guard guard(database_.writing_mutex_);
      first_ = database_.writing_.insert(std::this_thread::get_id()).second;
    }
    OneAtATime(const OneAtATime&) = delete;
    OneAtATime& operator=(const OneAtATime&) = delete;
    ~OneAtATime() {
      if (!first_) return;
      const std::lock_guard guard(database_.writing_mutex_);
      database_.writing_.erase(std::this_thread::get_id());
    }
    [[nodiscard]] bool first() const { return first_; }

   private:
    PostgresDatabase& database_;
    bool first_ = false;
  };

  Status change(Isolation isolation, const Work& work) {
    std::vector<std::function<void()>> actions;
    {
      const OneAtATime mine(*this);
      if (!mine.first()) {
        return fail(Code::kInternal, "a write() was called inside another write()");
      }
      PostgresPool::Loan loan(writers_);
      SG_TRY(transact(loan, isolation, work, actions));
      if (++writes_ % kWritesBetweenSweeps == 1) sweep_marks(loan);
    }
    for (const auto& action : actions) action();
    return {};
  }

  Status transact(PostgresPool::Loan& loan, Isolation isolation, const Work& work,
                  std::vector<std::function<void()>>& actions) {
    const int64_t give_up = monotonic_ms() + patience_ms_;
    int conflicts = 0;
    int collisions = 0;
    for (int lost = 0;;) {
      SG_ASSIGN(auto* connection, loan.get(give_up));
      const int64_t mark = new_mark();
      Outcome outcome = connection->transaction(
          conflicts < kSharedTries || isolation != Isolation::kSerializable ? isolation
                                                                            : Isolation::kAlone,
          mark, work, actions);
      if (outcome.status) return {};
      if (outcome.trouble == Trouble::kNone) return outcome.status;
      if (outcome.trouble == Trouble::kConflict) {
        if (outcome.collided && ++collisions > kCollisions) return outcome.status;
        if (++conflicts == kTries) return outcome.status;
        pause(std::min(conflicts, 5));
        continue;
      }
      loan.drop();
      if (outcome.unknown) {
        SG_ASSIGN(const bool kept, ask(loan, mark));
        if (kept) return {};
        actions.clear();
      }
      if (monotonic_ms() >= give_up) return outcome.status;
      if (lost++ > 0) pause(std::min(lost, 6));
    }
  }

  // Whether the transaction whose commit nobody answered was kept. The server may still be at it,
  // and then holds its lock on write_marks.
  Result<bool> ask(PostgresPool::Loan& loan, int64_t mark) {
    const int64_t give_up = monotonic_ms() + 2 * patience_ms_;
    while (true) {
      auto connection = loan.get(give_up);
      if (connection) {
        auto locked =
            (*connection)->execute("BEGIN; LOCK TABLE write_marks IN EXCLUSIVE MODE; COMMIT");
        auto kept = locked ? (*connection)->was_kept(mark) : Result<bool>(fail(locked.error()));
        if (kept) return kept;
        loan.drop();
      }
      if (!connection || monotonic_ms() >= give_up) {
        return fail(Code::kUnavailable,
                    fmt::format("database {}: the server went away while it committed, and did not "
                                "come back: it is not known whether the last change was kept",
                                address_.name));
      }
      pause(3);
    }
  }

  void sweep_marks(PostgresPool::Loan& loan) {
    auto connection = loan.get(monotonic_ms());
    if (!connection) return;
    (void)(*connection)
        ->execute(fmt::format("DELETE FROM write_marks WHERE at < {}", now_ms() - kMarksKeptMs));
  }

  PostgresAddress address_;
  int64_t patience_ms_;
  int64_t compact_wait_ms_;
  PostgresPool writers_;
  PostgresPool readers_;
  std::shared_ptr<PostgresListener> listener_;
  std::mutex writing_mutex_;
  std::set<std::thread::id> writing_;  // the threads that are inside write()
  std::atomic<uint64_t> writes_ = 0;
};

}  // namespace postgres_database_detail

Result<std::unique_ptr<Database>> open_postgres_unmigrated(const PostgresOptions& options) {
  SG_ASSIGN(auto address, parse_postgres_address(options));
  auto database =
      std::make_unique<postgres_database_detail::PostgresDatabase>(std::move(address), options);
  SG_TRY(database->prepare_schema());
  return database;
}

Result<std::unique_ptr<Database>> Database::open_postgres(const PostgresOptions& options) {
  SG_ASSIGN(auto database, open_postgres_unmigrated(options));
  SG_TRY(migrate(*database));
  return database;
}

}  // namespace spillguard::db
