#include "scan/checkpoint.h"

#include <fmt/format.h>

namespace spillguard::scan {

Checkpoint Checkpoint::parse(std::string_view text) {
  // run LF rules LF 0|1 LF cursor; the cursor is last because it may hold anything.
  Checkpoint out;
  const auto take_line = [&text](std::string& into) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    into = text.substr(0, end);
    text.remove_prefix(end + 1);
    return true;
  };
  std::string everything;
  if (!take_line(out.run) || !take_line(out.rules_version) || !take_line(everything) ||
      (everything != "0" && everything != "1")) {
    return {};
  }
  out.everything = everything == "1";
  out.cursor = text;
  return out;
}

std::string Checkpoint::to_string() const {
  return fmt::format("{}\n{}\n{}\n{}", run, rules_version, everything ? 1 : 0, cursor);
}

}  // namespace spillguard::scan
