// Targets of request lines: whatever is taken must mean one thing only, and read twice the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/strings.h"
#include "http/target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto target = spillguard::http::parse_target(text);
  (void)spillguard::http::parse_query(text);
  if (!target) return 0;
  SG_CHECK(target->path.starts_with('/'));
  std::string again;
  for (const std::string& segment : target->segments) {
    SG_CHECK(!segment.empty() && segment != "." && segment != "..");
    SG_CHECK(segment.find_first_of(std::string_view("/\\;\0\r\n", 6)) == std::string::npos);
    SG_CHECK(spillguard::is_valid_utf8(segment));
    again += "/" + spillguard::percent_encode(segment);
  }
  if (again.empty()) again = "/";
  const auto second = spillguard::http::parse_target(again);
  SG_CHECK(second.has_value());
  SG_CHECK(second->path == target->path && second->segments == target->segments);
  return 0;
}
