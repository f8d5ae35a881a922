#include "base/log.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <string>

#include "base/json_writer.h"
#include "base/strings.h"
#include "base/time.h"

namespace spillguard::log {
namespace {

std::atomic<Level> g_level{Level::kInfo};
std::atomic<Level> g_override{Level::kWarn};
std::atomic<Format> g_format{Format::kText};
constexpr std::array<std::string_view, 6> kNames = {"TRACE", "DEBUG", "INFO",
                                                    "WARN",  "ERROR", "OFF"};

void append_escaped(std::string& out, std::string_view message) {
  for (const char c : message) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += '?';
    } else {
      out += c;
    }
  }
}

}  // namespace

std::optional<Level> parse_level(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (equals_ignore_case(name, kNames[i])) return static_cast<Level>(i);
  }
  return std::nullopt;
}

std::string_view level_name(Level level) { return kNames.at(static_cast<size_t>(level)); }
void set_level(Level level) { g_level = level; }
void set_format(Format format) { g_format = format; }
void set_override(Level level) { g_override = level; }
bool enabled(Level level) {
  const Level raised = g_override.load(std::memory_order_relaxed);
  return level >= g_level.load(std::memory_order_relaxed) ||
         (raised < Level::kWarn && level >= raised);
}

void write(Level level, std::string_view message) {
  if (level < Level::kWarn && level >= g_override.load(std::memory_order_relaxed)) {
    level = Level::kWarn;
  }
  std::string line;
  if (g_format.load(std::memory_order_relaxed) == Format::kJson) {
    JsonWriter json(line);
    json.begin_object();
    json.field("time", format_iso8601(now_ms()));
    json.field("level", level_name(level));
    json.field("message", message);
    json.end_object();
  } else {
    line = fmt::format("{} {:<5} ", format_iso8601(now_ms()), level_name(level));
    append_escaped(line, message);
  }
  line += '\n';
  // One write per line keeps lines of several threads whole. A full disk is nobody's to report to.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace spillguard::log
