// Which files a scan of paths means, in an order that is the same everywhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace spillguard::cli {

struct InputFile {
  std::string path;   // to open; "-" is the standard input
  std::string shown;  // relative to the folder that was named; "<stdin>"
  uint64_t size = 0;  // when it was listed
};

// A file or folder that is not scanned.
struct LeftOut {
  std::string path;
  std::string reason;
  bool failure = false;  // it should have been: unreadable, missing
};

struct WalkResult {
  std::vector<InputFile> files;
  std::vector<LeftOut> left_out;
  std::vector<std::string> warnings;  // sentences for people
};

inline constexpr const char* kIgnoreFileName = ".spillguardignore";

// What decides about the files of folders; a file that is named itself is always scanned.
struct IgnoreOptions {
  bool folder_files = true;        // a .spillguardignore in a folder that is named
  std::vector<std::string> files;  // more of them; their patterns are relative to each such folder
};

// The paths in their order, each folder's files by their relative paths, byte by byte. Symbolic
// links inside folders are not followed (one that is named on the command line is); devices, pipes
// and sockets inside folders are left out.
WalkResult walk(const std::vector<std::string>& paths);

// The same without what the ignore files leave out, which counts as left out: an ignored folder
// once, as it is not entered. Fails when an ignore file can not be read or has a bad line.
Result<WalkResult> walk(const std::vector<std::string>& paths, const IgnoreOptions& ignore);

}  // namespace spillguard::cli
