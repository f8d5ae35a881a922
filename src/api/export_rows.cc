#include "api/export_rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/json_writer.h"
#include "base/strings.h"

namespace spillguard::api {
namespace export_rows_detail {
namespace {

constexpr uint8_t kNeedsQuotes = 1;
constexpr uint8_t kNotAscii = 2;
// What each byte means for the cell that it stands in.
constexpr std::array<uint8_t, 256> kCsvBytes = [] {
  std::array<uint8_t, 256> bytes{};
  for (size_t i = 128; i < bytes.size(); ++i) bytes[i] = kNotAscii;
  for (const char c : {'"', ',', '\r', '\n'}) bytes[static_cast<unsigned char>(c)] = kNeedsQuotes;
  return bytes;
}();

void append_number(std::string& out, int64_t number) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
  out.append(digits.begin(), end);
}

class CsvRows final : public RowWriter {
 public:
  CsvRows(BufferedBody& body, std::span<const std::string_view> columns)
      : body_(body), columns_(columns) {}

  Status begin() override {
    std::string& out = body_.buffer();
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) out += ',';
      out += columns_[i];
    }
    out += "\r\n";
    return body_.settle();
  }

  Status row(std::span<const Cell> cells) override {
    std::string& out = body_.buffer();
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) out += ',';
      const Cell& cell = cells[i];
      switch (cell.kind) {
        case Cell::Kind::kText:
          append_csv_cell(out, cell.text);
          break;
        case Cell::Kind::kNumber:
          append_number(out, cell.number);
          break;
        case Cell::Kind::kFlag:
          out += cell.number != 0 ? "true" : "false";
          break;
        case Cell::Kind::kTime:
          append_time(out, cell.number);
          break;
        case Cell::Kind::kNone:
          break;
      }
    }
    out += "\r\n";
    return body_.settle();
  }

 private:
  // Findings of one scan were seen at the same time: those two are not written anew in each row.
  void append_time(std::string& out, TimeMs time) {
    const auto known = std::find_if(times_.begin(), times_.end(),
                                    [time](const auto& entry) { return entry.first == time; });
    if (known != times_.end()) {
      out += known->second;
      return;
    }
    auto& entry = times_.at(next_time_++ % times_.size());
    entry = {time, format_iso8601(time)};
    out += entry.second;
  }

  std::array<std::pair<TimeMs, std::string>, 4> times_{};
  size_t next_time_ = 0;
  BufferedBody& body_;
  std::span<const std::string_view> columns_;
};

class JsonRows final : public RowWriter {
 public:
  JsonRows(BufferedBody& body, std::span<const std::string_view> columns)
      : body_(body), columns_(columns) {}

  Status begin() override { return {}; }

  Status row(std::span<const Cell> cells) override {
    JsonWriter json(body_.buffer());
    json.begin_object();
    for (size_t i = 0; i < cells.size(); ++i) {
      const Cell& cell = cells[i];
      json.key(columns_[i]);
      switch (cell.kind) {
        case Cell::Kind::kText:
          json.value(cell.text);
          break;
        case Cell::Kind::kNumber:
          json.value(cell.number);
          break;
        case Cell::Kind::kFlag:
          json.value(cell.number != 0);
          break;
        case Cell::Kind::kTime:
          json.value(format_iso8601(cell.number));
          break;
        case Cell::Kind::kNone:
          json.null();
          break;
      }
    }
    json.end_object();
    body_.buffer() += '\n';
    return body_.settle();
  }

 private:
  BufferedBody& body_;
  std::span<const std::string_view> columns_;
};

}  // namespace
}  // namespace export_rows_detail

Status BufferedBody::flush() {
  if (buffer_.empty()) return {};
  auto sent = out_.write(buffer_);
  buffer_.clear();
  return sent;
}

void append_csv_cell(std::string& out, std::string_view text) {
  using export_rows_detail::kCsvBytes;
  using export_rows_detail::kNeedsQuotes;
  using export_rows_detail::kNotAscii;
  constexpr std::string_view kFormula = "=+-@\t\r\n";
  // One look at each byte: rows are many and long.
  unsigned seen = 0;
  for (const char c : text) seen |= kCsvBytes.at(static_cast<unsigned char>(c));
  std::string valid;
  if ((seen & kNotAscii) != 0 && !is_valid_utf8(text)) {
    valid = to_valid_utf8(text);
    text = valid;
  }
  const bool guarded = !text.empty() && kFormula.find(text.front()) != std::string_view::npos;
  if ((seen & kNeedsQuotes) == 0) {
    if (guarded) out += '\'';
    out += text;
    return;
  }
  out += '"';
  if (guarded) out += '\'';
  for (size_t quote = text.find('"'); quote != std::string_view::npos; quote = text.find('"')) {
    out += text.substr(0, quote + 1);
    out += '"';
    text.remove_prefix(quote + 1);
  }
  out += text;
  out += '"';
}

std::unique_ptr<RowWriter> make_csv_rows(BufferedBody& body,
                                         std::span<const std::string_view> columns) {
  return std::make_unique<export_rows_detail::CsvRows>(body, columns);
}

std::unique_ptr<RowWriter> make_json_rows(BufferedBody& body,
                                          std::span<const std::string_view> columns) {
  return std::make_unique<export_rows_detail::JsonRows>(body, columns);
}

}  // namespace spillguard::api
