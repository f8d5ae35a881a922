// Which files a scan of paths means, in an order that is the same everywhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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
};

// The paths in their order, each folder's files by their relative paths, byte by byte. Symbolic
// links inside folders are not followed (one that is named on the command line is); devices, pipes
// and sockets inside folders are left out.
WalkResult walk(const std::vector<std::string>& paths);

}  // namespace spillguard::cli
