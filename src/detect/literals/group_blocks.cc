#include "detect/literals/group_blocks.h"

#include <algorithm>

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
  for (size_t size = kSize; size > 0; --size) {
    for (size_t i = 0; i < groups.size(); ++i) {
      SG_CHECK(!groups[i].empty() && groups[i].size() <= kSize);
      if (groups[i].size() == size) block_of_[i] = put(groups[i]);
    }
  }
}

uint32_t GroupBlocks::put(const std::vector<uint32_t>& group) {
  const uint32_t number = block_for(group);
  Block& block = blocks_[number];
  const auto free = std::find(block.begin(), block.end(), kNobody);
  std::copy(group.begin(), group.end(), free);
  with_room_[static_cast<size_t>(block.end() - free) - group.size()].push_back(number);
  return number;
}

// A block that has room for the group, and nobody of it.
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
