// The log: lines on standard error, one per event, as text or JSON. Never pass a found secret; a
// Secret formats as ***. Thread-safe.
#pragma once

#include <fmt/core.h>

#include <optional>
#include <string_view>

namespace spillguard::log {

enum class Level { kTrace, kDebug, kInfo, kWarn, kError, kOff };
enum class Format { kText, kJson };

std::optional<Level> parse_level(std::string_view name);  // in any case
std::string_view level_name(Level level);

void set_level(Level level);
// Messages at this level and above are written, whatever set_level() says, and those below WARN as
// WARN: what people who read the log through a filter asked to see. kWarn changes nothing.
void set_override(Level level);
void set_format(Format format);
bool enabled(Level level);

// Writes one line; line breaks inside the message are escaped so that nobody can forge a line.
void write(Level level, std::string_view message);

template <typename... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kDebug))
    write(Level::kDebug, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kInfo)) write(Level::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kWarn)) write(Level::kWarn, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kError))
    write(Level::kError, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace spillguard::log
