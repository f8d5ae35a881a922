#include "detect/generic/value.h"

#include <algorithm>
#include <array>

#include "detect/generic/bytes.h"

namespace spillguard::detect::generic {
namespace {

struct Quote {
  std::string_view open;
  std::string_view close;
  char kind;
};

// Longer ones first.
constexpr Quote kQuotes[] = {
    {"\"\"\"", "\"\"\"", '"'}, {"'''", "'''", '\''},       {"\"", "\"", '"'},
    {"'", "'", '\''},          {"``", "``", '`'},          {"`", "`", '`'},
    {"{{", "}}", '`'},         {"\u201C", "\u201D", '"'},  {"\u201E", "\u201C", '"'},
    {"\u00AB", "\u00BB", '"'}, {"\u2018", "\u2019", '\''}, {"\u201A", "\u2018", '\''},
    {"&quot;", "&quot;", '"'}, {"&#39;", "&#39;", '\''},   {"&#34;", "&#34;", '"'},
    {"\u201D", "\u201D", '"'},
};

const Quote* quote_at(std::string_view text, size_t from) {
  const char c = at(text, from);
  // Most values have none.
  if (!is_kind(c, kQuoteKind | kWideKind) && c != '{' && c != '&') return nullptr;
  const std::string_view rest = text.substr(std::min(from, text.size()));
  for (const Quote& quote : kQuotes) {
    if (rest.starts_with(quote.open)) return &quote;
  }
  return nullptr;
}

size_t count_escapes(std::string_view text, size_t from) {
  size_t count = 0;
  while (count < 8 && at(text, from + count) == '\\') ++count;
  return count;
}

// The value up to the closing bytes; a backslash before them keeps them in it.
std::optional<Value> up_to(std::string_view text, size_t begin, std::string_view close, char kind) {
  const size_t last = std::min(text.size(), begin + kMaxValue);
  for (size_t i = begin; i < last; ++i) {
    const char c = text[i];
    if (c == '\n' || c == '\r') return std::nullopt;
    if (c == close.front() && text.substr(i).starts_with(close)) {
      if (i == begin) return std::nullopt;
      // {{…}} marks code: with blanks it is a phrase or a template.
      const bool code = close == "}}";
      if (code && text.substr(begin, i - begin).find(' ') != std::string_view::npos) {
        return std::nullopt;
      }
      return Value{.span = {begin, i}, .quote = kind, .end = i + close.size()};
    }
    if (c == '\\' && close.front() != '\\') ++i;
  }
  return std::nullopt;
}

bool ends_bare(char c) {
  return is_gap(c) || c == ',' || c == ';' || c == '"' || c == '\'' || c == '`' || c == '<';
}

// What a sentence or a bracket puts behind a value.
bool trails(char c) { return c == '.' || c == ':' || c == '\\' || c == '?'; }

size_t count_byte(std::string_view text, char c) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), c));
}

size_t without_tail(std::string_view text, size_t begin, size_t end) {
  const auto unopened = [&](char open, char close) {
    const std::string_view value = text.substr(begin, end - begin);
    return count_byte(value, close) > count_byte(value, open);
  };
  while (end > begin) {
    const char c = text[end - 1];
    const bool extra = trails(c) || (c == ')' && unopened('(', ')')) ||
                       (c == ']' && unopened('[', ']')) || (c == '}' && unopened('{', '}')) ||
                       (c == '>' && unopened('<', '>'));
    if (!extra) break;
    --end;
  }
  // Markup around the whole: *v*, _v_ are left; **v** is not.
  while (end - begin > 4 && text.substr(begin, 2) == "**" && text.substr(end - 2, 2) == "**") {
    end -= 2;
  }
  return end;
}

}  // namespace

bool opens_quote(std::string_view text, size_t from) {
  return quote_at(text, from + count_escapes(text, from)) != nullptr;
}

std::optional<Value> quoted_value(std::string_view text, size_t from) {
  const size_t escapes = count_escapes(text, from);
  const Quote* quote = quote_at(text, from + escapes);
  if (quote == nullptr) return std::nullopt;
  if (escapes == 0) return up_to(text, from + quote->open.size(), quote->close, quote->kind);
  if (quote->open.size() != 1) return std::nullopt;
  const std::string_view close = text.substr(from, escapes + 1);
  return up_to(text, from + close.size(), close, quote->kind);
}

std::optional<Value> bare_value(std::string_view text, size_t from) {
  const size_t last = std::min(text.size(), from + kMaxValue);
  size_t end = from;
  bool only_name = true;  // so far
  while (end < last) {
    const char c = text.data()[end];
    const uint16_t kind = kind_of(c);
    if ((kind & kBareStopKind) == 0) {
      only_name = only_name && (kind & kBareNameKind) != 0;
      ++end;
      continue;
    }
    if (ends_bare(c)) break;
    if (c == '\\' && (at(text, end + 1) == '"' || at(text, end + 1) == '\'' ||
                      at(text, end + 1) == 'n' || at(text, end + 1) == 'r')) {
      break;  // the end of an escaped text or line
    }
    if (c == '&') {
      // A query goes on, or an entity that nobody decoded.
      size_t p = end + 1;
      while (p < last && p - end < 40 && (is_word(text[p]) || text[p] == '-' || text[p] == '.'))
        ++p;
      if (at(text, p) == '=' || (at(text, p) == ';' && p > end + 1) || at(text, p) == '&') break;
    }
    // A call, a printed object
    const bool named = only_name && end > from && !is_digit(text[from]);
    if ((c == '(' || c == '{') && named) return std::nullopt;
    only_name = false;
    if ((kind & kWideKind) != 0 && !is_wide_letter(text, end)) break;
    ++end;
  }
  if (end == last && last < text.size()) return std::nullopt;
  // realm="x": a parameter of its own
  const bool quote = at(text, end) == '"' || at(text, end) == '\'';
  if (quote && end > from && text[end - 1] == '=' && is_word(at(text, end + 1)))
    return std::nullopt;
  // "host:5432:db:user:<password>": the place of the secret is left open.
  if (at(text, end) == '<' && is_letter(at(text, end + 1)) && end > from && text[end - 1] == ':') {
    return std::nullopt;
  }
  const char first = at(text, from);
  if (first == '=' || first == '|') return std::nullopt;
  // A character that nobody decoded: "&#x2502;"
  if (first == '&' && at(text, from + 1) == '#' && at(text, end) == ';') return std::nullopt;
  size_t begin = from;
  while (begin < end && (text[begin] == '[' || text[begin] == '(') && end - begin > 2) ++begin;
  if (end - begin > 4 && text.substr(begin, 2) == "**" && text.substr(end - 2, 2) == "**") {
    begin += 2;
    end -= 2;
  }
  end = without_tail(text, begin, end);
  if (end <= begin) return std::nullopt;
  return Value{.span = {begin, end}, .end = end};
}

std::optional<Value> value_at(std::string_view text, size_t from) {
  if (opens_quote(text, from)) return quoted_value(text, from);
  // b"…", L"…", @"…", f'…', $'…'
  for (size_t prefix = 1; prefix <= 2; ++prefix) {
    const char c = at(text, from + prefix - 1);
    if (!is_letter(c) && c != '@' && c != '$') break;
    const char next = at(text, from + prefix);
    if (next == '"' || next == '\'') return quoted_value(text, from + prefix);
  }
  return bare_value(text, from);
}

}  // namespace spillguard::detect::generic
