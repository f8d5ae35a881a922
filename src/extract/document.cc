#include "extract/document.h"

#include <algorithm>
#include <array>

namespace spillguard::extract {
namespace document {
namespace {

constexpr std::array<std::string_view, kReasons> kNames = {
    "read",        "empty",       "media",      "not_wanted", "encrypted",
    "unsupported", "broken",      "no_text",    "too_large",  "too_many_entries",
    "too_deep",    "ratio",       "time",       "memory",     "tool_missing",
    "tool_failed", "helper_died", "no_sandbox", "host_failed"};

}  // namespace
}  // namespace document

std::string_view reason_name(Reason reason) {
  const auto index = static_cast<size_t>(reason);
  return index < document::kNames.size() ? document::kNames[index] : "unknown";
}

bool is_failure(Reason reason) {
  return reason != Reason::kRead && reason != Reason::kEmpty && reason != Reason::kMedia &&
         reason != Reason::kNotWanted;
}

std::string join_location(std::string_view outer, std::string_view inner) {
  std::string location(outer);
  if (!outer.empty() && !inner.empty()) {
    location += kWithin;
  }
  location += inner;
  return location;
}

std::string location_at(const Part& part, uint64_t offset) {
  const auto after =
      std::upper_bound(part.marks.begin(), part.marks.end(), offset,
                       [](uint64_t place, const Mark& mark) { return place < mark.offset; });
  return after == part.marks.begin() ? part.location
                                     : join_location(part.location, std::prev(after)->label);
}

}  // namespace spillguard::extract
