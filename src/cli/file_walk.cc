#include "cli/file_walk.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace spillguard::cli {
namespace walking {
namespace {

namespace fs = std::filesystem;

class Walk {
 public:
  void add(const std::string& path) {
    if (path == "-") {
      out_.files.push_back({.path = "-", .shown = "<stdin>", .size = 0});
      return;
    }
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::directory) {
      folder(path);
    } else if (fs::exists(status)) {
      // Whatever was named is read, a pipe of the shell's too.
      const uint64_t size = fs::is_regular_file(status) ? fs::file_size(path, error) : 0;
      out_.files.push_back(
          {.path = path, .shown = fs::path(path).filename().string(), .size = error ? 0 : size});
    } else {
      fail(path, status.type() == fs::file_type::not_found ? std::string("no such file or folder")
                                                           : error.message());
    }
  }

  WalkResult take() && { return std::move(out_); }

 private:
  void fail(const std::string& path, std::string reason) {
    out_.left_out.push_back({.path = path, .reason = std::move(reason), .failure = true});
  }

  void folder(const std::string& root) {
    const size_t first = out_.files.size();
    std::vector<fs::path> open = {root};
    while (!open.empty()) {
      const fs::path current = std::move(open.back());
      open.pop_back();
      std::error_code error;
      fs::directory_iterator entries(current, error);
      while (!error && entries != fs::directory_iterator()) {
        entry(root, *entries, open);
        entries.increment(error);
      }
      if (error) {
        fail(current.string(), error.message());
      }
    }
    std::sort(out_.files.begin() + static_cast<std::ptrdiff_t>(first), out_.files.end(),
              [](const InputFile& a, const InputFile& b) { return a.shown < b.shown; });
  }

  void entry(const std::string& root, const fs::directory_entry& found,
             std::vector<fs::path>& open) {
    std::error_code error;
    const fs::file_status status = found.symlink_status(error);
    const std::string path = found.path().string();
    switch (status.type()) {
      case fs::file_type::directory:
        open.push_back(found.path());
        break;
      case fs::file_type::regular: {
        const uint64_t size = found.file_size(error);
        out_.files.push_back({.path = path,
                              .shown = found.path().lexically_relative(root).generic_string(),
                              .size = error ? 0 : size});
        break;
      }
      case fs::file_type::symlink:
        out_.left_out.push_back({.path = path, .reason = "symbolic link", .failure = false});
        break;
      case fs::file_type::none:
        fail(path, error.message());
        break;
      default:
        out_.left_out.push_back({.path = path, .reason = "not a regular file", .failure = false});
        break;
    }
  }

  WalkResult out_;
};

}  // namespace
}  // namespace walking

WalkResult walk(const std::vector<std::string>& paths) {
  walking::Walk walk;
  for (const std::string& path : paths) {
    walk.add(path);
  }
  WalkResult result = std::move(walk).take();
  std::stable_sort(result.left_out.begin(), result.left_out.end(),
                   [](const LeftOut& a, const LeftOut& b) { return a.path < b.path; });
  return result;
}

}  // namespace spillguard::cli
