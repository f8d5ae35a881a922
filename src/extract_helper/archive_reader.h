// Archives and packed files by libarchive, from memory.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "extract_helper/reading.h"

namespace spillguard::extract {

struct ArchiveEntry {
  std::string path;  // as the archive says it: never used as one
  bool is_folder = false;
  bool is_link = false;
  std::string link;
  bool encrypted = false;
  std::string bytes;  // up to the limit of one file
  Verdict verdict;    // kRead: all of it is there
  uint64_t told_bytes = 0;
};

enum class ArchiveKind { kFiles, kPacked };

// Calls `each` for every entry in order until it says false. What the bytes cost is counted.
Verdict for_each_entry(Reading& reading, std::string_view bytes, ArchiveKind kind,
                       const std::function<bool(ArchiveEntry&)>& each);

}  // namespace spillguard::extract
