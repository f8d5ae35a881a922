// What stands behind a backslash.
#include <fmt/format.h>

#include "base/strings.h"
#include "regex/java/char_names.h"
#include "regex/java/parser.h"
#include "regex/java/properties.h"

namespace spillguard::regex::java {
namespace {

constexpr bool is_octal(char32_t c) { return c >= '0' && c <= '7'; }

// -1: no hexadecimal digit.
constexpr int hex_value(char32_t c) {
  if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<int>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<int>(c - 'A') + 10;
  return -1;
}

constexpr bool is_high_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDBFF; }
constexpr bool is_low_surrogate(char32_t c) { return c >= 0xDC00 && c <= 0xDFFF; }

}  // namespace

// The cursor stands on the backslash; behind the escape afterwards.
Result<Parser::Escape> Parser::escape(bool in_class, bool before_hyphen) {
  const size_t start = cursor_.byte();
  const char32_t c = cursor_.skip();
  const auto character = [](char32_t value) {
    Escape out;
    out.c = value;
    return out;
  };
  const auto node = [](Node value) {
    Escape out;
    out.kind = Escape::Kind::kNode;
    out.node = std::move(value);
    return out;
  };
  switch (c) {
    case '0': {
      SG_ASSIGN(const char32_t value, octal());
      return character(value);
    }
    case 'x': {
      SG_ASSIGN(const char32_t value, hexadecimal());
      return character(value);
    }
    case 'u': {
      SG_ASSIGN(const char32_t value, unicode_escape());
      return character(value);
    }
    case 'c':
      if (cursor_.at_end()) return error_at(start, "\\c needs a character behind it, as in \\cA");
      return character((cursor_.read() & ~Cursor::kQuoted) ^ 64U);
    case 'N': {
      SG_ASSIGN(const char32_t value, character_name());
      return character(value);
    }
    case 'a':
      return character(0x07);
    case 'e':
      return character(0x1B);
    case 'f':
      return character(0x0C);
    case 'n':
      return character('\n');
    case 'r':
      return character('\r');
    case 't':
      return character('\t');
    case 'v':
      if (before_hyphen) return character(0x0B);
      [[fallthrough]];
    case 'd':
    case 'h':
    case 's':
    case 'w':
    case 'D':
    case 'H':
    case 'S':
    case 'V':
    case 'W': {
      Escape out;
      out.kind = Escape::Kind::kSet;
      const bool negated = c < 'a';
      out.set = predefined_class(static_cast<char>(negated ? c + 32 : c),
                                 cursor_.flags.unicode_character_class);
      if (negated) out.set = set_complement(std::move(out.set));
      return out;
    }
    default:
      break;
  }
  if (!in_class) {
    Node simple;
    switch (c) {
      case 'A':
        return node(assertion(Node::Assert::kTextBegin, "\\A", false));
      case 'z':
        return node(assertion(Node::Assert::kTextEnd, "\\z", false));
      case 'Z':
        return node(dollar(false));
      case 'B':
        return node(boundary(true));
      case 'b':
        if (cursor_.peek() == '{' && cursor_.raw(1) == 'g') {
          cursor_.skip();
          if (cursor_.read() != '}') return error_behind("'}' has to close \\b{g");
          return node(assertion(Node::Assert::kClusterEdge, "", true));
        }
        return node(boundary(false));
      case 'G':
        out_.uses_last_match = true;
        simple.op = Node::Op::kLastMatch;
        return node(std::move(simple));
      case 'R':
        simple.op = Node::Op::kLineBreak;
        return node(std::move(simple));
      case 'X':
        simple.op = Node::Op::kGrapheme;
        simple.position = static_cast<uint32_t>(start);
        return node(std::move(simple));
      case 'k':
        return named_reference();
      default:
        break;
    }
    if (c >= '1' && c <= '9') return escaped_reference(c);
  }
  const bool meaningless =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '1' && c <= '9');
  if (c == 0 && cursor_.index() > 0 && start + 1 >= pattern_.size()) {
    return error_at(start, "a backslash ends the pattern; write \\\\ for the character");
  }
  if (meaningless) {
    return error_at(start, fmt::format("\\{0} means nothing {1}", static_cast<char>(c),
                                       in_class ? "inside [ ]"
                                                : "here; for the letter itself "
                                                  "leave out the backslash"));
  }
  return character(c & ~Cursor::kQuoted);
}

Result<char32_t> Parser::octal() {
  const char32_t first = cursor_.read();
  if (!is_octal(first)) return error_behind("\\0 needs octal digits behind it, as in \\012");
  char32_t value = first - '0';
  for (int more = first <= '3' ? 2 : 1; more > 0; --more) {
    const char32_t c = cursor_.read();
    if (!is_octal(c)) {
      cursor_.unread();
      break;
    }
    value = value * 8 + (c - '0');
  }
  return value;
}

