// INSERT INTO users (name, password) VALUES ('bob', 'v'): the value stands in each row at the place
// of its name.
#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {
namespace {

constexpr size_t kMaxNames = 800;     // bytes of the list of columns, to either side of the name
constexpr size_t kMaxRowSize = 2000;  // bytes of a row
constexpr size_t kMaxSqlRows = 24;
constexpr size_t kMaxSqlBytes = 4096;  // of all rows

bool of_names(char c) { return is_word(c) || is_gap(c) || c == ',' || c == '$'; }
bool quotes_name(char c) { return c == '`' || c == '"' || c == '[' || c == ']' || c == '\''; }

// Where the list of columns begins, and how many stand before the name; nothing when it is none.
struct Columns {
  size_t open = 0;  // its parenthesis
  size_t before = 0;
};
std::optional<Columns> columns_before(std::string_view text, size_t key) {
  const size_t first = key - std::min(key, kMaxNames);
  Columns columns;
  for (size_t p = key; p > first;) {
    const char c = text[--p];
    if (c == '(') {
      columns.open = p;
      return columns;
    }
    if (c == ',') ++columns.before;
    if (!of_names(c) && !quotes_name(c)) return std::nullopt;
  }
  return std::nullopt;
}

// Whether "into" and a table's name stand before a parenthesis.
bool follows_into(std::string_view text, size_t open) {
  constexpr size_t kMaxTableName = 100;
  size_t p = open;
  while (p > 0 && is_gap(text[p - 1]) && open - p < 4) --p;
  const size_t table = p;
  while (p > 0 && table - p < kMaxTableName &&
         (is_word(text[p - 1]) || text[p - 1] == '.' || quotes_name(text[p - 1]))) {
    --p;
  }
  if (p == table || p < 5 || !is_gap(text[p - 1])) return false;
  return goes_on_with(text, p - 5, "into");
}

// What stands at the place of a number in the row whose parenthesis is before `from`: a literal by
// itself. `end`: behind the row's parenthesis, 0 when it has none.
struct SqlRow {
  std::optional<Value> value;
  size_t end = 0;
};
SqlRow sql_row_at(std::string_view text, size_t from, size_t number) {
  const size_t last = std::min(text.size(), from + kMaxRowSize);
  SqlRow row;
  size_t depth = 0;
  size_t place = 0;
  for (size_t p = from; p < last; ++p) {
    const char c = text[p];
    if (c == '\'' || c == '"') {
      const size_t begin = p + 1;
      for (p = begin; p < last; ++p) {
        if (text[p] == '\\' && c == '\'') {
          ++p;
        } else if (text[p] == c) {
          if (at(text, p + 1) != c) break;
          ++p;
        }
      }
      if (p >= last) return row;
      const char behind = at(text, skip_space(text, p + 1));
      if (place == number && depth == 0 && (behind == ',' || behind == ')')) {
        row.value = Value{.span = {begin, p}, .quote = c, .end = p};
      }
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      if (depth == 0) {
        row.end = p + 1;
        return row;
      }
      --depth;
    } else if (c == ',' && depth == 0) {
      ++place;
    } else if (c == ';') {
      return row;
    }
  }
  return row;
}

}  // namespace

bool read_sql_rows(const Place& place, const Closers& closers) {
  const std::string_view text = place.text;
  size_t p = closers.end;
  if (at(text, p) != ',' && at(text, p) != ')' && !closers.paren) return false;
  const auto columns = columns_before(text, place.name.key.begin);
  if (!columns || !follows_into(text, columns->open)) return false;
  if (!closers.paren) {
    const size_t last = std::min(text.size(), p + kMaxNames);
    while (p < last && (of_names(text[p]) || quotes_name(text[p]))) ++p;
    if (at(text, p) != ')') return true;
    ++p;
  }
  p = skip_space(text, p);
  if (!goes_on_with(text, p, "values")) return true;
  const std::string_view names = text.substr(columns->open, p - columns->open);
  const bool account = says_user(names.substr(0, kMaxTitle)) && place.name.noun == Noun::kPassword;
  p += std::string_view("values").size();
  const size_t first = p;
  for (size_t i = 0; i < kMaxSqlRows && p < first + kMaxSqlBytes; ++i) {
    p = skip_space(text, p);
    if (at(text, p) != '(') break;
    const SqlRow row = sql_row_at(text, p + 1, columns->before);
    if (row.value && row.value->span.size() >= kMinValue) {
      place.offer_placed(*row.value, Setting::kTable, place.name.noun, account);
    }
    if (row.end == 0) break;
    p = skip_space(text, row.end);
    if (at(text, p) != ',') break;
    ++p;
  }
  return true;
}

}  // namespace spillguard::detect::generic
