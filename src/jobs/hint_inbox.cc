#include "jobs/hint_inbox.h"

#include <iterator>
#include <memory>
#include <utility>

namespace spillguard::jobs {

Status HintInbox::add(std::vector<NewJob> jobs) {
  if (jobs.empty()) return {};
  std::unique_lock lock(mutex_);
  if (open_ == nullptr) open_ = std::make_shared<Batch>();
  const std::shared_ptr<Batch> mine = open_;
  mine->jobs.insert(mine->jobs.end(), std::make_move_iterator(jobs.begin()),
                    std::make_move_iterator(jobs.end()));
  while (!mine->done && writing_) written_.wait(lock);
  if (mine->done) return mine->result;
  // Ours is the open batch still: nobody writes, so nobody took it.
  writing_ = true;
  open_.reset();
  lock.unlock();
  Status result = database_.write([&](db::Connection& connection) -> Status {
    for (const NewJob& job : mine->jobs) SG_TRY(queue_.enqueue(connection, job));
    return {};
  });
  lock.lock();
  writing_ = false;
  mine->done = true;
  mine->result = result;
  lock.unlock();
  written_.notify_all();
  return result;
}

}  // namespace spillguard::jobs
