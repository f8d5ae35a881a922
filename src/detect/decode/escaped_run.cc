#include "detect/decode/escaped_run.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstdint>

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

// What ends a line, and what ends a word.
enum Ends : uint8_t { kLineEnds, kGaps };

bool is_line_end(char c) { return c == '\n' || c == '\r' || c == '\0'; }
bool is_gap(char c) { return is_line_end(c) || c == ' ' || c == '\t'; }
bool is_one(char c, Ends ends) { return ends == kGaps ? is_gap(c) : is_line_end(c); }

#if defined(__SSE2__)
constexpr size_t kVector = 16;
// A bit for each of sixteen bytes that is one.
unsigned ends_of(const char* bytes, Ends ends) {
  const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  const auto is = [&](char c) { return _mm_cmpeq_epi8(text, _mm_set1_epi8(c)); };
  __m128i found = _mm_or_si128(_mm_or_si128(is('\n'), is('\r')), is('\0'));
  if (ends == kGaps) found = _mm_or_si128(found, _mm_or_si128(is(' '), is('\t')));
  return static_cast<unsigned>(_mm_movemask_epi8(found));
}
#endif

// The first of them from `at` on, or the text's end.
size_t first_of(std::string_view text, size_t at, Ends ends) {
#if defined(__SSE2__)
  for (; text.size() - at >= kVector; at += kVector) {
    const unsigned found = ends_of(text.data() + at, ends);
    if (found != 0) return at + static_cast<size_t>(std::countr_zero(found));
  }
#endif
  while (at < text.size() && !is_one(text.data()[at], ends)) ++at;
  return at;
}

// Behind the last of them that is not before `least`, or `least`.
size_t after_last(std::string_view text, size_t least, Ends ends) {
  size_t at = text.size();
#if defined(__SSE2__)
  for (; at - least >= kVector; at -= kVector) {
    const unsigned found = ends_of(text.data() + at - kVector, ends);
    if (found != 0) return at - kVector + static_cast<size_t>(std::bit_width(found));
  }
#endif
  while (at > least && !is_one(text.data()[at - 1], ends)) --at;
  return at;
}

// Where a word begins, a little before `at` and not before `least`.
size_t edge_before(std::string_view text, size_t at, size_t least) {
  const size_t near = at - std::min(at - least, kBefore);
  const size_t far = near - std::min(near - least, kMaxWord);
  const size_t line = after_last(text.substr(0, at), near, kLineEnds);
  return line > near ? line : after_last(text.substr(0, near), far, kGaps);
}

// Where one ends, a little behind `at`.
size_t edge_behind(std::string_view text, size_t at, size_t most) {
  const size_t near = at + std::min(most - at, kBehind);
  const size_t far = near + std::min(most - near, kMaxWord);
  const size_t line = first_of(text.substr(0, near), at, kLineEnds);
  return line < near ? line : first_of(text.substr(0, far), near, kGaps);
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
