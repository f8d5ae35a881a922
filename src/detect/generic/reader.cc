#include "detect/generic/reader.h"

#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {

void Place::offer(const Value& value, Setting setting) const { offer(value, setting, name.noun); }

void Place::offer(const Value& value, Setting setting, Noun noun) const {
  if (value.span.size() < kMinValue || value.span.overlaps(name.keyword)) return;
  const size_t distance = value.span.begin >= name.key.end   ? value.span.begin - name.key.end
                          : name.key.begin >= value.span.end ? name.key.begin - value.span.end
                                                             : 0;
  out.push_back({.keyword = name.keyword,
                 .key = name.key,
                 .value = value.span,
                 .line = line_around(text, value.span.begin),
                 .noun = noun,
                 .setting = setting,
                 .quote = value.quote,
                 .distance = static_cast<uint32_t>(distance)});
}

void Place::offer_placed(const Value& value, Setting setting, Noun noun, bool account) const {
  const size_t before = out.size();
  const bool password = noun == Noun::kPassword || noun == Noun::kPassphrase;
  const bool sure =
      account && password && unlike_words(text.substr(value.span.begin, value.span.size()));
  offer(value, sure ? Setting::kColon : setting, noun);
  if (out.size() > before && password) out.back().distance = 0;
}

Closers skip_closers(std::string_view text, size_t from) {
  Closers closers{.end = from};
  for (size_t i = 0; i < 8; ++i) {
    const char c = at(text, closers.end);
    if (!is_kind(c, kCloserKind)) break;
    if (c == '"' || c == '\'' || c == '`') {
      closers.quote = true;
    } else if (c == '\\' &&
               (at(text, closers.end + 1) == '"' || at(text, closers.end + 1) == '\'' ||
                at(text, closers.end + 1) == '\\')) {
      closers.quote = true;
    } else if (c == ']') {
      closers.bracket = true;
    } else if (c == ')') {
      closers.paren = true;
    } else if (c != '*' && c != '}') {
      if (text.substr(closers.end, 3) == "\u201D" || text.substr(closers.end, 3) == "\u201C") {
        closers.end += 2;
      } else if (text.substr(closers.end, 2) == "\u00BB") {
        closers.end += 1;
      } else if (text.substr(closers.end, 6) == "&quot;") {
        closers.end += 5;
      } else {
        break;
      }
      closers.quote = true;
    }
    ++closers.end;
  }
  return closers;
}

namespace {

// "key": without a word before it, which says nothing; the most frequent hit in data.
bool is_bare_key(std::string_view text, Span hit) {
  if (hit.size() != 3 || lower(text[hit.begin]) != 'k') return false;
  const char before = hit.begin == 0 ? '\n' : text[hit.begin - 1];
  if (is_name_byte(text, hit.begin - 1) && hit.begin != 0) return false;
  return before != ' ' && before != '-' && before != '.';
}

// Whether the anchor is one of read_phrase().
bool begins_phrase(std::string_view text, Span hit) {
  constexpr size_t kSecureString = 12;
  const char first = lower(text[hit.begin]);
  return first == 'l' || (first == 's' && hit.size() == kSecureString) ||
         (first == 'i' && hit.size() > kSecureString);
}

}  // namespace

void read_hit(std::string_view text, Span hit, bool tool, NameCache& names,
              std::vector<Candidate>& out) {
  if (tool) {
    if (read_stream(text, hit, out)) return;
    if (text[hit.end - 1] == '(') {
      read_login_call(text, hit, out);
    } else {
      read_tool(text, hit, out);
    }
    return;
  }
  if (is_bare_key(text, hit)) return;
  if (begins_phrase(text, hit) && read_phrase(text, hit, out)) return;
  const auto name = name_at(text, hit, names);
  if (!name) return;
  const Place place{.text = text, .name = *name, .out = out};
  if (in_sentence(text, name->key)) {
    read_before(place);
    if (!read_prose(place, {.end = name->key.end}) && !read_aside(place)) read_talk(place);
    return;
  }
  const Closers closers = skip_closers(text, name->key.end);
  if (read_xml(place, closers) || read_named_value(place, closers) ||
      read_assignment(place, closers) || read_csv(place, closers) || read_header(place) ||
      read_call(place, closers)) {
    return;
  }
  const bool table = read_table(place);
  read_before(place);
  if (table || read_prose(place, closers)) return;
  const size_t rest = skip_blanks(text, closers.end);
  const bool ends = is_line_end(at(text, rest)) && rest < text.size();
  if (ends ? read_next_line(place, rest, false) : read_aside(place)) return;
  read_talk(place);
}

void read_hit(std::string_view text, Span hit, bool tool, std::vector<Candidate>& out) {
  NameCache names;
  read_hit(text, hit, tool, names, out);
}

}  // namespace spillguard::detect::generic
