// Files and folders, with errors that name the path.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace spillguard {

// The whole file, at most max_bytes (kTooLarge beyond).
Result<std::string> read_file(const std::string& path, uint64_t max_bytes = UINT64_C(1) << 40);

// Writes a new file beside the old one and renames it over: readers see the old or the new, whole.
Status write_file_atomically(const std::string& path, std::string_view data, unsigned mode = 0644);

Status make_directories(const std::string& path, unsigned mode = 0755);

// Calls `line` for each line (without its end) of a file, which may be gzip-compressed. Stops at
// the first error that `line` returns. Memory: one line.
Status for_each_line(const std::string& path, const std::function<Status(std::string_view)>& line);

// An exclusive lock on a file, made when it is not there: one process holds it, until the lock
// object goes or the process ends, however it ends.
class FileLock {
 public:
  // kConflict when another process has it.
  static Result<FileLock> take(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace spillguard
