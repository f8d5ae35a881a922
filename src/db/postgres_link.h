// One connection to a PostgreSQL with its prepared statements. Internal to the module.
// Thread-safety: one thread at a time.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "db/postgres_address.h"
#include "db/postgres_error.h"
#include "db/pq_library.h"

namespace spillguard::db {

// One value on its way to the server.
struct PostgresParameter {
  uint32_t type = 0;
  bool is_null = true;
  bool binary = false;
  std::string bytes;
};

struct ResultDeleter {
  void operator()(PGresult* result) const { pq().clear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, ResultDeleter>;

class PostgresLink {
 public:
  // Connects and sets the session up.
  static Result<std::shared_ptr<PostgresLink>> open(const PostgresAddress& address);
  PostgresLink(const PostgresLink&) = delete;
  PostgresLink& operator=(const PostgresLink&) = delete;
  ~PostgresLink();

  [[nodiscard]] PGconn* get() const { return connection_; }
  [[nodiscard]] const std::string& name() const { return name_; }

  // Statements without parameters, one after the other; the result of the last.
  Result<PostgresResult> execute(std::string_view sql);
  // One statement, prepared the first time.
  Result<PostgresResult> run(const std::string& sql,
                             const std::vector<PostgresParameter>& parameters);

  // COPY into "table (column, …)".
  Status copy(std::string_view target, const CopyRows& rows);

  [[nodiscard]] int64_t changes() const { return changes_; }
  [[nodiscard]] bool in_transaction() const;
  // The worst that happened since clear_trouble().
  [[nodiscard]] Trouble trouble() const { return trouble_; }
  [[nodiscard]] const std::string& state() const { return state_; }
  void clear_trouble();

  // How many statements are handed out.
  size_t in_use = 0;

 private:
  struct Prepared {
    std::string key;   // the SQL with the types of its parameters
    std::string name;  // on the server
  };

  PostgresLink(PGconn* connection, std::string name);
  Status set_up();
  Result<std::string> prepared(const std::string& sql,
                               const std::vector<PostgresParameter>& parameters);
  Result<PostgresResult> check(PGresult* raw, std::string_view sql);

  PGconn* connection_;
  std::string name_;
  std::list<Prepared> prepared_;  // most recently used first
  std::unordered_map<std::string_view, std::list<Prepared>::iterator> by_key_;
  int64_t next_name_ = 0;
  int64_t changes_ = 0;
  Trouble trouble_ = Trouble::kNone;
  std::string state_;  // the SQLSTATE that trouble_ came from
};

}  // namespace spillguard::db
