#include "detect/decode/escaped_run.h"

#include <algorithm>

#include "detect/decode/escape.h"

namespace spillguard::detect::decode {
namespace escaped_run {
namespace {

constexpr size_t kBefore = 64;    // bytes of the line in front, then to the begin of a word
constexpr size_t kBehind = 48;    // bytes behind the last escape, then to the end of a word
constexpr size_t kMaxWord = 512;  // a longer word is cut

using ReadEscape = Escape (*)(std::string_view, size_t, size_t);

struct Form {
  char lead;
  ReadEscape read;
};

Form form_of(Encoding encoding) {
  switch (encoding) {
    case Encoding::kPercent:
      return {'%', &read_percent};
    case Encoding::kBackslash:
      return {'\\', &read_backslash};
    case Encoding::kEntity:
      return {'&', &read_entity};
    default:
      return {'=', &read_quoted};
  }
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_line_end(char c) { return c == '\n' || c == '\r' || c == '\0'; }
// Whether it is one of these; nearly all bytes are told by one comparison.
bool is_gap(char c) {
  return static_cast<unsigned char>(c) <= ' ' && (is_blank(c) || is_line_end(c));
}

// Where a word begins, a little before `at` and not before `least`.
size_t edge_before(std::string_view text, size_t at, size_t least) {
  const size_t near = at - std::min(at - least, kBefore);
  const size_t far = near - std::min(near - least, kMaxWord);
  const char* const bytes = text.data();
  size_t i = at;
  while (i > near && (!is_gap(bytes[i - 1]) || is_blank(bytes[i - 1]))) --i;
  if (i > near) return i;
  while (i > far && !is_gap(bytes[i - 1])) --i;
  return i;
}

// Where one ends, a little behind `at`.
size_t edge_behind(std::string_view text, size_t at, size_t most) {
  const size_t near = at + std::min(most - at, kBehind);
  const size_t far = near + std::min(most - near, kMaxWord);
  const char* const bytes = text.data();
  size_t i = at;
  while (i < near && (!is_gap(bytes[i]) || is_blank(bytes[i]))) ++i;
  if (i < near) return i;
  while (i < far && !is_gap(bytes[i])) ++i;
  return i;
}

bool is_edge(std::string_view text, size_t at, const Span& bounds) {
  if (at <= bounds.begin || at >= bounds.end) return true;
  return is_gap(text[at - 1]) || is_gap(text[at]);
}

}  // namespace
}  // namespace escaped_run

std::optional<Encoding> encoding_of_lead(char lead) {
  switch (lead) {
    case '%':
      return Encoding::kPercent;
    case '\\':
      return Encoding::kBackslash;
    case '&':
      return Encoding::kEntity;
    case '=':
      return Encoding::kQuotedPrintable;
    default:
      return std::nullopt;
  }
}

size_t decode_escaped(std::string_view text, size_t at, size_t least, Span bounds,
                      Encoding encoding, Level& level) {
  const escaped_run::Form form = escaped_run::form_of(encoding);
  // Letters above ASCII are in addresses of every page, and alone hide nothing.
  const Escape first = form.read(text, at, bounds.end);
  if (first.size == 0 || first.length > 1) return 0;
  const size_t begin = escaped_run::edge_before(text, at, std::max(least, bounds.begin));
  size_t end = escaped_run::edge_behind(text, at + first.size, bounds.end);
  level.begin(encoding);
  size_t done = begin;
  size_t next = begin;
  while (true) {
    const size_t found = text.substr(0, end).find(form.lead, next);
    if (found == std::string_view::npos) {
      if (end < bounds.end && escaped_run::is_line_end(text[end])) break;
      // The end as the last escape sees it: it may be further on, and have further escapes.
      const size_t reach = escaped_run::edge_behind(text, done, bounds.end);
      if (reach <= end) break;
      next = end;
      end = reach;
      continue;
    }
    const Escape escape = form.read(text, found, bounds.end);
    next = found + std::max<size_t>(escape.size, 1);
    if (escape.size == 0) continue;
    level.literal(done, text.substr(done, found - done));
    level.unit({.begin = found, .end = next}, escape.text());
    done = next;
    end = std::max(end, done);
  }
  level.literal(done, text.substr(done, end - done));
  level.commit({.begin = begin, .end = end}, !escaped_run::is_edge(text, begin, bounds),
               !escaped_run::is_edge(text, end, bounds));
  return end;
}

}  // namespace spillguard::detect::decode
