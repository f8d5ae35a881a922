// Rows between commas, semicolons or bars, as exports have them: a header that names the column,
// and the values under it.
#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {
namespace {

constexpr size_t kMaxRow = 800;      // bytes of a row
constexpr size_t kMaxFields = 24;    // of a row
constexpr size_t kMaxRecords = 24;   // below a header
constexpr size_t kMaxBytes = 2048;   // of them
constexpr size_t kMaxNameWords = 4;  // of a header's field

// Bars too, where none begins the row.
bool separates(char c) { return c == ',' || c == ';' || c == '|'; }

// What stands to both sides of a name in a header: 0 when it is in none.
char separator_beside(std::string_view text, Span key, const Closers& closers) {
  const size_t end = closers.quote ? closers.end : key.end;
  const size_t begin = key.begin - (closers.quote && key.begin > 0 ? 1 : 0);
  const char next = at(text, end);
  const char before = begin == 0 ? '\n' : text[begin - 1];
  if (separates(next)) return before == next || is_gap(before) ? next : '\0';
  const char far = before == ' ' && begin > 1 ? text[begin - 2] : before;
  return is_line_end(next) && separates(far) ? far : '\0';
}

// One row after the other: where the field of a number stands, and how many there are.
struct Record {
  Span field;
  size_t count = 0;
  size_t end = 0;  // of the line; 0 when the row is none
};

// Where a field ends: quotes may hold separators, and quotes twice.
size_t field_end(std::string_view text, size_t from, size_t last, char separator) {
  size_t p = from;
  if (at(text, p) == '"') {
    for (++p; p < last && !is_line_end(text[p]); ++p) {
      if (text[p] != '"') continue;
      if (at(text, p + 1) != '"') break;
      ++p;
    }
  }
  while (p < last && text[p] != separator && !is_line_end(text[p])) ++p;
  return p;
}

Record record_at(std::string_view text, size_t from, size_t number, char separator) {
  const size_t last = std::min(text.size(), from + kMaxRow);
  Record record;
  for (size_t p = from; record.count < kMaxFields;) {
    const size_t end = field_end(text, p, last, separator);
    if (record.count == number) record.field = {p, end};
    ++record.count;
    if (end >= last || is_line_end(text[end])) {
      if (end < text.size() && end >= last) break;  // a long line
      record.end = std::max<size_t>(end, 1);
      break;
    }
    p = end + 1;
  }
  return record;
}

// A field without the blanks and quotes around its text.
Span bare_field(std::string_view text, Span field) {
  while (field.begin < field.end && is_blank(text[field.begin])) ++field.begin;
  while (field.end > field.begin && is_blank(text[field.end - 1])) --field.end;
  if (field.size() >= 2 && text[field.begin] == '"' && text[field.end - 1] == '"') {
    return {field.begin + 1, field.end - 1};
  }
  return field;
}

// Whether a field of a header could be a name, and not a part of a sentence or of a program.
bool is_column_name(std::string_view field) {
  size_t words = 1;
  for (size_t p = 0; p < field.size(); ++p) {
    const char c = field[p];
    if (c == ' ') ++words;
    const bool of_name = is_name_byte(field, p) || c == ' ' || c == '-' || c == '.' || c == '/' ||
                         c == '#' || c == '_';
    if (!of_name) return false;
  }
  return !field.empty() && field.size() <= kMaxTitle && words <= kMaxNameWords;
}

struct Header {
  size_t number = 0;  // of the name's field
  size_t count = 0;   // fields
  bool account = false;
};

std::optional<Header> header_of(std::string_view text, Span line, size_t key, char separator) {
  Header header;
  bool blanks = false;
  for (size_t p = line.begin; header.count < kMaxFields; ++header.count) {
    const Span field{p, field_end(text, p, line.end, separator)};
    const Span inner = bare_field(text, field);
    const std::string_view bytes = text.substr(inner.begin, inner.size());
    if (!is_column_name(bytes)) return std::nullopt;
    const bool own = field.begin <= key && key < field.end;
    if (own) header.number = header.count;
    header.account = header.account || (!own && says_user(bytes));
    blanks = blanks || (field.begin != line.begin && is_blank(text[field.begin]));
    p = field.end + 1;
    if (field.end >= line.end) break;
  }
  ++header.count;
  // "Dear Bob, the password" is a sentence.
  const size_t least = blanks && separator != '|' ? 3 : 2;
  if (header.count < least || header.count > kMaxFields) return std::nullopt;
  return header;
}

// Rows of a name and its value, and what else is known of them: "DEPLOY_TOKEN,v,true". Another row
// of as many fields stands beside.
bool read_pair_row(const Place& place, Span line, char separator) {
  const std::string_view text = place.text;
  if (place.name.key.begin != line.begin || at(text, place.name.key.end) != separator) return false;
  const Record row = record_at(text, line.begin, 1, separator);
  const Span field = bare_field(text, row.field);
  const std::string_view bytes = text.substr(field.begin, field.size());
  if (row.count < 2 || !unlike_words(bytes) || bytes.find(' ') != std::string_view::npos) {
    return false;
  }
  size_t beside = row.end;
  if (at(text, beside) == '\r') ++beside;
  const bool below = record_at(text, beside + 1, 1, separator).count == row.count;
  const bool above =
      line.begin >= 2 &&
      record_at(text, line_above(text, line.begin).begin, 1, separator).count == row.count;
  if (!below && !above) return false;
  place.offer({.span = field, .end = field.end}, Setting::kTable);
  return true;
}

}  // namespace

bool read_csv(const Place& place, const Closers& closers) {
  const std::string_view text = place.text;
  const char separator = separator_beside(text, place.name.key, closers);
  if (separator == '\0') return false;
  const Span line = line_around(text, place.name.key.begin);
  const bool whole = (line.begin == 0 || is_line_end(text[line.begin - 1])) &&
                     line.end < text.size() && is_line_end(text[line.end]);
  if (!whole) return false;
  if (read_pair_row(place, line, separator)) return true;
  const auto header = header_of(text, line, place.name.key.begin, separator);
  if (!header) return false;
  const std::string_view title = text.substr(place.name.key.begin, place.name.key.size());
  size_t row = line.end;
  for (size_t i = 0; i < kMaxRecords && row < line.end + kMaxBytes; ++i) {
    if (at(text, row) == '\r') ++row;
    if (at(text, row) == '\n') ++row;
    if (row >= text.size()) break;
    const Record record = record_at(text, row, header->number, separator);
    if (record.count != header->count || record.end == 0) return i != 0;
    const Span field = bare_field(text, record.field);
    const std::string_view bytes = text.substr(field.begin, field.size());
    if (same_word(bytes, title)) return true;  // another header
    if (bytes.size() >= kMinValue && bytes.find(' ') == std::string_view::npos) {
      place.offer_placed({.span = field, .end = field.end}, Setting::kTable, place.name.noun,
                         header->account);
    }
    row = record.end;
  }
  return true;
}

}  // namespace spillguard::detect::generic
