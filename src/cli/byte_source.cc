#include "cli/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace spillguard::cli {
namespace byte_source {
namespace {

tl::unexpected<Error> failed(const char* what, const std::string& path, int error) {
  const Code code = error == ENOENT   ? Code::kNotFound
                    : error == EACCES ? Code::kPermissionDenied
                                      : Code::kIo;
  return fail(code, fmt::format("cannot {} {}: {}", what, path, std::strerror(error)));
}

class FileBytes final : public ByteSource {
 public:
  FileBytes(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes() override { ::close(fd_); }

  Result<size_t> read(std::span<char> block) override {
    size_t filled = 0;
    while (filled < block.size()) {
      const std::span<char> rest = block.subspan(filled);
      const ssize_t count = ::read(fd_, rest.data(), rest.size());
      if (count == 0) {
        break;
      }
      if (count > 0) {
        filled += static_cast<size_t>(count);
      } else if (errno != EINTR) {
        return failed("read", path_, errno);
      }
    }
    return filled;
  }

 private:
  int fd_;
  std::string path_;
};

class StreamBytes final : public ByteSource {
 public:
  // A stream that is tied flushes another one before it reads, here on another thread than the one
  // that writes to it.
  explicit StreamBytes(std::istream& in) : in_(in) { in_.tie(nullptr); }
  Result<size_t> read(std::span<char> block) override {
    in_.read(block.data(), static_cast<std::streamsize>(block.size()));
    if (in_.bad()) {
      return fail(Code::kIo, "the standard input can not be read");
    }
    return static_cast<size_t>(in_.gcount());
  }

 private:
  std::istream& in_;
};

}  // namespace
}  // namespace byte_source

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return byte_source::failed("open", path, errno);
  }
  std::unique_ptr<ByteSource> source = std::make_unique<byte_source::FileBytes>(fd, path);
  struct stat info{};
  if (::fstat(fd, &info) != 0) {
    return byte_source::failed("read", path, errno);
  }
  if (S_ISDIR(info.st_mode)) {
    return fail(Code::kInvalidArgument, fmt::format("cannot read {}: it is a folder", path));
  }
  return source;
}

std::unique_ptr<ByteSource> open_stream(std::istream& in) {
  return std::make_unique<byte_source::StreamBytes>(in);
}

}  // namespace spillguard::cli
