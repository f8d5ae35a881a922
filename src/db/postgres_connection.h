// Connection over one PostgresLink, with its transaction. Internal to the module.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "db/postgres_link.h"

namespace spillguard::db {

// How a transaction sees others.
enum class Isolation { kSnapshot, kSerializable, kRows, kAlone };

// What became of a transaction.
struct Outcome {
  Status status;
  Trouble trouble = Trouble::kNone;
  bool collided = false;  // a unique key: perhaps others were in the way, perhaps it is just there
  // The connection broke while COMMIT was under way: whether it was kept must be asked for.
  bool unknown = false;
};

class PostgresConnection final : public Connection {
 public:
  static Result<std::unique_ptr<PostgresConnection>> open(const PostgresAddress& address);

  [[nodiscard]] Dialect dialect() const override { return Dialect::kPostgres; }
  Result<std::shared_ptr<Statement>> prepare(std::string_view sql) override;
  Status execute(std::string_view sql) override;
  Status copy(std::string_view target, const CopyRows& rows) override {
    return link_->copy(target, rows);
  }
  [[nodiscard]] int64_t changes() const override { return link_->changes(); }
  void after_commit(std::function<void()> action) override;
  void notify(std::string_view topic) override { topics_.emplace(topic); }

  // Runs work in one transaction; rolls back when work fails or throws. `mark` is a number that no
  // other transaction has; was_kept(mark) tells whether its transaction was committed.
  Outcome transaction(Isolation isolation, int64_t mark, const Work& work,
                      std::vector<std::function<void()>>& actions);
  Result<bool> was_kept(int64_t mark);
  [[nodiscard]] PostgresLink& link() { return *link_; }
  // The schema that our tables are in.
  [[nodiscard]] const std::string& schema() const { return schema_; }

 private:
  explicit PostgresConnection(std::shared_ptr<PostgresLink> link) : link_(std::move(link)) {}
  Status begin(Isolation isolation, int64_t mark);
  Outcome commit(Isolation isolation);
  Outcome failed(Status status) const;

  std::shared_ptr<PostgresLink> link_;  // shared with the statements in use
  std::string schema_;
  std::vector<std::function<void()>> actions_;
  std::set<std::string> topics_;
};

// The channel that processes on this schema of the database hear of a topic by.
std::string channel_of(std::string_view schema, std::string_view topic);

}  // namespace spillguard::db
