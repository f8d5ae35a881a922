// The processes that share one store: each says that it lives, one of them does the periodic work,
// and what a dead one was working on is given to others.
//
// Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "db/database.h"

namespace spillguard::jobs {

struct Node {
  std::string instance;
  std::string name;
  std::string version;
  TimeMs started = 0;
  TimeMs heartbeat = 0;
};

struct NodeOptions {
  std::string instance;  // as in the leases of jobs (Queue's `node`)
  std::string name;
  std::string version;
  int64_t beat_ms = 2'000;
  int64_t lease_ms = 10'000;  // of the periodic work
  int64_t dead_ms = 30'000;   // without a heartbeat: its jobs go to others
};

class Nodes {
 public:
  // `database` outlives this. Nothing is written before beat() or start().
  Nodes(db::Database& database, NodeOptions options, Clock clock = now_ms);
  Nodes(const Nodes&) = delete;
  Nodes& operator=(const Nodes&) = delete;
  // Says good-bye when start() was called: the periodic work is free at once.
  ~Nodes();

  // Says that this process lives, takes or keeps the periodic work when nobody else has it, and
  // then gives the jobs of dead processes back. Returns how many jobs.
  Result<int64_t> beat();
  // Does so at intervals, in a thread.
  void start();
  // Whether the periodic work is ours now. False once the lease could not be renewed in time.
  [[nodiscard]] bool leads() const;
  // Those that live, by name.
  Result<std::vector<Node>> list();

 private:
  void run();
  Status leave();

  db::Database& database_;
  NodeOptions options_;
  Clock clock_;
  TimeMs started_;
  std::atomic<int64_t> leads_until_ = 0;  // monotonic
  std::mutex mutex_;
  std::condition_variable change_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace spillguard::jobs
