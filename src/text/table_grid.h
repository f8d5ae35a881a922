// Where the cells of a table stand that spans rows and columns: so that a value stands under the
// header of its column when each row is a line.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace spillguard::text {

class TableGrid {
 public:
  void begin_table() {
    above_.fill(0);
    begun_.fill(0);
  }
  void begin_row() {
    // What this row began counts from the next one on.
    for (size_t i = 0; i < kMaxColumns; ++i) {
      if (above_.at(i) > 0) --above_.at(i);
      above_.at(i) = std::max(above_.at(i), std::exchange(begun_.at(i), uint16_t{0}));
    }
    column_ = more_columns_ = 0;
  }
  // The number of empty cells to write before a cell that begins now: those that go on from rows
  // above, and further columns of the one before.
  size_t begin_cell(size_t columns, size_t rows) {
    size_t empty = more_columns_;
    for (; column_ < kMaxColumns && above_.at(column_) > 0; ++column_) ++empty;
    columns = std::clamp<size_t>(columns, 1, kMaxColumns);
    for (size_t i = 0; i < columns && column_ < kMaxColumns; ++i, ++column_) {
      begun_.at(column_) = static_cast<uint16_t>(std::clamp<size_t>(rows, 1, kMaxRows) - 1);
    }
    more_columns_ = columns - 1;
    return empty;
  }

 private:
  static constexpr size_t kMaxColumns = 24;
  static constexpr size_t kMaxRows = 1000;
  std::array<uint16_t, kMaxColumns> above_{};  // rows, this one too, that a cell goes on for
  std::array<uint16_t, kMaxColumns> begun_{};  // the same from the next row on
  size_t column_ = 0;
  size_t more_columns_ = 0;
};

}  // namespace spillguard::text