Result<char32_t> Parser::hexadecimal() {
  constexpr std::string_view kForm = "\\x needs two hexadecimal digits, or {…} around more";
  const char32_t first = cursor_.read();
  if (first == '{') {
    char32_t value = 0;
    char32_t c = cursor_.read();
    if (hex_value(c) < 0) return error_behind(kForm);
    for (; hex_value(c) >= 0; c = cursor_.read()) {
      value = value * 16 + static_cast<char32_t>(hex_value(c));
      if (value > kMaxCodePoint) return error_behind("there is no character beyond 10FFFF");
    }
    if (c != '}') return error_behind("'}' has to close \\x{");
    return value;
  }
  if (hex_value(first) < 0) return error_behind(kForm);
  const char32_t second = cursor_.read();
  if (hex_value(second) < 0) return error_behind(kForm);
  return static_cast<char32_t>(hex_value(first) * 16 + hex_value(second));
}

Result<char32_t> Parser::four_digits() {
  char32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_value(cursor_.read());
    if (digit < 0) return error_behind("\\u needs four hexadecimal digits");
    value = value * 16 + static_cast<char32_t>(digit);
  }
  return value;
}

// \N{NAME}, from behind the N.
Result<char32_t> Parser::character_name() {
  const size_t start = cursor_.byte_of(cursor_.index() - 2);
  if (cursor_.read() != '{') {
    return error_at(start, "\\N needs the name of a character, as in \\N{EURO SIGN}");
  }
  const size_t first = cursor_.index();
  while (cursor_.read() != '}') {
    if (cursor_.at_end()) return error_at(start, "'}' has to close the name of the character");
  }
  std::string name;  // with its blanks, which comments mode passes over
  for (auto at = static_cast<ptrdiff_t>(first) - static_cast<ptrdiff_t>(cursor_.index()); at < -1;
       ++at) {
    append_utf8(name, cursor_.raw(at) & ~Cursor::kQuoted);
  }
  const auto found = character_named(name);
  if (!found) return error_at(start, fmt::format("there is no character of the name '{}'", name));
  return *found;
}

// Two \u that are halves of one character are one.
Result<char32_t> Parser::unicode_escape() {
  SG_ASSIGN(const char32_t first, four_digits());
  if (!is_high_surrogate(first)) return first;
  const size_t behind = cursor_.index();
  if (cursor_.read() == '\\' && cursor_.read() == 'u') {
    SG_ASSIGN(const char32_t second, four_digits());
    if (is_low_surrogate(second)) {
      return 0x10000 + ((first - 0xD800) << 10U) + (second - 0xDC00);
    }
  }
  cursor_.set_index(behind);
  return first;
}

// \1 takes further digits while such a group has begun.
Result<Parser::Escape> Parser::escaped_reference(char32_t first) {
  const size_t start = cursor_.byte_of(cursor_.index() - 2);
  uint32_t number = first - '0';
  for (char32_t c = cursor_.peek(); c >= '0' && c <= '9'; c = cursor_.peek()) {
    const uint32_t longer = number * 10 + (c - '0');
    if (longer > groups_) break;
    number = longer;
    cursor_.read();
  }
  return reference(number, start);
}

Result<Parser::Escape> Parser::reference(uint32_t number, size_t byte) {
  out_.has_references = true;
  Escape out;
  out.kind = Escape::Kind::kNode;
  out.node.op = Node::Op::kBackRef;
  out.node.number = number;
  out.node.folding = folding();
  out.node.position = static_cast<uint32_t>(byte);
  return out;
}

Result<Parser::Escape> Parser::named_reference() {
  if (cursor_.read() != '<') return error_behind("\\k needs the name of a group, as in \\k<name>");
  const size_t at = cursor_.index();
  SG_ASSIGN(const std::string name, group_name(cursor_.read()));
  for (const auto& [known, number] : out_.names) {
    if (known != name) continue;
    return reference(number, cursor_.byte_of(at));
  }
  return error_at(cursor_.byte_of(at), fmt::format("no group before here is named '{}'", name));
}

// The cursor stands on the p or P.
Result<SetExpr> Parser::property() {
  const size_t start = cursor_.byte_of(cursor_.index() - 1);
  const bool negated = cursor_.raw(0) == 'P';
  std::string name;
  const auto take = [&] { append_utf8(name, cursor_.raw(-1) & ~Cursor::kQuoted); };
  if (cursor_.next() != '{') {
    cursor_.read();
    if (cursor_.index() > 0 && cursor_.raw(-1) == 0) {
      return error_at(start, "\\p needs the name of a property, as in \\p{Lu}");
    }
    take();
  } else {
    cursor_.next_raw();
    for (;;) {
      if (cursor_.at_end()) return error_at(start, "'}' has to close the name of the property");
      const char32_t c = cursor_.raw(0);
      cursor_.next_raw();
      if (c == '}') break;
      take();
    }
    if (name.empty()) return error_at(start, "\\p{} names no property");
  }
  const PropertyFlags flags{
      .ignore_case = cursor_.flags.case_insensitive,
      .unicode_character_class = cursor_.flags.unicode_character_class,
  };
  const size_t equals = name.find('=');
  auto set = equals == std::string::npos
                 ? named_property(name, flags)
                 : keyed_property(name.substr(0, equals), name.substr(equals + 1), flags);
  if (!set) {
    return error_at(start, fmt::format("there is no property '{}'; examples are Lu, IsGreek, "
                                       "InGreek, Alpha, javaLowerCase, sc=Latin",
                                       name));
  }
  return negated ? set_complement(std::move(*set)) : std::move(*set);
}

}  // namespace spillguard::regex::java
