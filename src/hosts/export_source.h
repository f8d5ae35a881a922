// The bytes of an export's XML: a file, or entities.xml inside a zip, which is never unpacked to
// disk. One object per pass.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/error.h"

namespace spillguard::hosts {

class ExportSource {
 public:
  virtual ~ExportSource() = default;
  // Up to `size` bytes; 0 = that was all. kCorrupt for a zip that is broken.
  virtual Result<size_t> read(char* buffer, size_t size) = 0;
};

[[nodiscard]] bool is_zip(const std::string& path);
// kNotFound when the file can not be opened, or the zip has no entities.xml; kUnsupported when it
// is a zip and libarchive is not installed.
Result<std::unique_ptr<ExportSource>> open_export(const std::string& path);

}  // namespace spillguard::hosts
