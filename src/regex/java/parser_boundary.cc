// The constructs of zero width, as PCRE2 text. Java's line terminators are \n, \r\n, \r, U+0085,
// U+2028 and U+2029, or \n alone in UNIX_LINES mode; \r\n is one terminator, not two.
#include <fmt/format.h>

#include "regex/java/parser.h"

namespace spillguard::regex::java {

Node Parser::assertion(Node::Assert kind, std::string text, bool beyond_ascii) const {
  Node out;
  out.op = Node::Op::kAssert;
  out.assertion = kind;
  out.unix_lines = cursor_.flags.unix_lines;
  out.unicode_words = cursor_.flags.unicode_character_class;
  out.text = std::move(text);
  out.beyond_ascii = beyond_ascii;
  return out;
}

// In MULTILINE mode ^ does not match at the end of the text, not even of an empty one.
Node Parser::caret() const {
  if (!cursor_.flags.multiline) return assertion(Node::Assert::kTextBegin, "\\A", false);
  constexpr auto kKind = Node::Assert::kLineBegin;
  if (cursor_.flags.unix_lines) {
    return assertion(kKind, "(?:(?!\\z)(?:\\A|(?<=\\n)))", false);
  }
  return assertion(kKind, "(?:(?!\\z)(?:\\A|(?<=[\\n\\x{85}\\x{2028}\\x{2029}])|(?<=\\r)(?!\\n)))",
                   true);
}

Node Parser::dollar(bool multiline) const {
  const auto kind = multiline ? Node::Assert::kLineEnd : Node::Assert::kLastLineEnd;
  if (cursor_.flags.unix_lines) {
    return assertion(kind, multiline ? "(?=\\n|\\z)" : "(?=\\n?\\z)", false);
  }
  if (multiline) {
    return assertion(kind, "(?:\\z|(?=[\\r\\x{85}\\x{2028}\\x{2029}]|(?<!\\r)\\n))", true);
  }
  return assertion(kind, "(?:\\z|(?=\\r\\n?\\z|(?<!\\r)\\n\\z|[\\x{85}\\x{2028}\\x{2029}]\\z))",
                   true);
}

// Word characters are _, letters and decimal digits of all scripts (Java 17 does not restrict \b to
// ASCII as it does \w), and non-spacing marks behind a letter or digit.
Node Parser::boundary(bool negative) const {
  const std::string_view word = cursor_.flags.unicode_character_class
                                    ? "[\\p{Alphabetic}\\p{Mn}\\p{Me}\\p{Mc}\\p{Nd}\\p{Pc}"
                                      "\\p{Join_Control}]"
                                    : "[\\p{L}\\p{Nd}_]";
  const std::string_view base = "[\\p{L}\\p{Nd}]";
  const std::string marked =
      fmt::format("{0}\\p{{Mn}}|{0}\\p{{Mn}}{{2}}|{0}\\p{{Mn}}{{3}}|{0}\\p{{Mn}}{{4}}", base);
  const std::string left = fmt::format("{}|{}", word, marked);
  const std::string right = fmt::format("{}|(?<={}|{})\\p{{Mn}}", word, base, marked);
  const std::string_view form =
      negative ? "(?:(?<={0})(?={1})|(?<!{0})(?!{1}))" : "(?:(?<={0})(?!{1})|(?<!{0})(?={1}))";
  const std::string anywhere = fmt::format(fmt::runtime(form), left, right);
  // Between two ASCII characters, which is nearly everywhere, PCRE2's own test says the same.
  return assertion(
      negative ? Node::Assert::kNoWordEdge : Node::Assert::kWordEdge,
      fmt::format("(?(?=(?<=[\\x00-\\x7f])[\\x00-\\x7f])\\{}|{})", negative ? 'B' : 'b', anywhere),
      true);
}

}  // namespace spillguard::regex::java
