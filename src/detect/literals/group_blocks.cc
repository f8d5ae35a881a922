#include "detect/literals/group_blocks.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace spillguard::detect {
namespace group_blocks {

constexpr size_t kTries = 32;  // blocks that are looked at for a group

bool is_disjoint(const GroupBlocks::Block& block, const std::vector<uint32_t>& group) {
  return std::none_of(group.begin(), group.end(), [&](uint32_t member) {
    return std::find(block.begin(), block.end(), member) != block.end();
  });
}

}  // namespace group_blocks

// The large ones first, then small ones where they fit best.
GroupBlocks::GroupBlocks(std::span<const std::vector<uint32_t>> groups) : block_of_(groups.size()) {
  std::vector<uint32_t> order(groups.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return groups[a].size() > groups[b].size(); });
  for (const uint32_t number : order) {
    const std::vector<uint32_t>& group = groups[number];
    SG_CHECK(!group.empty() && group.size() <= kSize);
    block_of_[number] = block_for(group);
    Block& block = blocks_[block_of_[number]];
    auto* const free = std::find(block.begin(), block.end(), kNobody);
    std::copy(group.begin(), group.end(), free);
    const auto room = static_cast<size_t>(block.end() - free) - group.size();
    with_room_[room].push_back(block_of_[number]);
  }
}

uint32_t GroupBlocks::block_for(const std::vector<uint32_t>& group) {
  for (size_t room = group.size(); room < kSize; ++room) {
    std::vector<uint32_t>& some = with_room_[room];
    for (size_t i = 0; i < std::min(some.size(), group_blocks::kTries); ++i) {
      const auto place = some.end() - 1 - static_cast<std::ptrdiff_t>(i);
      const uint32_t block = *place;
      if (!group_blocks::is_disjoint(blocks_[block], group)) continue;
      some.erase(place);
      return block;
    }
  }
  blocks_.emplace_back().fill(kNobody);
  return static_cast<uint32_t>(blocks_.size() - 1);
}

}  // namespace spillguard::detect
