// A bounded buffer between a thread that is given bytes and one that asks for them: who is faster
// waits. One writer, one reader.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace spillguard::scan {

class BytePipe {
 public:
  explicit BytePipe(size_t capacity) : capacity_(capacity) {}

  // Waits for room. kCancelled when the reader wants no more.
  Status write(std::string_view piece);
  // No more comes: that was all, or an error that the reader gets in place of the end.
  void finish(Status how);

  // Waits for bytes; 0 at the end.
  Result<size_t> read(std::span<char> out);
  // The reader wants no more.
  void close();
  [[nodiscard]] bool closed();

 private:
  const size_t capacity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string buffer_;
  size_t taken_ = 0;  // of the buffer's begin
  std::optional<Status> end_;
  bool closed_ = false;
};

}  // namespace spillguard::scan
