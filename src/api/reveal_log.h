// Who was shown found texts, for the audit log: an event when a caller first looks at a list, then
// at most one a minute for each caller and list, with the number of findings shown since the last.
// Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/time.h"
#include "store/audit.h"

namespace spillguard::api {

class RevealLog {
 public:
  explicit RevealLog(Clock clock = now_ms) : clock_(std::move(clock)) {}

  // `event` without details: they are {"findings":N}. Before the texts leave.
  Status note(db::Database& database, store::AuditEvent event, int64_t findings);

 private:
  static constexpr int64_t kPauseMs = 60'000;
  static constexpr size_t kMost = 10'000;
  struct Entry {
    int64_t findings = 0;  // shown since the last event
    TimeMs told = 0;
  };

  Clock clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace spillguard::api
