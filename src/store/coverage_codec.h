// The coverage cells of one item in a few bytes: three variable-length numbers a cell, in ascending
// order of the cell's number (a row of coverage_kinds). Internal to this module.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"

namespace spillguard::store {

struct CellSum {
  int64_t parts = 0;
  int64_t bytes = 0;
  friend bool operator==(const CellSum&, const CellSum&) = default;
};

// By number of the cell. Ordered: equal sums have equal bytes.
using CellSums = std::map<int64_t, CellSum>;

void add_cells(CellSums& sums, const CellSums& more);
void subtract_cells(CellSums& sums, const CellSums& less);

// Cells that are zero are left out; negative numbers count as zero.
std::string encode_cells(const CellSums& cells);
Result<CellSums> decode_cells(std::string_view bytes);  // kCorrupt

}  // namespace spillguard::store
