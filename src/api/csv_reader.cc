#include "api/csv_reader.h"

#include <utility>

namespace spillguard::api {
namespace {

class CsvReader {
 public:
  CsvReader(std::string_view text, char separator) : text_(text), separator_(separator) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  std::vector<CsvRecord> run() {
    std::vector<CsvRecord> records;
    while (at_ < text_.size()) {
      CsvRecord record;
      record.line = line_;
      read_record(record);
      const bool blank = record.fields.size() == 1 && record.fields[0].empty() && !quoted_;
      if (!blank || !record.error.empty()) records.push_back(std::move(record));
    }
    return records;
  }

 private:
  [[nodiscard]] bool at_line_end() const { return text_[at_] == '\n' || text_[at_] == '\r'; }

  // CR, LF or both are one line end.
  void take_line_end() {
    if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
    ++at_;
    ++line_;
  }

  void read_record(CsvRecord& record) {
    quoted_ = false;
    while (true) {
      record.fields.push_back(read_field(record));
      if (at_ >= text_.size()) return;
      if (text_[at_] == separator_) {
        ++at_;
        if (at_ < text_.size()) continue;
        record.fields.emplace_back();  // a separator at the very end
        return;
      }
      take_line_end();
      return;
    }
  }

  std::string read_field(CsvRecord& record) {
    if (at_ < text_.size() && text_[at_] == '"') return read_quoted(record);
    std::string field;
    while (at_ < text_.size() && text_[at_] != separator_ && !at_line_end()) field += text_[at_++];
    return field;
  }

  std::string read_quoted(CsvRecord& record) {
    quoted_ = true;
    std::string field;
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        if (at_ >= text_.size() || text_[at_] != '"') break;
        field += '"';
        ++at_;
        continue;
      }
      if (c == '\n' || (c == '\r' && (at_ + 1 >= text_.size() || text_[at_ + 1] != '\n'))) ++line_;
      field += c;
      ++at_;
      if (at_ >= text_.size()) {
        record.error = "the quote of a field is never closed";
        return field;
      }
    }
    // What stands behind a closed quote belongs to nothing.
    if (at_ < text_.size() && text_[at_] != separator_ && !at_line_end()) {
      record.error = "there is text behind a closed quote; write a quote inside a field twice";
      while (at_ < text_.size() && text_[at_] != separator_ && !at_line_end()) ++at_;
    }
    return field;
  }

  std::string_view text_;
  char separator_;
  size_t at_ = 0;
  int64_t line_ = 1;
  bool quoted_ = false;  // the record has a field in quotes
};

}  // namespace

std::vector<CsvRecord> read_csv(std::string_view text, char separator) {
  return CsvReader(text, separator).run();
}

}  // namespace spillguard::api
