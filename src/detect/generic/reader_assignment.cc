// key = value in all its forms: settings, shell, code, JSON, YAML, headers, queries.
#include <array>
#include <bit>
#include <cstdint>

#include "detect/generic/keywords.h"
#include "detect/generic/reader_parts.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace spillguard::detect::generic {

using std::string_view_literals::operator""sv;
namespace {

constexpr std::string_view kFullWidthColon = "\uFF1A";

// Words before the token in "Authorization: Bearer v".
size_t skip_scheme(std::string_view text, size_t from) {
  for (const std::string_view scheme : {"bearer"sv, "basic"sv, "token"sv, "apikey"sv, "ssws"sv,
                                        "key"sv, "jwt"sv, "digest"sv, "splunk"sv}) {
    if (!goes_on_with(text, from, scheme)) continue;
    const size_t end = from + scheme.size();
    const size_t next = skip_blanks(text, end, 4);
    if (next > end && !is_line_end(at(text, next))) return next;
  }
  return from;
}

constexpr std::array<bool, 256> kOfTypes = [] {
  std::array<bool, 256> of{};
  for (size_t i = 0; i < of.size(); ++i) of.at(i) = is_word(static_cast<char>(i));
  for (const char c : ".?<>*"sv) of.at(static_cast<size_t>(c)) = true;
  return of;
}();

// The literal behind a declared type: "password: String = \"v\"", "Password string = \"v\"".
size_t skip_type(std::string_view text, size_t from) {
  size_t p = from;
  while (p - from < 40 && kOfTypes.data()[static_cast<unsigned char>(at(text, p))]) ++p;
  if (p == from) return from;
  const size_t equals = skip_blanks(text, p, 16);
  if (at(text, equals) != '=' || equals == p || at(text, equals + 1) == '=') return from;
  const size_t value = skip_blanks(text, equals + 1, 16);
  return opens_quote(text, value) ? value : from;
}

// Ties of the literal that stands in where a setting is missing, and what ends a look for them.
constexpr std::string_view kFallbacks[] = {"|| ", "?? ", " or ", "?: ", " : "};
bool ends_fallback(char c) { return c == ';' || c == '"' || c == '\''; }

// The first offset from `from` on, and before `end`, where one of these may stand; else `end`.
size_t find_fallback(std::string_view text, size_t from, size_t end) {
#if defined(__SSE2__)
  constexpr size_t kAtOnce = 16;
  for (; from < end && text.size() - from > kAtOnce; from += kAtOnce) {
    const auto load = [&](size_t offset) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + offset));
    };
    const __m128i first = load(from);
    const __m128i second = load(from + 1);
    const auto is = [](__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
    const __m128i colons = is(second, ':');
    const __m128i bars = _mm_and_si128(is(first, '|'), is(second, '|'));
    const __m128i asks = _mm_and_si128(is(first, '?'), _mm_or_si128(is(second, '?'), colons));
    const __m128i blanks = _mm_and_si128(is(first, ' '), _mm_or_si128(is(second, 'o'), colons));
    const __m128i stops =
        _mm_or_si128(_mm_or_si128(is(first, ';'), is(first, '"')), is(first, '\''));
    const auto places = static_cast<uint32_t>(
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(bars, asks), _mm_or_si128(blanks, stops))));
    if (places != 0) return std::min(end, from + static_cast<size_t>(std::countr_zero(places)));
  }
#endif
  for (; from < end; ++from) {
    const char c = text.data()[from];
    if (c == '|' || c == '?' || c == ' ' || ends_fallback(c)) return from;
  }
  return end;
}

// process.env.PW || "v", os.getenv(…) or "v"
std::optional<Value> fallback(std::string_view text, size_t from) {
  const size_t end = line_end(text, from, 80);
  if (end < from + 4) return std::nullopt;
  for (size_t p = from; (p = find_fallback(text, p, end - 3)) < end - 3; ++p) {
    if (ends_fallback(text.data()[p])) return std::nullopt;
    const std::string_view rest = text.substr(p);
    for (const std::string_view tie : kFallbacks) {
      if (!rest.starts_with(tie)) continue;
      const size_t next = skip_blanks(text, p + tie.size(), 4);
      if (opens_quote(text, next)) return quoted_value(text, next);
    }
  }
  return std::nullopt;
}

