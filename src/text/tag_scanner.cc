#include "text/tag_scanner.h"

#include "base/strings.h"

namespace spillguard::text {
namespace {

constexpr size_t kNone = std::string_view::npos;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == ':' || c == '-' || c == '_' || c == '.';
}

}  // namespace

TagScanner::TagScanner(std::string_view source)
    : source_(source),
      last_close_(source.rfind('>')),
      last_double_quote_(source.rfind('"')),
      last_single_quote_(source.rfind('\'')) {}

TagToken TagScanner::text_to(size_t end) {
  TagToken token{.kind = TokenKind::kText, .whole = {position_, end}, .name = {}, .content = {}};
  position_ = end;
  return token;
}

TagToken TagScanner::next() {
  const size_t start = position_;
  size_t open = source_.find('<', start);
  while (open != kNone) {
    TagToken token;
    const char after = open + 1 < source_.size() ? source_[open + 1] : '\0';
    const bool found =
        after == '!' || after == '?' ? read_declaration(open, token) : read_tag(open, token);
    if (found) {
      if (open > start) {
        return text_to(open);  // the tag is read again at the next call
      }
      position_ = token.whole.end;
      return token;
    }
    if (open > start) {
      return text_to(open);
    }
    // No tag: text up to the next '<', so that nothing is looked at for each '<' before it.
    const size_t next_open = source_.find('<', open + 1);
    return text_to(next_open == kNone ? source_.size() : next_open);
  }
  if (start < source_.size()) {
    return text_to(source_.size());
  }
  return TagToken{};
}

bool TagScanner::read_delimited(size_t begin, std::string_view open, std::string_view close,
                                bool& exhausted, TokenKind kind, TagToken& token) {
  if (exhausted) {
    return false;
  }
  const size_t content = begin + open.size();
  const size_t end = source_.find(close, content);
  if (end == kNone) {
    exhausted = true;
    return false;
  }
  token.kind = kind;
  token.content = {content, end};
  token.whole = {begin, end + close.size()};
  return true;
}

bool TagScanner::read_declaration(size_t begin, TagToken& token) {
  const std::string_view rest = source_.substr(begin);
  if (rest.starts_with("<!--")) {
    return read_delimited(begin, "<!--", "-->", no_comment_end_, TokenKind::kComment, token);
  }
  if (rest.starts_with("<![CDATA[")) {
    return read_delimited(begin, "<![CDATA[", "]]>", no_cdata_end_, TokenKind::kCdata, token);
  }
  if (rest.starts_with("<?")) {
    return read_delimited(begin, "<?", "?>", no_instruction_end_, TokenKind::kInstruction, token);
  }
  if (starts_with_ignore_case(rest, "<!doctype")) {
    return read_delimited(begin, "<!doctype", ">", no_doctype_end_, TokenKind::kDoctype, token);
  }
  return false;
}

bool TagScanner::read_tag(size_t begin, TagToken& token) {
  size_t i = begin + 1;
  const bool closing = i < source_.size() && source_[i] == '/';
  i += closing ? 1 : 0;
  if (last_close_ == kNone || i > last_close_ || !is_letter(source_[i])) {
    return false;
  }
  token.name.begin = i;
  while (is_name_character(source_[i])) {  // ends at the last '>' at the latest
    ++i;
  }
  token.name.end = i;
  const char after_name = source_[i];
  if (after_name != '>' && after_name != '/' && !is_blank(after_name)) {
    return false;  // <bob@example.com>, a<b&&c>d
  }
  token.content.begin = i;
  bool after_equals = false;
  for (; i <= last_close_; ++i) {
    const char c = source_[i];
    if (c == '>') {
      token.kind = closing ? TokenKind::kClose : TokenKind::kOpen;
      token.empty = source_[i - 1] == '/';
      token.content.end = token.empty && i - 1 >= token.content.begin ? i - 1 : i;
      token.whole = {begin, i + 1};
      return true;
    }
    if (c == '<') {
      return false;
    }
    if (after_equals && (c == '"' || c == '\'')) {
      const size_t last = c == '"' ? last_double_quote_ : last_single_quote_;
      if (i < last) {
        i = source_.find(c, i + 1);
      }
    }
    if (!is_blank(c)) {
      after_equals = c == '=';
    }
  }
  return false;
}

Span TagScanner::until_close(std::string_view name) {
  const size_t begin = position_;
  for (size_t i = source_.find("</", begin); i != kNone; i = source_.find("</", i + 2)) {
    if (starts_with_ignore_case(source_.substr(i + 2), name)) {
      position_ = i;
      return {begin, i};
    }
  }
  position_ = source_.size();
  return {begin, position_};
}

bool next_attribute(std::string_view source, Span& rest, Attribute& attribute) {
  size_t i = rest.begin;
  while (i < rest.end && (is_blank(source[i]) || source[i] == '/')) {
    ++i;
  }
  if (i >= rest.end) {
    return false;
  }
  attribute.whole.begin = i;
  attribute.name.begin = i;
  ++i;  // of any character, so that each call goes on
  while (i < rest.end && !is_blank(source[i]) && source[i] != '=' && source[i] != '/') {
    ++i;
  }
  attribute.name.end = i;
  attribute.value = {i, i};
  size_t equals = i;
  while (equals < rest.end && is_blank(source[equals])) {
    ++equals;
  }
  if (equals < rest.end && source[equals] == '=') {
    i = equals + 1;
    while (i < rest.end && is_blank(source[i])) {
      ++i;
    }
    if (i < rest.end && (source[i] == '"' || source[i] == '\'')) {
      const size_t close = source.substr(0, rest.end).find(source[i], i + 1);
      attribute.value = {i + 1, close == kNone ? rest.end : close};
      i = close == kNone ? rest.end : close + 1;
    } else {
      attribute.value.begin = i;
      while (i < rest.end && !is_blank(source[i])) {
        ++i;
      }
      attribute.value.end = i;
    }
  }
  attribute.whole.end = i;
  rest.begin = i;
  return true;
}

}  // namespace spillguard::text
