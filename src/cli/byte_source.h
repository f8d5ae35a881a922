// Where a scan's bytes come from, a block at a time.
#pragma once

#include <cstddef>
#include <istream>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"

namespace spillguard::cli {

// One thread.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills the block, wholly unless the end comes; 0 at the end. Errors name the source.
  virtual Result<size_t> read(std::span<char> block) = 0;
};

// kNotFound, kPermissionDenied, kInvalidArgument for a folder.
Result<std::unique_ptr<ByteSource>> open_file(const std::string& path);
// The stream outlives it.
std::unique_ptr<ByteSource> open_stream(std::istream& in);

}  // namespace spillguard::cli
