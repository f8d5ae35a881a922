// Names and values in elements and attributes.
#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {
namespace {

constexpr size_t kTagReach = 240;

// The end of the tag that the offset is in, behind its '>'; 0 when none is near.
size_t tag_end(std::string_view text, size_t from) {
  const size_t last = std::min(text.size(), from + kTagReach);
  for (size_t p = from; p < last; ++p) {
    if (text[p] == '>') return p + 1;
    if (text[p] == '<') return 0;
  }
  return 0;
}

// The text of an element up to its closing tag, without the blanks around it.
std::optional<Value> element_text(std::string_view text, size_t from) {
  size_t begin = skip_space(text, from);
  // <property name="password"><value>v</value></property>
  if (goes_on_with(text, begin, "<value>")) begin = skip_space(text, begin + 7);
  if (text.substr(begin, 9) == "<![CDATA[") begin = skip_space(text, begin + 9);
  const size_t last = std::min(text.size(), begin + kMaxValue);
  size_t end = begin;
  while (end < last && text[end] != '<' && text[end] != '\n' && text[end] != '\r') {
    if (text.substr(end, 3) == "]]>") break;
    ++end;
  }
  if (end == last) return std::nullopt;
  const size_t stop = end;
  while (end > begin && is_blank(text[end - 1])) --end;
  const size_t close = skip_space(text, stop);
  const bool closed = text.substr(close, 2) == "</" || text.substr(close, 3) == "]]>";
  if (!closed || end == begin) return std::nullopt;
  return Value{.span = {begin, end}, .quote = '\0', .end = end};
}

// Whether an element begins before the name: <key, <ns:key
bool opens_element(std::string_view text, size_t key) {
  size_t p = key;
  if (p > 0 && text[p - 1] == ':') {
    --p;
    while (p > 0 && key - p < 24 && is_word(text[p - 1])) --p;
  }
  return p > 0 && text[p - 1] == '<';
}

// The value of the attribute `value` in the rest of a tag.
std::optional<Value> value_attribute(std::string_view text, size_t from) {
  const size_t last = std::min(text.size(), from + kTagReach);
  for (size_t p = from; p < last && text[p] != '>' && text[p] != '<'; ++p) {
    if (!is_gap(at(text, p - 1)) || !goes_on_with(text, p, "value")) continue;
    size_t v = skip_blanks(text, p + 5, 4);
    if (at(text, v) != '=') continue;
    v = skip_blanks(text, v + 1, 4);
    return quoted_value(text, v);
  }
  return std::nullopt;
}

}  // namespace

bool read_xml(const Place& place, const Closers& closers) {
  const std::string_view text = place.text;
  const size_t key_end = place.name.key.end;
  const char c = at(text, key_end);
  if (opens_element(text, place.name.key.begin) && (c == '>' || is_gap(c))) {
    const size_t inside = tag_end(text, key_end);
    if (inside == 0 || at(text, inside - 2) == '/') return false;
    if (const auto value = element_text(text, inside)) place.offer(*value, Setting::kXml);
    return true;
  }
  if (c == '<' && at(text, key_end + 1) == '/') {
    if (read_html(place)) return true;
    // <name>key</name> <value>v</value>; <key>key</key> <string>v</string>
    const size_t begin = place.name.key.begin;
    if (begin == 0 || text[begin - 1] != '>') return false;
    const size_t close = tag_end(text, key_end + 2);
    if (close == 0) return false;
    const size_t open = skip_space(text, close);
    if (at(text, open) != '<' || !is_letter(at(text, open + 1))) return true;
    const size_t inside = tag_end(text, open + 1);
    if (inside == 0) return true;
    // Two elements of one name are a list.
    const size_t name = key_end + 2;
    const size_t length = close - name;  // with the '>'
    if (text.substr(name, length) == text.substr(open + 1, length)) return true;
    if (const auto value = element_text(text, inside)) place.offer(*value, Setting::kXml);
    return true;
  }
  if (!closers.quote) return false;
  // name="key" value="v" and key="key">v<
  const size_t next = skip_space(text, closers.end);
  if (goes_on_with(text, next, "value") && next > closers.end) {
    if (const auto value = value_attribute(text, closers.end + 1)) {
      place.offer(*value, Setting::kXml);
      return true;
    }
  }
  const char behind = at(text, next);
  if (behind != '>' && !is_letter(behind) && behind != '/') return false;
  const size_t key_begin = place.name.key.begin;
  if (key_begin < 3 || text[key_begin - 2] != '=') return false;
  if (const auto value = value_attribute(text, closers.end)) {
    place.offer(*value, Setting::kXml);
    return true;
  }
  const size_t inside = tag_end(text, closers.end);
  if (inside == 0 || at(text, inside - 2) == '/') return false;
  if (const auto value = element_text(text, inside)) {
    place.offer(*value, Setting::kXml);
    return true;
  }
  return false;
}

bool read_named_value(const Place& place, const Closers& closers) {
  const std::string_view text = place.text;
  // name: key, "name": "key" before it on the line
  size_t before = place.name.key.begin;
  while (before > 0 && place.name.key.begin - before < 8 &&
         (is_blank(text[before - 1]) || text[before - 1] == '"' || text[before - 1] == '\'' ||
          text[before - 1] == '\\')) {
    --before;
  }
  if (before == 0 || (text[before - 1] != ':' && text[before - 1] != '=')) return false;
  size_t word = before - 1;
  while (word > 0 &&
         (text[word - 1] == '"' || text[word - 1] == '\'' || text[word - 1] == '\\' ||
          is_blank(text[word - 1])) &&
         before - word < 6) {
    --word;
  }
  const auto ends_with = [&](std::string_view name) {
    return word >= name.size() && goes_on_with(text, word - name.size(), name);
  };
  if (!ends_with("name") && !ends_with("key") && !ends_with("id") && !ends_with("field")) {
    return false;
  }
  // then: value: v, on this line or the next
  size_t p = closers.end;
  const size_t last = std::min(text.size(), p + 120);
  while (p < last && (is_gap(text[p]) || text[p] == ',' || text[p] == '"' || text[p] == '\'' ||
                      text[p] == '\\' || text[p] == '{')) {
    if (text[p] == '\\' && at(text, p + 1) == 'n') ++p;
    ++p;
  }
  if (!goes_on_with(text, p, "value") && !goes_on_with(text, p, "default")) return false;
  p += goes_on_with(text, p, "value") ? 5 : 7;
  if (is_word(at(text, p))) return false;  // valueFrom
  const Closers more = skip_closers(text, p);
  const Tie tie = tie_at(text, more.end);
  if (tie.end == 0) return false;
  if (const auto value = value_at(text, skip_blanks(text, tie.end))) {
    place.offer(*value, more.quote ? Setting::kJson : Setting::kColon);
  }
  return true;
}

}  // namespace spillguard::detect::generic
