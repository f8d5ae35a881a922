#include "cli/file_walk.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "cli/ignore_list.h"

namespace spillguard::cli {
namespace walking {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMostIgnoreBytes = UINT64_C(1) << 20U;

class Walk {
 public:
  explicit Walk(const IgnoreOptions& ignore) : ignore_(ignore) {}

  // Reads the ignore files of the command line, for all folders.
  Status prepare() {
    for (const std::string& file : ignore_.files) {
      SG_ASSIGN(std::string text, read_file(file, kMostIgnoreBytes));
      SG_TRY(IgnoreList().add(file, text));
      texts_.push_back(std::move(text));
    }
    return {};
  }

  Status add(const std::string& path) {
    if (path == "-") {
      out_.files.push_back({.path = "-", .shown = "<stdin>", .size = 0});
      return {};
    }
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::directory) {
      return folder(path);
    } else if (fs::exists(status)) {
      // Whatever was named is read, a pipe of the shell's too.
      const uint64_t size = fs::is_regular_file(status) ? fs::file_size(path, error) : 0;
      out_.files.push_back(
          {.path = path, .shown = fs::path(path).filename().string(), .size = error ? 0 : size});
    } else {
      fail(path, status.type() == fs::file_type::not_found ? std::string("no such file or folder")
                                                           : error.message());
    }
    return {};
  }

  WalkResult take() && { return std::move(out_); }

 private:
  void fail(const std::string& path, std::string reason) {
    out_.left_out.push_back({.path = path, .reason = std::move(reason), .failure = true});
  }

  // The folder's own file first: what the command line says is said last, and decides.
  Result<IgnoreList> ignore_list(const std::string& root) {
    IgnoreList list;
    const std::string own = (fs::path(root) / kIgnoreFileName).string();
    std::error_code error;
    if (ignore_.folder_files && fs::is_regular_file(own, error)) {
      SG_ASSIGN(const std::string text, read_file(own, kMostIgnoreBytes));
      SG_TRY(list.add(own, text));
    }
    for (size_t i = 0; i < texts_.size(); ++i) {
      SG_TRY(list.add(ignore_.files[i], texts_[i]));
    }
    return list;
  }

  Status folder(const std::string& root) {
    SG_ASSIGN(list_, ignore_list(root));
    ignored_ = 0;
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
    // Its own ignore file is nothing that one wants to scan.
    if (ignored_ != 0 &&
        std::all_of(out_.files.begin() + static_cast<std::ptrdiff_t>(first), out_.files.end(),
                    [](const InputFile& file) { return file.shown == kIgnoreFileName; })) {
      out_.warnings.push_back("the ignore files leave nothing of " + root +
                              " to scan; --no-ignore, without --ignore-file, scans it all");
    }
    return {};
  }

  bool ignored(const fs::path& path, const std::string& shown, bool folder) {
    if (list_.empty() || !list_.ignores(shown, folder)) {
      return false;
    }
    ++ignored_;
    out_.left_out.push_back(
        {.path = path.string(), .reason = folder ? "ignored folder" : "ignored", .failure = false});
    return true;
  }

  void entry(const std::string& root, const fs::directory_entry& found,
             std::vector<fs::path>& open) {
    std::error_code error;
    const fs::file_status status = found.symlink_status(error);
    const std::string path = found.path().string();
    const std::string shown = found.path().lexically_relative(root).generic_string();
    switch (status.type()) {
      case fs::file_type::directory:
        if (!ignored(found.path(), shown, true)) {
          open.push_back(found.path());
        }
        break;
      case fs::file_type::regular: {
        if (ignored(found.path(), shown, false)) {
          break;
        }
        const uint64_t size = found.file_size(error);
        out_.files.push_back({.path = path, .shown = shown, .size = error ? 0 : size});
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

  const IgnoreOptions& ignore_;
  std::vector<std::string> texts_;  // of ignore_.files
  IgnoreList list_;                 // of the folder that is walked
  uint64_t ignored_ = 0;            // of it
  WalkResult out_;
};

}  // namespace
}  // namespace walking

WalkResult walk(const std::vector<std::string>& paths) {
  // Without ignore files nothing can fail.
  return walk(paths, {.folder_files = false, .files = {}}).value();
}

Result<WalkResult> walk(const std::vector<std::string>& paths, const IgnoreOptions& ignore) {
  walking::Walk walk(ignore);
  SG_TRY(walk.prepare());
  for (const std::string& path : paths) {
    SG_TRY(walk.add(path));
  }
  WalkResult result = std::move(walk).take();
  std::stable_sort(result.left_out.begin(), result.left_out.end(),
                   [](const LeftOut& a, const LeftOut& b) { return a.path < b.path; });
  return result;
}

}  // namespace spillguard::cli
