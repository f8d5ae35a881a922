#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "base/strings.h"
#include "store/types.h"

namespace spillguard::store {

VersionSet VersionSet::parse(std::string_view text) {
  VersionSet set;
  // Most findings stand in one version, and downloads read millions.
  if (const auto only = parse_int(text); only && *only >= 0) {
    set.ranges_.push_back({*only, *only});
    return set;
  }
  for (const std::string_view part : split(text, ',')) {
    const size_t dash = part.find('-');
    const auto first = parse_int(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_int(part.substr(dash + 1));
    if (!first || !last || *first < 0 || *last < *first) continue;
    VersionSet one;
    one.ranges_.push_back({*first, *last});
    set.merge(one);
  }
  return set;
}

void VersionSet::add(int64_t version) {
  if (version < 0) return;
  // Versions come in ascending order nearly always.
  if (!ranges_.empty() && ranges_.back().last == version - 1) {
    ranges_.back().last = version;
    return;
  }
  if (contains(version)) return;
  VersionSet one;
  one.ranges_.push_back({version, version});
  merge(one);
}

void VersionSet::merge(const VersionSet& other) {
  if (other.ranges_.empty()) return;
  std::vector<Range> all;
  all.reserve(ranges_.size() + other.ranges_.size());
  std::merge(ranges_.begin(), ranges_.end(), other.ranges_.begin(), other.ranges_.end(),
             std::back_inserter(all),
             [](const Range& a, const Range& b) { return a.first < b.first; });
  ranges_.clear();
  for (const Range& range : all) {
    // Written so that the highest number does not overflow.
    if (!ranges_.empty() && range.first - 1 <= ranges_.back().last) {
      ranges_.back().last = std::max(ranges_.back().last, range.last);
    } else {
      ranges_.push_back(range);
    }
  }
}

bool VersionSet::contains(int64_t version) const {
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), version,
                       [](int64_t value, const Range& range) { return value < range.first; });
  return after != ranges_.begin() && std::prev(after)->last >= version;
}

int64_t VersionSet::first() const { return ranges_.empty() ? 0 : ranges_.front().first; }
int64_t VersionSet::last() const { return ranges_.empty() ? 0 : ranges_.back().last; }

std::string VersionSet::to_string() const {
  if (ranges_.size() == 1 && ranges_.front().first == ranges_.front().last) {
    return std::to_string(ranges_.front().first);
  }
  std::string out;
  for (const Range& range : ranges_) {
    if (!out.empty()) out += ',';
    out += range.first == range.last ? fmt::format("{}", range.first)
                                     : fmt::format("{}-{}", range.first, range.last);
  }
  return out;
}

}  // namespace spillguard::store
