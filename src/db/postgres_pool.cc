#include "db/postgres_pool.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "base/time.h"

namespace spillguard::db {

PostgresPool::PostgresPool(const PostgresAddress& address, size_t size, int64_t patience_ms)
    : address_(address), patience_ms_(patience_ms), idle_(std::max<size_t>(1, size)) {}

PostgresPool::Loan::Loan(PostgresPool& pool) : pool_(pool) {
  std::unique_lock guard(pool_.mutex_);
  pool_.change_.wait(guard, [&] { return !pool_.idle_.empty(); });
  // One that is connected, if there is one.
  const auto live = std::find_if(pool_.idle_.rbegin(), pool_.idle_.rend(),
                                 [](const auto& connection) { return connection != nullptr; });
  if (live != pool_.idle_.rend()) std::swap(*live, pool_.idle_.back());
  connection_ = std::move(pool_.idle_.back());
  pool_.idle_.pop_back();
}

PostgresPool::Loan::~Loan() {
  {
    const std::lock_guard guard(pool_.mutex_);
    pool_.idle_.push_back(std::move(connection_));
  }
  pool_.change_.notify_one();
}

Result<PostgresConnection*> PostgresPool::Loan::get(int64_t give_up) {
  for (int64_t pause = 20; connection_ == nullptr; pause = std::min<int64_t>(pause * 2, 1000)) {
    auto made = PostgresConnection::open(pool_.address_);
    const int64_t now = monotonic_ms();
    if (made) {
      pool_.down_since_ = 0;
      connection_ = std::move(*made);
      break;
    }
    int64_t up = 0;
    pool_.down_since_.compare_exchange_strong(up, now);
    // Not everybody waits for a server that has been away for long: one attempt each.
    const bool long_away = now - pool_.down_since_ > pool_.patience_ms_;
    if (!is_retryable(made.error().code) || long_away || now + pause > give_up) {
      return fail(std::move(made).error());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(pause));
  }
  return connection_.get();
}

}  // namespace spillguard::db
