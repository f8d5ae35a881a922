// Where the pages of lists ended that callers walk, so that the next page goes on behind the last
// one whatever was added, reviewed or moved between the two: nothing is skipped, nothing comes
// twice. Who asks for a page that follows none (or after a restart) gets it by its number.
// Thread-safe.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace spillguard::api {

class PagePositions {
 public:
  explicit PagePositions(Clock clock = now_ms) : clock_(std::move(clock)) {}

  // The id behind which the page at `start` begins. `list` names caller, list and filters.
  std::optional<int64_t> find(const std::string& list, int64_t start);
  // The page before `start` ended with the finding `last_id`.
  void remember(const std::string& list, int64_t start, int64_t last_id);

 private:
  static constexpr size_t kMost = 50'000;
  static constexpr int64_t kKeptMs = 15 * 60 * 1000;
  struct Entry {
    int64_t last_id = 0;
    TimeMs until = 0;
    std::list<std::string>::iterator used;
  };

  Clock clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
  std::list<std::string> by_use_;  // newest first
};

}  // namespace spillguard::api
