// Rows on their way into a download: CSV by RFC 4180, or JSON Lines. Memory is one buffer, however
// many rows there are.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "http/message.h"

namespace spillguard::api {

// One value of a row. Texts are views: they live until row() returns.
struct Cell {
  enum class Kind { kText, kWord, kNumber, kFlag, kTime, kNone };
  Kind kind = Kind::kNone;
  std::string_view text = {};
  int64_t number = 0;

  static Cell of(std::string_view text) { return {.kind = Kind::kText, .text = text}; }
  // Letters, digits, '_' and '.' alone: goes into any form as it is.
  static Cell of_word(std::string_view word) { return {.kind = Kind::kWord, .text = word}; }
  static Cell of_number(int64_t number) { return {.kind = Kind::kNumber, .number = number}; }
  static Cell of_flag(bool flag) { return {.kind = Kind::kFlag, .number = flag ? 1 : 0}; }
  // 0 = none.
  static Cell of_time(TimeMs time) {
    return time == 0 ? Cell{} : Cell{.kind = Kind::kTime, .number = time};
  }
};

// Gathers small writes into few large ones.
class BufferedBody {
 public:
  explicit BufferedBody(http::BodyWriter& out) : out_(&out) { buffer_.reserve(kFlushBytes + 4096); }
  // Goes nowhere: all of it stays in the buffer, for somebody else to send.
  BufferedBody() = default;
  // What is appended here is sent by the next settle() that finds enough of it.
  [[nodiscard]] std::string& buffer() { return buffer_; }
  Status settle() { return buffer_.size() < kFlushBytes ? Status() : flush(); }
  Status flush();
  // Behind what the buffer has, without a stay in it: for what is large already.
  Status send(std::string_view data);

 private:
  static constexpr size_t kFlushBytes = 64 * 1024;
  http::BodyWriter* out_ = nullptr;
  std::string buffer_;
};

// Writes rows that all have the cells of `columns`. Not thread-safe.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  virtual Status begin() = 0;
  virtual Status row(std::span<const Cell> cells) = 0;
};
// `columns` and `body` outlive the writer. CSV has a header line and lines that end in CR LF; a
// cell that a spreadsheet would take for a formula gets an apostrophe in front, so that text of
// other people does not run when somebody opens the file.
std::unique_ptr<RowWriter> make_csv_rows(BufferedBody& body,
                                         std::span<const std::string_view> columns);
// An object a line, with the columns' names; what is not there is null.
std::unique_ptr<RowWriter> make_json_rows(BufferedBody& body,
                                          std::span<const std::string_view> columns);

// One cell of CSV: guarded against formulas, quoted where it needs to be, valid UTF-8.
void append_csv_cell(std::string& out, std::string_view text);

}  // namespace spillguard::api
