#include "scan/byte_pipe.h"

#include <algorithm>

namespace spillguard::scan {

Status BytePipe::write(std::string_view piece) {
  while (!piece.empty()) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || buffer_.size() - taken_ < capacity_; });
    if (closed_) return fail(Code::kCancelled, "nobody reads the bytes any more");
    buffer_.erase(0, taken_);
    taken_ = 0;
    const std::string_view now = piece.substr(0, capacity_ - buffer_.size());
    buffer_ += now;
    piece.remove_prefix(now.size());
    lock.unlock();
    changed_.notify_all();
  }
  return {};
}

void BytePipe::finish(Status how) {
  {
    const std::lock_guard lock(mutex_);
    end_ = std::move(how);
  }
  changed_.notify_all();
}

Result<size_t> BytePipe::read(std::span<char> out) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return end_ || taken_ < buffer_.size(); });
  // An error is told at once: what came before it is worth nothing.
  if (end_ && !*end_) return fail(end_->error());
  const size_t count = std::min(out.size(), buffer_.size() - taken_);
  std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(taken_), count, out.begin());
  taken_ += count;
  lock.unlock();
  changed_.notify_all();
  return count;
}

void BytePipe::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

bool BytePipe::closed() {
  const std::lock_guard lock(mutex_);
  return closed_;
}

}  // namespace spillguard::scan
