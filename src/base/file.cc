#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace spillguard {
namespace {

tl::unexpected<Error> io_error(std::string_view what, const std::string& path) {
  const int error = errno;
  const Code code = error == ENOENT   ? Code::kNotFound
                    : error == EACCES ? Code::kPermissionDenied
                                      : Code::kIo;
  return fail(code, fmt::format("cannot {} {}: {}", what, path, std::strerror(error)));
}

// Closes on scope exit.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

Result<std::string> read_file(const std::string& path, uint64_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return io_error("open", path);
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return io_error("read", path);
  if (S_ISDIR(info.st_mode)) {
    return fail(Code::kInvalidArgument, fmt::format("cannot read {}: it is a folder", path));
  }
  const auto size = static_cast<uint64_t>(std::max<off_t>(0, info.st_size));
  const auto too_large = [&] {
    return fail(Code::kTooLarge, fmt::format("{} is larger than {} bytes", path, max_bytes));
  };
  if (size > max_bytes) return too_large();
  std::string data;
  if (size > 0) data.reserve(static_cast<size_t>(size));
  std::array<char, 1 << 16> buffer{};
  while (true) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path);
    if (got == 0) return data;
    data.append(buffer.data(), static_cast<size_t>(got));
    if (data.size() > max_bytes) return too_large();
  }
}

Status write_file_atomically(const std::string& path, std::string_view data, unsigned mode) {
  std::string temporary = path + ".new.XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.get() < 0) return io_error("create", temporary);
  const auto give_up = [&](std::string_view what) {
    auto error = io_error(what, temporary);
    ::unlink(temporary.c_str());
    return error;
  };
  while (!data.empty()) {
    const ssize_t written = ::write(file.get(), data.data(), data.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return give_up("write");
    data.remove_prefix(static_cast<size_t>(written));
  }
  if (::fchmod(file.get(), mode) != 0) return give_up("set the mode of");
  if (::fsync(file.get()) != 0) return give_up("sync");
  if (::rename(temporary.c_str(), path.c_str()) != 0) return give_up("rename");
  return {};
}

Status make_directories(const std::string& path, unsigned mode) {
  std::error_code error;
  const bool created = std::filesystem::create_directories(path, error);
  if (error) return fail(Code::kIo, fmt::format("cannot create {}: {}", path, error.message()));
  if (created && ::chmod(path.c_str(), mode) != 0) return io_error("set the mode of", path);
  return {};
}

Status for_each_line(const std::string& path, const std::function<Status(std::string_view)>& line) {
  gzFile file = ::gzopen(path.c_str(), "rbe");
  if (file == nullptr) return io_error("open", path);
  ::gzbuffer(file, 1 << 17);
  std::string pending;
  std::array<char, 1 << 17> buffer{};
  Status status;
  while (status) {
    const int got = ::gzread(file, buffer.data(), buffer.size());
    if (got < 0) {
      int code = 0;
      const char* why = ::gzerror(file, &code);
      status = fail(Code::kCorrupt, fmt::format("cannot read {}: {}", path, why));
      break;
    }
    if (got == 0) break;
    size_t look_from = pending.size();  // what was there has no line end: a long line stays linear
    pending.append(buffer.data(), static_cast<size_t>(got));
    size_t start = 0;
    for (size_t end; status && (end = pending.find('\n', look_from)) != std::string::npos;
         start = look_from = end + 1) {
      status = line(std::string_view(pending).substr(start, end - start));
    }
    pending.erase(0, start);
  }
  // A compressed file that ends too early reads like a shorter one; only closing tells.
  if (::gzclose(file) == Z_BUF_ERROR && status) {
    status =
        fail(Code::kCorrupt, fmt::format("cannot read {}: the compressed file is cut off", path));
  }
  if (status && !pending.empty()) status = line(pending);
  return status;
}

Result<FileLock> FileLock::take(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return io_error("open", path);
  FileLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return io_error("lock", path);
    return fail(Code::kConflict, fmt::format("{} is locked by another process", path));
  }
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace spillguard
