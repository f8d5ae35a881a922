// A name and its value alone on a line, with blanks or dots between them: letters of welcome, lists
// of settings.
#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {
namespace {

constexpr size_t kMaxLabelWords = 4;  // before the name and with it
constexpr size_t kMaxGap = 60;        // bytes

// Whether only a few words stand before a name on its line, and signs that lists begin with.
bool begins_label(std::string_view text, size_t key) {
  const size_t begin = line_around(text, key).begin;
  if (begin != 0 && !is_line_end(text[begin - 1])) return false;
  size_t words = 1;
  for (size_t p = begin; p < key; ++p) {
    const char c = text[p];
    if (c == ' ' && p > begin && is_name_byte(text, p - 1)) ++words;
    if (c == ' ' && p > begin + 1 && text[p - 1] == ' ' && words > 1) return false;
    const bool of_label = is_name_byte(text, p) || is_blank(c) || c == '-' || c == '*' ||
                          c == '#' || c == '+' || c == '>';
    if (!of_label) return false;
  }
  return words <= kMaxLabelWords;
}

// Where the value begins: behind two blanks or more, or dots; `from` when there is nothing of the
// kind.
size_t skip_gap(std::string_view text, size_t from) {
  constexpr size_t kLeastDots = 3;
  const size_t last = std::min(text.size(), from + kMaxGap);
  size_t p = skip_blanks(text, from, 4);
  const size_t dots = p;
  while (p < last && text[p] == '.') ++p;
  if (p != dots) {
    return p - dots >= kLeastDots && is_blank(at(text, p)) ? skip_blanks(text, p) : from;
  }
  p = skip_blanks(text, from, kMaxGap);
  return p >= from + 2 ? p : from;
}

}  // namespace

bool read_label(const Place& place, const Closers& closers) {
  const std::string_view text = place.text;
  const char next = at(text, closers.end);
  if (next != ' ' && next != '.') return false;
  const char second = at(text, closers.end + 1);
  if (second != ' ' && second != '.') return false;
  const size_t begin = skip_gap(text, closers.end);
  if (begin == closers.end || place.name.noun == Noun::kCredential) return false;
  const auto value = value_at(text, begin);
  if (!value || !is_line_end(at(text, skip_blanks(text, value->end)))) return false;
  if (!unlike_words(text.substr(value->span.begin, value->span.size()))) return false;
  if (!begins_label(text, place.name.key.begin)) return false;
  place.offer(*value, Setting::kList);
  return true;
}

}  // namespace spillguard::detect::generic
