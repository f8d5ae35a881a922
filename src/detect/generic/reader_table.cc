// Tables: cells between tabs (what the readers of markup give) or pipes (Markdown and wiki markup
// as it stands), and columns aligned with blanks.
#include <array>

#include "detect/generic/byte_set.h"
#include "detect/generic/characters.h"
#include "detect/generic/keywords.h"
#include "detect/generic/reader_parts.h"
#include "detect/generic/value_forms.h"

namespace spillguard::detect::generic {
namespace {

constexpr size_t kMaxBeside = 6;    // values in the row of a name
constexpr size_t kMaxRows = 24;     // below a header
constexpr size_t kMaxColumns = 24;  // before the one of the name
constexpr size_t kMaxHeaders = 6;   // names of one line that are read as headers

bool divides(char c) { return c == '\t' || c == '|'; }

// A cell without the blanks and marks around its text.
Span trimmed(std::string_view text, Span cell) {
  const auto edge = [](char c) { return is_blank(c) || c == '*' || c == '|'; };
  while (cell.begin < cell.end && edge(text[cell.begin])) ++cell.begin;
  while (cell.end > cell.begin && edge(text[cell.end - 1])) --cell.end;
  return cell;
}

// The begin of the cell that the offset is in, and the dividers of its line before it.
struct Column {
  size_t begin = 0;
  size_t number = 0;
  char divider = '\0';
};
std::optional<Column> column_of(std::string_view text, size_t offset) {
  Column column{.begin = offset};
  // A line's end may stand one byte further away than anything else.
  const size_t first = offset - std::min(offset, kReach + 1);
  bool in_cell = true;
  for (size_t p = offset;;) {
    p = find_cell_begin(text, first, p);
    if (in_cell) column.begin = p;
    const bool near = offset - p <= kReach;
    if (p == 0) return column;
    const char c = text[p - 1];
    if (is_line_end(c)) return column;
    if (!near) return std::nullopt;
    if (in_cell) column.divider = c;
    in_cell = false;
    // "||" is one divider of headers.
    if (c != '|' || p < 2 || text[p - 2] != '|') ++column.number;
    --p;
    if (column.number > kMaxColumns && p > 0 && !is_line_end(text[p - 1])) return std::nullopt;
  }
}

size_t cell_end(std::string_view text, size_t from, char divider) {
  const size_t last = std::min(text.size(), from + kMaxValue);
  if (from >= last) return from;
  from = find_cell_end(text, from, last);
  while (from < last && text[from] != divider && !is_line_end(text[from])) {
    from = find_cell_end(text, from + 1, last);
  }
  return from;
}

// Whether a cell holds several words, and no quotes where a value in them would begin.
bool is_words(std::string_view text, Span cell) {
  constexpr size_t kPrefix = 2;  // of a literal in quotes
  const std::string_view bytes = text.substr(cell.begin, cell.size());
  for (size_t i = 0; i <= kPrefix && i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (is_kind(c, kQuoteKind | kWideKind) || c == '{' || c == '&' || c == '\\') return false;
  }
  return bytes.find(' ') != std::string_view::npos;
}

// A cell's text as a value: one word, or what stands in quotes.
std::optional<Value> value_of_cell(std::string_view text, Span cell) {
  cell = trimmed(text, cell);
  if (cell.size() < kMinValue || is_words(text, cell)) return std::nullopt;
  auto value = value_at(text.substr(0, cell.end), cell.begin);
  if (!value) return std::nullopt;
  if (value->quote == '\0') {
    // The whole cell, punctuation and all; more than one word is no value.
    for (size_t p = cell.begin; p < cell.end; ++p) {
      if (is_blank(text[p])) return std::nullopt;
    }
    value->span = cell;
  }
  // Backticks are Markdown's mark of code, and no quotes of a program.
  if (value->quote == '`') value->quote = '\0';
  return value;
}

// A user and a value in one cell.
bool read_pair_in(const Place& place, Span cell) {
  const Span inner = trimmed(place.text, cell);
  if (inner.size() <= kMinValue) return false;
  const Place inside{.text = place.text.substr(0, inner.end), .name = place.name, .out = place.out};
  return read_pair(inside, inner.begin, Setting::kTable);
}

// Whether a row has a title for users besides the one at `own`.
bool has_user_column(std::string_view text, Span row, size_t own, char divider) {
  for (size_t i = 0, p = row.begin; i < kMaxColumns && p < row.end; ++i) {
    const size_t end = std::min(cell_end(text, p, divider), row.end);
    const bool self = p <= own && own < end;
    if (!self && says_user(text.substr(p, end - p))) return true;
    p = end + 1;
  }
  return false;
}

// Whether the row above is one of a user: "| Login | bob |".
bool has_user_above(std::string_view text, size_t row, char divider) {
  if (row < 2 || !is_line_end(text[row - 1])) return false;
  size_t end = row - 1;
  if (text[end] == '\n' && text[end - 1] == '\r') --end;
  const size_t begin = find_line_begin(text, end - std::min(end, kReach), end);
  const size_t cell = divider == '|' ? skip_blanks(text, begin) : begin;
  const size_t title = divider == '|' && at(text, cell) == '|' ? cell + 1 : cell;
  const size_t stop = cell_end(text, title + (at(text, title) == '|' ? 1 : 0), divider);
  return stop < end && at(text, stop) == divider && says_user(text.substr(title, stop - title));
}

// The cell of a number in the row at `from`; empty when the row ends before it.
Span cell_of(std::string_view text, size_t from, size_t number, char divider) {
  const size_t last = std::min(text.size(), from + kReach * 2);
  size_t p = from;
  for (size_t seen = 0; seen < number; ++p) {
    if (p >= last || is_line_end(text[p])) return {p, p};
    if (text[p] == divider && (divider != '|' || at(text, p + 1) != '|')) ++seen;
  }
  return {p, cell_end(text, p, divider)};
}

// Whether a line of pipes is a row: one begins it. Others are code and shell.
bool begins_with_pipe(std::string_view text, size_t offset) {
  const Span line = line_around(text, offset);
  return at(text, skip_blanks(text, line.begin)) == '|';
}

// Names before this one on its line: a line of many names is read a few times only.
bool too_many_headers(const Column& column, char divider) {
  return divider == '\0' || column.number > kMaxHeaders * 4;
}

// Whether a line is one field behind a tab: lines of code below each other are no table.
bool is_indented(std::string_view text, size_t line_begin) {
  return at(text, line_begin) == '\t' &&
         is_line_end(at(text, cell_end(text, line_begin + 1, '\t')));
}

void read_rows(const Place& place, const Column& column, char divider, size_t row, bool account) {
  const std::string_view text = place.text;
  const bool indented =
      divider == '\t' && is_indented(text, line_around(text, place.name.key.begin).begin);
  const std::string_view title(text.data() + place.name.key.begin, place.name.key.size());
  const size_t limit = std::min(text.size(), row + 4096);
  for (size_t i = 0; i < kMaxRows && row < limit; ++i) {
    size_t next = row;
    bool divided = column.number == 0 && i == 0;
    if (!divided) {
      next = find_cell_end(text, row, limit);
      while (next < limit && text[next] != divider && !is_line_end(text[next])) {
        next = find_cell_end(text, next + 1, limit);
      }
      divided = next < limit && text[next] == divider;
      if (!divided) return;
    }
    if (indented && is_indented(text, row)) return;
    next = find_line_end(text, next, limit);
    const Span cell = cell_of(text, row, column.number, divider);
    // Another table begins.
    const Span inner = trimmed(text, cell);
    if (same_word(text.substr(inner.begin, inner.size()), title)) return;
    if (place.name.pair || place.name.noun == Noun::kCredential) {
      if (read_pair_in(place, cell)) {
        row = next + 1;
        continue;
      }
    }
    // A column of logins holds users.
    const auto value = only_pairs(place) ? std::nullopt : value_of_cell(text, cell);
    if (value) place.offer_placed(*value, Setting::kTable, place.name.noun, account);
    if (next + 1 < text.size() && text[next] == '\r' && text[next + 1] == '\n') ++next;
    row = next + 1;
  }
}

// Whether a value is as a commit's name is.
bool is_of_commit(std::string_view text, Span value) {
  constexpr size_t kSha1 = 40;  // digits
  const std::string_view bytes = text.substr(value.begin, value.size());
  return bytes.size() == kSha1 && all_of_text(bytes, is_hex);
}

// The cells beside a name that begins its row: values of one or of several columns. True when one
// looks like a value, so that the row is no header.
bool read_beside(const Place& place, Column column, char divider, size_t next) {
  const std::string_view text = place.text;
  const Span line = line_around(text, place.name.key.begin);
  const bool pairs = place.name.pair || place.name.noun == Noun::kCredential;
  const bool first = column.number == (divider == '|' ? 1U : 0U);
  // "Wrong password gives 500" is a title of something else, a change perhaps.
  const bool more = trimmed(text, {place.name.key.end, next - 1}).size() > 0;
  bool found = false;
  for (size_t i = 0; i < kMaxBeside && (i == 0 || first); ++i) {
    if (divider == '|' && at(text, next) == '|') ++next;
    const Span cell{next, cell_end(text, next, divider)};
    const bool pair = i == 0 && pairs && read_pair_in(place, cell);
    if (const auto value = pair || only_pairs(place) ? std::nullopt : value_of_cell(text, cell)) {
      const bool unlike = unlike_words(text.substr(value->span.begin, value->span.size()));
      const bool account = first && unlike && has_user_above(text, line.begin, divider);
      if (!(more && is_of_commit(text, value->span)) && (i == 0 || unlike)) {
        place.offer_placed(*value, Setting::kTable, place.name.noun, account);
      }
      found = found || unlike;
    }
    if (at(text, cell.end) != divider) break;
    next = cell.end + 1;
  }
  return found;
}

// Whether two blanks set a name off from the next column, or the last name from the one before.
bool is_set_off(std::string_view text, Span key) {
  if (at(text, key.end) == ' ') return at(text, key.end + 1) == ' ';
  return is_line_end(at(text, key.end)) && key.begin >= 2 && text[key.begin - 1] == ' ' &&
         text[key.begin - 2] == ' ';
}

// Columns made with two blanks and more: the value stands under the begin of the name's column.
bool read_aligned(const Place& place) {
  const std::string_view text = place.text;
  const size_t key_end = place.name.key.end;
  if (!is_set_off(text, place.name.key)) return false;
  const Span line = line_around(text, place.name.key.begin);
  const size_t offset = place.name.key.begin - line.begin;
  if (line.begin != 0 && !is_line_end(text[line.begin - 1])) return false;
  size_t row = line_end(text, key_end);
  for (size_t i = 0; i < 4 && row < text.size(); ++i) {
    const size_t begin = row + 1;
    row = line_end(text, begin, kReach);
    const size_t value_begin = begin + offset;
    if (value_begin >= row) break;
    if (offset != 0 && !is_blank(text[value_begin - 1])) continue;
    const auto value = bare_value(text, value_begin);
    const bool column = value && (value->end >= row || text.substr(value->end, 2) == "  " ||
                                  at(text, value->end) == '\t');
    if (column && text[value_begin] != '-' && text[value_begin] != '=') {
      place.offer(*value, Setting::kTable);
    }
  }
  return false;
}

// "no-passwords.txt" is a file, "Bearer <token>" and "${TOKEN}" are what stands in for a value.
bool is_no_title(const Place& place, Span title) {
  const Span key = place.name.key;
  const std::string_view text = place.text;
  if (place.name.tail && is_file_name(text.substr(key.begin, key.size()))) return true;
  constexpr ByteSet kOfStandIns("<${");
  return kOfStandIns.find_first(text.substr(title.begin, title.size())) != std::string_view::npos;
}

}  // namespace

bool says_user(std::string_view title) {
  for (size_t p = 0; p < title.size() && p < kMaxTitle;) {
    size_t end = p;
    while (end < title.size() && is_name_byte(title, end)) ++end;
    const std::string_view word = title.substr(p, end - p);
    // "Name" and "id" are of anything.
    if (word.size() > 2 && names_user(word) && !same_word(word, "name")) return true;
    p = end + 1;
  }
  return false;
}

bool in_sentence(std::string_view text, Span key) {
  if (!is_kind(at(text, key.end + 1), kLetterKind) || text[key.end] != ' ') return false;
  if (key.begin < 2) return false;
  const char before = text[key.begin - 1];
  const char far = text[key.begin - 2];
  const bool stands_alone =
      before == '\n' || (before == ' ' && !is_kind(far, kBlankKind | kQuoteKind | kOperatorKind) &&
                         far != '\\' && far != '=' && far != ':');
  if (!stands_alone) return false;
  // No cell of a table: the line goes on, or nothing divides it.
  const size_t last = std::min(text.size(), key.end + kMaxTitle);
  const size_t end = find_cell_end(text, key.end, last);
  if (end < last ? !is_line_end(text[end]) : last == text.size()) return false;
  if (end == last) return true;
  const size_t first = key.begin - std::min(key.begin, kReach + 1);
  const size_t begin = find_cell_begin(text, first, key.begin);
  return begin == 0 || is_line_end(text[begin - 1]);
}

bool read_table(const Place& place) {
  const std::string_view text = place.text;
  size_t p = place.name.key.end;
  const size_t last = std::min(text.size(), p + kMaxTitle);
  if (p < last) p = find_cell_end(text, p, last);
  // A sentence: most names are in one.
  const bool in_words = p < text.size() && !divides(text[p]) && !is_line_end(text[p]);
  if (in_words && !is_set_off(text, place.name.key)) return false;
  const auto column = column_of(text, place.name.key.begin);
  if (!column) return false;
  const char divider = p < text.size() && divides(text[p]) ? text[p] : column->divider;
  if (too_many_headers(*column, divider)) return read_aligned(place);
  if (in_words) return false;
  if (divider == '|' && !begins_with_pipe(text, place.name.key.begin)) return false;
  const Span title = trimmed(text, {column->begin, p});
  if (title.size() > kMaxTitle || is_no_title(place, title)) return false;
  if (p < text.size() && divides(text[p]) && read_beside(place, *column, divider, p + 1)) {
    return true;
  }
  const size_t end = line_end(text, p, kReach);
  if (end >= text.size() || !is_line_end(text[end])) return true;
  const size_t row = text[end] == '\r' && at(text, end + 1) == '\n' ? end + 2 : end + 1;
  const Span header = line_around(text, place.name.key.begin);
  const bool account = has_user_column(text, header, place.name.key.begin, divider);
  read_rows(place, *column, divider, row, account);
  return true;
}

}  // namespace spillguard::detect::generic
