#include "detect/generic/call_arguments.h"

#include <algorithm>

#include "detect/generic/bytes.h"

namespace spillguard::detect::generic {

namespace {

constexpr size_t kMaxList = 320;    // bytes of all arguments
constexpr size_t kMaxWrapper = 40;  // before a literal: "Encoding.UTF8.GetBytes("

// Functions that give the text they are given in another type.
constexpr std::string_view kWrappers[] = {"getbytes", "from",      "byte",       "bytes",
                                          "string",   "str",       "new",        "wrap",
                                          "tobytes",  "bytearray", "tochararray"};

// Where the text of an argument begins, and how many parentheses are open there.
struct Begin {
  size_t quote = 0;
  int depth = 0;
  bool found = false;
};
Begin literal_begin(std::string_view text, size_t from) {
  if (opens_quote(text, from)) return {.quote = from, .found = true};
  size_t p = from;
  while (p - from < kMaxWrapper &&
         (is_word(at(text, p)) || at(text, p) == '.' || at(text, p) == ':' || at(text, p) == '[' ||
          at(text, p) == ']' || at(text, p) == '@' || at(text, p) == '&' || at(text, p) == ' ')) {
    ++p;
  }
  if (p == from) return {};
  // b"…", L"…", @"…"
  if (p - from <= 2 && text[p - 1] != ' ' && opens_quote(text, p)) {
    return {.quote = p, .found = true};
  }
  if (at(text, p) != '(') return {};
  const size_t word = find_word_begin(text, from, p);
  for (const std::string_view wrapper : kWrappers) {
    if (wrapper.size() == p - word && goes_on_with(text, word, wrapper)) {
      const size_t quote = p + (at(text, p + 1) == '@' || at(text, p + 1) == 'b' ? 2 : 1);
      return {.quote = quote, .depth = 1, .found = opens_quote(text, quote)};
    }
  }
  return {};
}

// What makes an expression of an argument.
bool joins(char c) {
  return c == '+' || c == '=' || c == '?' || c == '|' || c == '%' || c == '<' || c == '>' ||
         c == ';';
}

// The end of the argument: a comma, or what closes the list; text.size() when it is not found.
size_t argument_end(std::string_view text, size_t p, size_t last, int depth, bool& joined) {
  while (p < last) {
    const char c = text[p];
    if (is_kind(c, kQuoteKind)) {
      joined = true;
      const auto inner = quoted_value(text, p);
      if (!inner && at(text, p + 1) != c) return text.size();
      p = inner ? inner->end : p + 2;
      continue;
    }
    if (c == '(' || c == '[' || c == '{') {
      ++depth;
    } else if (c == ')' || c == ']' || c == '}') {
      if (depth-- == 0) return p;
    } else if (depth == 0 && c == ',') {
      return p;
    }
    joined = joined || joins(c);
    ++p;
  }
  return text.size();
}

}  // namespace

CallArguments call_arguments(std::string_view text, size_t from) {
  CallArguments out;
  const size_t last = std::min(text.size(), from + kMaxList);
  size_t p = skip_space(text, from, 32);
  while (out.count < CallArguments::kMost && p < last) {
    CallArgument argument;
    const Begin begin = literal_begin(text, p);
    if (begin.found) {
      argument.text = true;
      argument.literal = quoted_value(text, begin.quote);
      // Empty, or not closed.
      if (!argument.literal && at(text, begin.quote + 1) != text[begin.quote]) return out;
      p = argument.literal ? argument.literal->end : begin.quote + 2;
    }
    bool joined = false;
    const size_t end = argument_end(text, p, last, begin.depth, joined);
    if (joined) argument = {};
    // An argument that is cut short counts only when it is a literal.
    if (end == text.size() && !argument.text) return out;
    out.list.at(out.count++) = argument;
    if (end == text.size() || text[end] != ',') return out;
    p = skip_space(text, end + 1, 32);
  }
  return out;
}

}  // namespace spillguard::detect::generic
