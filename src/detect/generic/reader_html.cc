// Cells and marks of HTML in texts that are no HTML as a whole: a mail's source, a page pasted into
// a ticket. What is HTML as a whole comes to the readers without its tags.
#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {
namespace {

constexpr size_t kMaxTag = 160;       // bytes
constexpr size_t kMaxTags = 6;        // one after the other
constexpr size_t kMaxRowBytes = 800;  // of a row of cells, with its tags
constexpr size_t kMaxTable = 2048;    // bytes below a header
constexpr size_t kMaxCells = 16;      // of a row
constexpr size_t kMaxBelow = 24;      // rows

// A tag at an offset. `name` is its first letters, in lower case.
struct Tag {
  std::string_view name;
  bool closes = false;
  size_t end = 0;  // behind its '>'; 0 when there is none
};

Tag tag_at(std::string_view text, size_t from) {
  if (at(text, from) != '<') return {};
  Tag tag;
  size_t p = from + 1;
  if (at(text, p) == '/') {
    tag.closes = true;
    ++p;
  }
  const size_t name = p;
  while (p - name < 12 && is_kind(at(text, p), kLetterKind | kDigitKind)) ++p;
  if (p == name) return {};
  tag.name = text.substr(name, p - name);
  const size_t last = std::min(text.size(), from + kMaxTag);
  for (; p < last && text[p] != '<'; ++p) {
    if (text[p] != '>') continue;
    tag.end = p + 1;
    return tag;
  }
  return {};
}

bool is_named(const Tag& tag, std::initializer_list<std::string_view> names) {
  return tag.end != 0 && std::any_of(names.begin(), names.end(), [&](std::string_view name) {
           return same_word(tag.name, name);
         });
}
bool is_cell(const Tag& tag) { return is_named(tag, {"td", "th"}); }
bool is_mark(const Tag& tag) {
  return is_named(tag, {"b", "strong", "i", "em", "u", "code", "tt", "span", "font", "p", "br",
                        "kbd", "samp", "pre", "div"});
}

// Behind blanks, line ends and tags for which `passes` is true.
template <typename Passes>
size_t skip_while(std::string_view text, size_t from, Passes passes) {
  size_t p = skip_space(text, from);
  for (size_t i = 0; i < kMaxTags; ++i) {
    const Tag tag = tag_at(text, p);
    if (tag.end == 0 || !passes(tag)) break;
    p = skip_space(text, tag.end);
  }
  return p;
}

// The text up to the next tag; empty when a line ends before it or words stand there.
std::optional<Value> text_at(std::string_view text, size_t from) {
  const size_t last = std::min(text.size(), from + kMaxValue);
  size_t end = from;
  while (end < last && text[end] != '<' && !is_gap(text[end])) ++end;
  const size_t next = skip_space(text, end);
  if (end == from || at(text, next) != '<') return std::nullopt;
  return Value{.span = {from, end}, .end = end};
}

// One cell: where its text begins, and where what follows the cell does.
struct Cell {
  size_t text = 0;
  size_t end = 0;  // 0 when there is none
};

// The cell that begins next in a row; none when the row ends before it.
Cell next_cell(std::string_view text, size_t from, size_t last) {
  for (size_t p = from; p < last; ++p) {
    if (text[p] != '<') continue;
    const Tag tag = tag_at(text, p);
    if (is_named(tag, {"tr", "table"})) return {};
    if (!is_cell(tag) || tag.closes) continue;
    return {.text = skip_while(text, tag.end, [](const Tag& t) { return is_mark(t) && !t.closes; }),
            .end = tag.end};
  }
  return {};
}

void offer_cell(const Place& place, size_t from, bool account, bool unlike) {
  const auto value = text_at(place.text, from);
  if (!value) return;
  const std::string_view bytes = place.text.substr(value->span.begin, value->span.size());
  if (unlike && !unlike_words(bytes)) return;
  place.offer_placed(*value, Setting::kTable, place.name.noun, account);
}

// The row that a name's cell is in: which of its cells, and whether another names users.
struct Row {
  size_t number = 0;
  bool account = false;
};
std::optional<Row> row_of(std::string_view text, size_t key) {
  Row row;
  const size_t first = key - std::min(key, kReach);
  for (size_t p = key; p-- > first;) {
    if (text[p] != '<') continue;
    const Tag tag = tag_at(text, p);
    if (is_named(tag, {"tr"}) && !tag.closes) {
      if (row.number == 0) return std::nullopt;  // no cell at all
      --row.number;
      return row;
    }
    if (is_cell(tag) && !tag.closes) {
      ++row.number;
      row.account = row.account || (row.number > 1 && says_user(text.substr(tag.end, kMaxTitle)));
    }
    if (row.number > kMaxCells) return std::nullopt;
  }
  return std::nullopt;
}

void read_below(const Place& place, const Row& header, size_t from) {
  const std::string_view text = place.text;
  const size_t limit = std::min(text.size(), from + kMaxTable);
  size_t p = from;
  for (size_t i = 0; i < kMaxBelow; ++i) {
    // The next row
    while (p < limit &&
           !(text[p] == '<' && lower(at(text, p + 1)) == 't' && lower(at(text, p + 2)) == 'r')) {
      if (text[p] == '<' && goes_on_with(text, p, "</table")) return;
      ++p;
    }
    if (p >= limit) return;
    p += 3;
    const size_t last = std::min(text.size(), p + kMaxRowBytes);
    size_t q = p;
    for (size_t number = 0;; ++number) {
      const Cell cell = next_cell(text, q, last);
      if (cell.end == 0) break;
      if (number == header.number) {
        offer_cell(place, cell.text, header.account, false);
        break;
      }
      q = cell.end;
    }
  }
}

// Whether the row before says who the user is: "<td>Login</td><td>bob</td>".
bool has_user_above(std::string_view text, size_t key) {
  constexpr size_t kNear = 120;
  const size_t first = key - std::min(key, kNear);
  for (size_t p = first; p < key; ++p) {
    if (text[p] != '>') continue;
    if (says_user(text.substr(p + 1, std::min(kMaxTitle, key - p - 1)))) return true;
  }
  return false;
}

void read_cells(const Place& place, size_t end) {
  const std::string_view text = place.text;
  if (only_pairs(place)) return;
  const auto row = row_of(text, place.name.key.begin);
  if (!row) return;
  const size_t last = std::min(text.size(), end + kMaxRowBytes);
  const size_t before = place.out.size();
  size_t p = end;
  if (row->number == 0) {
    const bool account = has_user_above(text, place.name.key.begin);
    for (size_t i = 0; i < 4; ++i) {
      const Cell cell = next_cell(text, p, last);
      if (cell.end == 0) break;
      offer_cell(place, cell.text, account, true);
      p = cell.end;
    }
  }
  // A row of a name and its values is no header.
  if (place.out.size() == before) read_below(place, *row, end);
}

}  // namespace

size_t skip_tags(std::string_view text, size_t from) {
  return skip_while(text, from, [](const Tag& tag) { return is_mark(tag) || is_cell(tag); });
}

bool read_html(const Place& place) {
  const std::string_view text = place.text;
  size_t p = place.name.key.end;
  p = skip_while(text, p, [](const Tag& tag) { return tag.closes && is_mark(tag); });
  if (const Tag tag = tag_at(text, p); tag.closes && is_cell(tag)) {
    read_cells(place, tag.end);
    return true;
  }
  if (p == place.name.key.end) return false;
  // <b>key</b>: v
  const Tie tie = tie_at(text, p);
  if (tie.end == 0 || tie.comparison) return false;
  const size_t begin = skip_tags(text, tie.end);
  if (const auto value = value_at(text, begin)) place.offer(*value, Setting::kXml);
  return true;
}

}  // namespace spillguard::detect::generic
