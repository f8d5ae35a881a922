// Points in time as milliseconds since 1970 in UTC, and the hosts' spellings of them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace spillguard {

using TimeMs = int64_t;  // milliseconds since 1970-01-01T00:00:00Z

TimeMs now_ms();         // the wall clock
int64_t monotonic_ms();  // never goes back; for durations

// Where time matters to behaviour, code takes a Clock so that tests can turn it.
using Clock = std::function<TimeMs()>;

// "2024-05-01T12:34:56.000+0000" (Jira), "…Z", "…+10:00" (Confluence), fraction optional.
// A date alone is midnight UTC. Nothing else is accepted.
std::optional<TimeMs> parse_iso8601(std::string_view text);

std::string format_iso8601(TimeMs time);             // "2024-05-01T12:34:56.000Z"
void append_iso8601(std::string& out, TimeMs time);  // the same, where millions are written
std::string format_jira_time(TimeMs time);           // "2024-05-01T12:34:56.000+0000"

}  // namespace spillguard
