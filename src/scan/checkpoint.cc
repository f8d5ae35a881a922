#include "scan/checkpoint.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace spillguard::scan {

Checkpoint Checkpoint::parse(std::string_view text) {
  // run LF rules LF extraction LF 0|1 LF host time LF cursor; the cursor is last because it may
  // hold anything.
  Checkpoint out;
  const auto take_line = [&text](std::string& into) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    into = text.substr(0, end);
    text.remove_prefix(end + 1);
    return true;
  };
  std::string everything;
  std::string time;
  if (!take_line(out.run) || !take_line(out.rules_version) || !take_line(out.extraction) ||
      !take_line(everything) || (everything != "0" && everything != "1") || !take_line(time)) {
    return {};
  }
  const auto host_time = parse_int(time);
  if (!host_time) return {};
  out.host_time = *host_time;
  out.everything = everything == "1";
  out.cursor = text;
  return out;
}

std::string Checkpoint::to_string() const {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", run, rules_version, extraction, everything ? 1 : 0,
                     host_time, cursor);
}

}  // namespace spillguard::scan