// "cacheKey=tokens:user:0b9f": names of entries in a store go on with words between colons.
bool is_name_of_entry(std::string_view text, const Name& name, size_t from) {
  if (name.noun != Noun::kToken || name.key.begin == 0) return false;
  const char before = text[name.key.begin - 1];
  if (before != '=' && before != ':' && !is_kind(before, kQuoteKind)) return false;
  size_t p = from;
  while (is_lower(at(text, p)) || at(text, p) == '_') ++p;
  return p != from && at(text, p) == ':';
}

// {"value": "v", …}: what services answer when they are asked for their settings.
std::optional<Value> value_of_object(std::string_view text, size_t from) {
  constexpr std::string_view kValue = "\"value\"";
  if (at(text, from) != '{') return std::nullopt;
  const size_t name = skip_space(text, from + 1);
  if (!text.substr(std::min(name, text.size())).starts_with(kValue)) return std::nullopt;
  const size_t colon = skip_blanks(text, name + kValue.size(), 4);
  if (at(text, colon) != ':') return std::nullopt;
  const size_t value = skip_space(text, colon + 1);
  return opens_quote(text, value) ? quoted_value(text, value) : std::nullopt;
}

bool inside_tag(std::string_view text, size_t offset) {
  constexpr size_t kFar = 200;
  const size_t first = offset - std::min(offset, kFar);
  const size_t begin = find_tag_begin(text, first, offset);
  return begin > first && text[begin - 1] == '<' && is_letter(at(text, begin));
}

Setting setting_of(const Place& place, const Closers& closers, const Tie& tie) {
  if (tie.colon) return closers.quote ? Setting::kJson : Setting::kColon;
  const size_t begin = place.name.key.begin;
  if (begin > 0 && place.text[begin - 1] == '-') return Setting::kCommandLine;
  return inside_tag(place.text, begin) ? Setting::kXml : Setting::kAssignment;
}

}  // namespace

// "login" alone names the user.
bool only_pairs(const Place& place) {
  if (place.name.pair || place.name.noun != Noun::kCredential) return false;
  const char first = lower(at(place.text, place.name.keyword.begin));
  return first == 'l' || first == 'i' || first == 'z' ||
         goes_on_with(place.text, place.name.keyword.begin, "anmelde");
}

Tie tie_at(std::string_view text, size_t from) {
  const size_t p = skip_blanks(text, from);
  const char first = at(text, p);
  // The first bytes of all that ties; most names are followed by a letter.
  if (!is_kind(first, kOperatorKind)) return {};
  const char second = at(text, p + 1);
  const bool third = at(text, p + 2) == '=';
  const auto ties = [&](bool yes, size_t size) { return Tie{.end = yes ? p + size : 0}; };
  const auto compares = [&] { return Tie{.end = p + (third ? 3 : 2), .comparison = true}; };
  switch (first) {
    case '=':  // === == => =
      return second == '=' ? compares() : ties(true, second == '>' ? 2 : 1);
    case '!':  // !== !=
      return second == '=' ? compares() : Tie();
    case '<':  // <> <-
      if (second == '>') return {.end = p + 2, .comparison = true};
      return ties(second == '-', 2);
    case ':':  // ::= := :
      if (second == ':') return ties(third, 3);
      return second == '=' ? ties(true, 2) : Tie{.end = p + 1, .colon = true};
    case '-':  // ->
      return ties(second == '>', 2);
    case '+':  // +=
      return ties(second == '=', 2);
    case '?':  // ?= ??=
      return second == '?' ? ties(third, 3) : ties(second == '=', 2);
    case '|':  // ||=
      return ties(second == '|' && third, 3);
    default:
      if (!text.substr(p).starts_with(kFullWidthColon)) return {};
      return {.end = p + kFullWidthColon.size(), .colon = true};
  }
}

