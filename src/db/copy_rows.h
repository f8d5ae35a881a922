// Rows for PostgreSQL's COPY, in its text format.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace spillguard::db {

// Values in the order of the table's columns, row by row.
class CopyRows {
 public:
  CopyRows& add(int64_t value);
  CopyRows& add(std::string_view text);
  CopyRows& add_blob(std::string_view bytes);
  void end_row();

  [[nodiscard]] int64_t rows() const { return rows_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void begin_value();

  std::string text_;
  bool first_ = true;
  int64_t rows_ = 0;
};

}  // namespace spillguard::db
