#include "regex/follow.h"

#include <algorithm>
#include <utility>

#include "regex/syntax.h"

namespace spillguard::regex {
namespace {

using Item = Shape::Item;
using Branch = Shape::Branch;

// How far a scan for a byte that must come may go, for every hit of an anchor.
constexpr uint32_t kMaxUntil = 600;
// Members of `until`, at most: a byte of many kinds comes soon in any text.
constexpr size_t kMaxUntilBytes = 4;
// A run is told apart from prose by its length.
constexpr uint32_t kMinRun = 15;
constexpr uint32_t kMaxRun = 64;
constexpr uint32_t kMaxRunReach = 400;

// A place in a branch: `count` bytes of the item were taken.
using Place = std::pair<size_t, uint32_t>;

// Adds the place and those that are reached from it without a byte. False when the branch may end
// there, or anything may come.
bool reach(const Branch& branch, Place place, std::vector<Place>& places) {
  while (true) {
    if (place.first >= branch.size()) return false;
    const Item& item = branch[place.first];
    if (item.kind == Item::Kind::kGap) return false;
    if (item.kind == Item::Kind::kSet) {
      if (place.second < item.max &&
          std::find(places.begin(), places.end(), place) == places.end()) {
        places.push_back(place);
      }
      if (place.second < item.min) return true;
    }
    place = {place.first + 1, 0};
  }
}

}  // namespace

std::vector<ByteSet> bytes_after(const Branch& branch, size_t at, size_t most) {
  std::vector<ByteSet> out;
  std::vector<Place> places;
  bool sure = reach(branch, {at, 0}, places);
  while (sure && out.size() < most) {
    ByteSet next;
    std::vector<Place> reached;
    for (const Place& place : places) {
      const Item& item = branch[place.first];
      next |= item.set;
      // Beyond the least number, all counts of an endless item are the same.
      const uint32_t count =
          item.max == kUnbounded ? std::min(place.second + 1, item.min) : place.second + 1;
      sure = reach(branch, {place.first, count}, reached) && sure;
    }
    out.push_back(next);
    places = std::move(reached);
  }
  return out;
}

void find_until(const Branch& branch, size_t at, AnchorGuard& guard) {
  ByteSet through;
  uint32_t width = 0;
  for (size_t index = at; index < branch.size(); ++index) {
    const Item& item = branch[index];
    if (item.kind == Item::Kind::kGap) return;
    if (item.kind != Item::Kind::kSet) continue;
    const bool rare = item.set.count() <= kMaxUntilBytes && (item.set & word_bytes()).none();
    if (rare && item.min > 0) {
      guard.until = item.set;
      guard.through = through;
      guard.until_within = width;
    }
    through |= item.set;
    width = add_widths(width, item.max);
    if (width > kMaxUntil) return;
  }
}

void find_run(const Branch& branch, size_t at, AnchorGuard& guard) {
  static const ByteSet kToken = word_bytes() | bytes_of("+/=.-~");
  uint32_t nearest = 0;
  uint32_t farthest = 0;
  size_t index = at;
  while (index < branch.size() && farthest <= kMaxRunReach) {
    const uint32_t from = nearest;
    const uint32_t to = farthest;
    const size_t first = index;
    ByteSet bytes;
    uint32_t length = 0;
    for (; index < branch.size(); ++index) {
      const Item& item = branch[index];
      const bool is_set = item.kind == Item::Kind::kSet;
      if (item.kind == Item::Kind::kGap || (is_set && (item.set & ~kToken).any())) break;
      if (length == 0 && is_set && item.min == 0) break;
      if (is_set) bytes |= item.set;
      if (is_set) length = add_widths(length, item.min);
      nearest = add_widths(nearest, item.min);
      farthest = add_widths(farthest, item.max);
    }
    length = std::min(length, kMaxRun);
    if (to > 0 && length >= kMinRun && length > guard.run_length) {
      guard.run = bytes;
      guard.run_length = length;
      guard.run_from = from;
      guard.run_to = to;
    }
    if (index == first) {  // no run begins here
      nearest = add_widths(nearest, branch[index].min);
      farthest = add_widths(farthest, branch[index].max);
      ++index;
    }
  }
}

}  // namespace spillguard::regex
