// Lines by which a file says itself that a finding in it is known and allowed:
//
//   token = "…"   # pragma: allowlist secret
//   # pragma: allowlist nextline secret
//   token = "…"
//
// The comment's style does not matter, and no comment sign is asked for: some formats have none.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace spillguard::cli {

// The lines of one text that carry a pragma, or follow one of the next line.
class AllowedLines {
 public:
  explicit AllowedLines(std::string_view text);
  // Lines count from 1. A secret of several lines is allowed by its first and by its last one.
  [[nodiscard]] bool allow(uint64_t first_line, uint64_t last_line) const;

 private:
  [[nodiscard]] bool has(uint64_t line) const;
  std::vector<uint64_t> lines_;  // ascending
};

}  // namespace spillguard::cli
