#include "api/reveal_log.h"

#include <fmt/format.h>

namespace spillguard::api {

Status RevealLog::note(db::Database& database, store::AuditEvent event, int64_t findings) {
  if (findings <= 0) return {};
  const TimeMs now = clock_();
  {
    const std::lock_guard lock(mutex_);
    // Forgetting means telling sooner, never later.
    if (entries_.size() >= kMost) {
      std::erase_if(entries_, [&](const auto& entry) {
        return entry.second.findings == 0 && now - entry.second.told >= kPauseMs;
      });
    }
    Entry& entry = entries_[fmt::format("{}\n{}\n{}", event.actor, event.address, event.entity)];
    entry.findings += findings;
    if (now - entry.told < kPauseMs) return {};
    event.details = fmt::format(R"({{"findings":{}}})", entry.findings);
    entry = {.findings = 0, .told = now};
  }
  return store::AuditLog(database).append(event);
}

}  // namespace spillguard::api
