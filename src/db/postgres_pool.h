// Connections that are lent for a transaction each, and made anew when they broke. Internal to the
// module. Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "db/postgres_connection.h"

namespace spillguard::db {

class PostgresPool {
 public:
  PostgresPool(const PostgresAddress& address, size_t size, int64_t patience_ms);

  // A connection for the time of one transaction.
  class Loan {
   public:
    explicit Loan(PostgresPool& pool);
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan();
    // The connection, made when there is none; tries until `give_up` (monotonic) while the server
    // can not be reached.
    Result<PostgresConnection*> get(int64_t give_up);
    void drop() { connection_.reset(); }

   private:
    PostgresPool& pool_;
    std::unique_ptr<PostgresConnection> connection_;
  };

 private:
  const PostgresAddress& address_;
  int64_t patience_ms_;
  std::mutex mutex_;
  std::condition_variable change_;
  std::vector<std::unique_ptr<PostgresConnection>> idle_;  // null: not connected
  std::atomic<int64_t> down_since_ = 0;  // monotonic; 0: the last attempt went well
};

}  // namespace spillguard::db
