// Lines by which a file says itself that a finding in it is known and allowed:
//
//   token = "…"   # pragma: allowlist secret
//   # pragma: allowlist nextline secret
//   token = "…"
//
// The comment's style does not matter, and no comment sign is asked for: some formats have none. In
// a very long line, a pragma speaks for its neighbourhood alone.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/span.h"

namespace spillguard::cli {

// The lines of one text that carry a pragma, or follow one of the next line.
class AllowedLines {
 public:
  explicit AllowedLines(std::string_view text);
  // Bytes between a pragma and the end of a secret that it allows.
  static constexpr size_t kReach = size_t{16} * 1024;

  // Lines count from 1. A secret of several lines is allowed by its first and by its last one.
  [[nodiscard]] bool allow(uint64_t first_line, uint64_t last_line, Span secret) const;

 private:
  struct Mark {
    uint64_t line = 0;  // the one it allows
    size_t offset = 0;  // where it stands
    auto operator<=>(const Mark&) const = default;
  };
  [[nodiscard]] bool has(uint64_t line, size_t offset) const;
  std::vector<Mark> marks_;  // ascending
};

}  // namespace spillguard::cli
