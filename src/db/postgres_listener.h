// A connection that hears what processes tell each other. Internal to the module. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "db/postgres_connection.h"

namespace spillguard::db {

class PostgresListener : public std::enable_shared_from_this<PostgresListener> {
 public:
  explicit PostgresListener(const PostgresAddress& address) : address_(address) {}
  PostgresListener(const PostgresListener&) = delete;
  PostgresListener& operator=(const PostgresListener&) = delete;
  ~PostgresListener() { stop(); }

  std::shared_ptr<void> add(std::string topic, std::function<void()> heard);
  // Ends the thread; nothing is heard any more.
  void stop();

 private:
  struct Ear {
    std::string topic;
    std::function<void()> heard;
  };

  void run();
  void listen_until_lost(PostgresConnection& connection);
  // Listens to topics that came since; whether there were any.
  Result<bool> subscribe(PostgresConnection& connection);
  // Empty: everybody.
  void tell(const std::string& schema, const std::string& channel);

  const PostgresAddress& address_;
  std::mutex mutex_;              // of all below but the thread; never held during a call
  std::recursive_mutex calling_;  // held during a call
  std::map<int64_t, std::shared_ptr<Ear>> ears_;
  int64_t next_ear_ = 1;
  int64_t subscribed_ = 0;  // the newest ear whose topic the connection listens to
  int wake_[2] = {-1, -1};
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace spillguard::db