bool read_assignment(const Place& place, const Closers& closers) {
  const std::string_view text = place.text;
  Tie tie = tie_at(text, closers.end);
  if (tie.end == 0) return false;
  size_t p = skip_blanks(text, tie.end);
  // "**Password:** v", "*Password:* v"
  while (at(text, p) == '*' && p - tie.end < 8) {
    const size_t stars = p;
    while (at(text, p) == '*') ++p;
    // "--key=****** --node=v": masked.
    constexpr size_t kEmphasis = 3;
    if (p - stars > kEmphasis) return true;
    const size_t next = skip_blanks(text, p);
    if (next == p && stars != tie.end) {
      p = stars;  // marks around the value
      break;
    }
    p = next;
  }
  // "<b>Password:</b> v"
  if (at(text, p) == '<' && tie.colon) p = skip_tags(text, p);
  if (p >= text.size()) return true;
  const Setting setting = setting_of(place, closers, tie);
  if (is_line_end(text[p])) {
    const bool heads = place.name.pair || place.name.noun == Noun::kCredential;
    if (heads && read_talk(place)) return true;
    if (tie.colon || place.name.plain) read_next_line(place, p, true);
    return true;
  }
  if (!tie.comparison) p = skip_type(text, p);
  const bool pairs = place.name.pair || place.name.noun == Noun::kCredential;
  if (pairs && read_pair(place, p, Setting::kList)) return true;
  if (only_pairs(place)) return true;
  const bool tokens = place.name.noun == Noun::kCredential || place.name.noun == Noun::kToken;
  if (tokens) p = skip_scheme(text, p);
  if (tie.colon && p == tie.end && !closers.quote && is_name_of_entry(text, place.name, p)) {
    return true;
  }
  if (const auto inner = value_of_object(text, p)) {
    place.offer(*inner, setting);
    return true;
  }
  auto value = value_at(text, p);
  if (!value || value->quote == '\0') {
    if (const auto literal = fallback(text, p)) place.offer(*literal, setting);
  }
  if (!value) return true;
  if (tokens && value->quote != '\0') {
    value->span.begin = std::min(skip_scheme(text, value->span.begin), value->span.end);
  }
  // What is compared is a secret only as a literal.
  if (tie.comparison && value->quote == '\0') return true;
  // Digest and OAuth headers hold parameters.
  const std::string_view bytes = text.substr(value->span.begin, value->span.size());
  const bool blank = bytes.find(' ') != std::string_view::npos;
  if (place.name.noun == Noun::kCredential && blank) return true;
  place.offer(*value, setting);
  return true;
}

// In the settings of proxies, where a header's name and its value are arguments. The scheme says
// that it is one.
bool read_header(const Place& place) {
  const std::string_view text = place.text;
  if (place.name.noun != Noun::kCredential || at(text, place.name.key.end) != ' ') return false;
  const size_t quote = skip_blanks(text, place.name.key.end, 16);
  if (!is_kind(at(text, quote), kQuoteKind)) return false;
  const size_t begin = skip_scheme(text, quote + 1);
  auto value = quoted_value(text, quote);
  if (!value || begin == quote + 1 || begin >= value->span.end) return false;
  value->span.begin = begin;
  place.offer(*value, Setting::kColon);
  return true;
}

bool read_pair(const Place& place, size_t from, Setting setting) {
  const std::string_view text = place.text;
  const size_t end = line_end(text, from, 160);
  size_t p = from;
  char quote = '\0';
  if (at(text, p) == '"' || at(text, p) == '\'' || at(text, p) == '`') quote = text[p++];
  if (at(text, p) == '{' && at(text, p + 1) == '{') p += 2;
  // auth=("user", "v")
  const bool tuple = quote == '\0' && (at(text, p) == '(' || at(text, p) == '[') &&
                     (at(text, p + 1) == '"' || at(text, p + 1) == '\'');
  if (tuple) {
    quote = text[p + 1];
    p += 2;
  }
  const size_t user = p;
  while (p < end && (is_name_byte(text, p) || text[p] == '.' || text[p] == '-' || text[p] == '@' ||
                     text[p] == '\\')) {
    ++p;
  }
  if (p == user || p - user > 64) return false;
  if (at(text, p) == '"' || at(text, p) == '\'' || at(text, p) == '`' || at(text, p) == '*') ++p;
  if (at(text, p) == '}' && at(text, p + 1) == '}') p += 2;
  size_t next = skip_blanks(text, p, 8);
  bool tied = false;
  for (const std::string_view separator : {"/"sv, ":"sv, "|"sv, ","sv, "and "sv, "und "sv, "et "sv,
                                           "y "sv, "e "sv, "&"sv, "+"sv, "-> "sv, "- "sv}) {
    if (!goes_on_with(text, next, separator)) continue;
    // "http://", "10:30"
    if (separator == "/" && at(text, next + 1) == '/') return false;
    next += separator.size();
    tied = true;
    break;
  }
  if (!tied && (next == p || quote != '\0' || !place.name.pair)) return false;
  next = skip_blanks(text, next, 8);
  // "user: admin, password: v" is no pair of values.
  auto value = value_at(text, next);
  if (!value) return false;
  const char after = at(text, value->span.end);
  const bool named = value->quote == '\0' && (after == ':' || after == '=');
  if (named) return false;
  place.offer(*value, setting);
  return true;
}

}  // namespace spillguard::detect::generic
