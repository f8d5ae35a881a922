// Which entries of the literal index are compared together: groups of few are put into blocks that
// hold some more, so that they take less memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace spillguard::detect {

class GroupBlocks {
 public:
  static constexpr size_t kSize = 4;  // members of a block
  static constexpr uint32_t kNobody = UINT32_MAX;
  using Block = std::array<uint32_t, kSize>;

  // Groups have one member at least and kSize at the most, and none of them twice. Nor has a block,
  // though it holds several groups: who compares all of it finds nobody twice.
  explicit GroupBlocks(std::span<const std::vector<uint32_t>> groups);

  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }
  // By group, as an index into blocks().
  [[nodiscard]] const std::vector<uint32_t>& block_of() const { return block_of_; }

 private:
  uint32_t put(const std::vector<uint32_t>& group);
  uint32_t block_for(const std::vector<uint32_t>& group);

  std::vector<Block> blocks_;
  std::vector<uint32_t> block_of_;
  std::array<std::vector<uint32_t>, kSize + 1>
      with_room_;  // blocks, by how many they may still take
};

}  // namespace spillguard::detect
