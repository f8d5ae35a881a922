// Takes hints of changes faster than the database takes transactions: those that come while one is
// written are written together by whoever is first in line. A hint that was taken is in the
// database. Thread-safe.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "jobs/queue.h"

namespace spillguard::jobs {

class HintInbox {
 public:
  // `queue` outlives the inbox.
  HintInbox(db::Database& database, Queue& queue) : database_(database), queue_(queue) {}

  // Enqueues the jobs; returns when they are committed. Equal jobs that wait are one.
  Status add(std::vector<NewJob> jobs);

 private:
  struct Batch {
    std::vector<NewJob> jobs;
    bool done = false;
    Status result;
  };

  db::Database& database_;
  Queue& queue_;
  std::mutex mutex_;
  std::condition_variable written_;
  bool writing_ = false;
  std::shared_ptr<Batch> open_;  // shared by all who wait for it
};

}  // namespace spillguard::jobs
