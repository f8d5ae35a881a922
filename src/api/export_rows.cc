#include "api/export_rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/json_writer.h"
#include "base/strings.h"

namespace spillguard::api {
namespace export_rows_detail {
namespace {

constexpr unsigned kNeedsQuotes = 1;
constexpr unsigned kNotAscii = 2;

// What the bytes of a cell mean for it, eight at a time: rows are many and long.
unsigned look_at(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101U;
  constexpr uint64_t kHighs = 0x8080808080808080U;
  // A high bit where a byte is c; perhaps also in bytes above one that is.
  const auto has = [](uint64_t word, char c) {
    const uint64_t zero = word ^ (kOnes * static_cast<unsigned char>(c));
    return (zero - kOnes) & ~zero & kHighs;
  };
  uint64_t quoted = 0;
  uint64_t all = 0;
  const auto take = [&](uint64_t word) {
    quoted |= has(word, '"') | has(word, ',') | has(word, '\r') | has(word, '\n');
    all |= word;
  };
  size_t done = 0;
  uint64_t word = 0;
  for (; text.size() - done >= sizeof(word); done += sizeof(word)) {
    std::memcpy(&word, text.data() + done, sizeof(word));
    take(word);
  }
  for (; done < text.size(); ++done) take(static_cast<unsigned char>(text[done]));
  return (quoted != 0 ? kNeedsQuotes : 0) | ((all & kHighs) != 0 ? kNotAscii : 0);
}

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
        case Cell::Kind::kWord:
          out += cell.text;
          break;
        case Cell::Kind::kNumber:
          append_number(out, cell.number);
          break;
        case Cell::Kind::kFlag:
          out += cell.number != 0 ? "true" : "false";
          break;
        case Cell::Kind::kTime:
          append_iso8601(out, cell.number);
          break;
        case Cell::Kind::kNone:
          break;
      }
    }
    out += "\r\n";
    return body_.settle();
  }

 private:
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
        case Cell::Kind::kWord:
          json.word(cell.text);
          break;
        case Cell::Kind::kNumber:
          json.value(cell.number);
          break;
        case Cell::Kind::kFlag:
          json.value(cell.number != 0);
          break;
        case Cell::Kind::kTime:
          json.time(cell.number);
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
  if (buffer_.empty() || out_ == nullptr) return {};
  auto sent = out_->write(buffer_);
  buffer_.clear();
  return sent;
}

Status BufferedBody::send(std::string_view data) {
  SG_TRY(flush());
  if (out_ != nullptr) return out_->write(data);
  buffer_ += data;
  return {};
}

void append_csv_cell(std::string& out, std::string_view text) {
  using export_rows_detail::kNeedsQuotes;
  using export_rows_detail::kNotAscii;
  constexpr std::string_view kFormula = "=+-@\t\r\n";
  const unsigned seen = export_rows_detail::look_at(text);
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
