// From a file's bytes to the UTF-8 text that is scanned, and from a place in it to line and column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spillguard::cli {

// UTF-16 with a byte order mark becomes UTF-8, a mark of UTF-8 goes; all else stays as it is.
// Nothing for a binary file: one with a NUL byte in its first 8 KB.
std::optional<std::string> to_text(std::string bytes);

struct Place {
  uint64_t line = 1;
  uint64_t column = 1;  // in characters of UTF-8
};

// Finds places in one text; made when the first is asked for. Fast for ascending offsets.
class Places {
 public:
  explicit Places(std::string_view text);
  Place at(size_t offset);

 private:
  std::string_view text_;
  std::vector<size_t> line_begins_;
  size_t line_ = 0;    // of the last answer
  size_t offset_ = 0;  // of the last answer
  uint64_t column_ = 1;
};

}  // namespace spillguard::cli
