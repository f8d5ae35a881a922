#include "store/coverage_codec.h"

#include <algorithm>
#include <optional>

namespace spillguard::store {
namespace {

constexpr int kMaxShift = 63;

// Seven bits a byte, least significant first; the high bit says that more follow.
void append_number(std::string& out, int64_t number) {
  auto rest = static_cast<uint64_t>(std::max<int64_t>(number, 0));
  while (rest >= 0x80) {
    out += static_cast<char>((rest & 0x7F) | 0x80);
    rest >>= 7;
  }
  out += static_cast<char>(rest);
}

std::optional<int64_t> take_number(std::string_view& rest) {
  uint64_t number = 0;
  for (int shift = 0; shift < kMaxShift; shift += 7) {
    if (rest.empty()) return std::nullopt;
    const auto byte = static_cast<uint8_t>(rest.front());
    rest.remove_prefix(1);
    number |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return static_cast<int64_t>(number);
  }
  return std::nullopt;
}

}  // namespace

void add_cells(CellSums& sums, const CellSums& more) {
  for (const auto& [id, sum] : more) {
    CellSum& cell = sums[id];
    cell.parts += sum.parts;
    cell.bytes += sum.bytes;
  }
}

void subtract_cells(CellSums& sums, const CellSums& less) {
  for (const auto& [id, sum] : less) {
    CellSum& cell = sums[id];
    cell.parts -= sum.parts;
    cell.bytes -= sum.bytes;
  }
}

std::string encode_cells(const CellSums& cells) {
  std::string out;
  for (const auto& [id, sum] : cells) {
    if (sum.parts <= 0 && sum.bytes <= 0) continue;
    append_number(out, id);
    append_number(out, sum.parts);
    append_number(out, sum.bytes);
  }
  return out;
}

Result<CellSums> decode_cells(std::string_view bytes) {
  CellSums cells;
  while (!bytes.empty()) {
    const auto id = take_number(bytes);
    const auto parts = id ? take_number(bytes) : std::nullopt;
    const auto size = parts ? take_number(bytes) : std::nullopt;
    if (!size) {
      return fail(Code::kCorrupt, "the coverage cells of an item are not in the form we write");
    }
    cells[*id] = {*parts, *size};
  }
  return cells;
}

}  // namespace spillguard::store
