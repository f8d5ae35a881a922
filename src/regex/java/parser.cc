#include "regex/java/parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "regex/java/pattern_error.h"

namespace spillguard::regex::java {

Parser::Parser(std::string_view pattern, const JavaFlags& flags)
    : pattern_(pattern), cursor_(pattern, flags.literal) {
  cursor_.flags = flags;
  if (flags.unicode_character_class) cursor_.flags.unicode_case = true;
  if (flags.literal) cursor_.flags.comments = false;
  out_.foldable.push_back(false);
}

tl::unexpected<Error> Parser::error_at(size_t byte, std::string_view what) const {
  return pattern_error(Code::kInvalidArgument, pattern_, byte, what);
}

tl::unexpected<Error> Parser::error_behind(std::string_view what) const {
  return error_at(cursor_.byte_of(cursor_.index() == 0 ? 0 : cursor_.index() - 1), what);
}

tl::unexpected<Error> Parser::unsupported_at(size_t byte, std::string_view what) const {
  return pattern_error(Code::kUnsupported, pattern_, byte, what);
}

Result<Parsed> Parser::parse() {
  SG_ASSIGN(out_.root, alternation());
  if (!cursor_.at_end()) {
    return error_at(cursor_.byte(), "this ')' closes nothing; write \\) for the character");
  }
  out_.groups = groups_;
  return std::move(out_);
}

Result<Node> Parser::alternation() {
  Node out;
  out.op = Node::Op::kAlternate;
  for (;;) {
    SG_ASSIGN(Node one, sequence());
    out.children.push_back(std::move(one));
    if (cursor_.peek() != '|') break;
    cursor_.next();
  }
  if (out.children.size() > 1) return out;
  Node only = std::move(out.children.front());
  return only;
}

Result<Node> Parser::sequence() {
  Node out;
  out.op = Node::Op::kConcat;
  bool apart = false;
  for (;;) {
    const char32_t c = cursor_.peek();
    if (c == '|' || c == ')') break;
    if (c == 0 && cursor_.at_end()) break;
    Node atom;
    if (c == '(') {
      bool only_flags = false;
      SG_ASSIGN(atom, group(only_flags));
      apart = apart || only_flags;
      if (only_flags) continue;
    } else {
      SG_ASSIGN(atom, element());
    }
    SG_ASSIGN(atom, closure(std::move(atom)));
    atom.apart = std::exchange(apart, false);
    out.children.push_back(std::move(atom));
  }
  join_strings(out);
  return out;
}

Result<Node> Parser::element() {
  const char32_t c = cursor_.peek();
  const size_t byte = cursor_.byte();
  switch (c) {
    case '[': {
      SG_ASSIGN(SetExpr set, character_class(true));
      return set_node(std::move(set));
    }
    case '\\': {
      const char32_t letter = cursor_.next_raw();
      if (letter == 'p' || letter == 'P') {
        SG_ASSIGN(SetExpr set, property());
        return set_node(std::move(set));
      }
      cursor_.unread();
      SG_ASSIGN(Escape found, escape(false, false));
      if (found.kind == Escape::Kind::kCharacter) return character_node(found.c, byte);
      if (found.kind == Escape::Kind::kSet) return set_node(std::move(found.set));
      return std::move(found.node);
    }
    case '^':
      cursor_.next();
      return caret();
    case '$':
      cursor_.next();
      return dollar(cursor_.flags.multiline);
    case '.': {
      cursor_.next();
      if (cursor_.flags.dotall) return set_node(SetExpr::of({{0, kMaxCodePoint}}));
      const CodeRanges ends =
          cursor_.flags.unix_lines
              ? CodeRanges{{'\n', '\n'}}
              : CodeRanges{{'\n', '\n'}, {'\r', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}};
      return set_node(SetExpr::of(ends.complement()));
    }
    case '?':
    case '*':
    case '+':
      return error_at(byte, fmt::format("nothing stands before '{0}' to be repeated; write \\{0} "
                                        "for the character",
                                        static_cast<char>(c)));
    case '{': {
      Node nothing;  // what {2} then repeats, as in x{3}{2}
      return nothing;
    }
    default:
      cursor_.next();
      return character_node(c & ~Cursor::kQuoted, byte);
  }
}

Result<Node> Parser::closure(Node atom) {
  switch (cursor_.peek()) {
    case '?':
      cursor_.next();
      return repeated(std::move(atom), 0, 1);
    case '*':
      cursor_.next();
      return repeated(std::move(atom), 0, kNoLimit);
    case '+':
      cursor_.next();
      return repeated(std::move(atom), 1, kNoLimit);
    case '{':
      return counted(std::move(atom));
    default:
      return atom;
  }
}

Result<Node> Parser::counted(Node atom) {
  const size_t start = cursor_.byte();
  const auto is_digit = [](char32_t c) { return c >= '0' && c <= '9'; };
  if (!is_digit(cursor_.raw(1))) {
    return error_at(start, "'{' begins a count as in {2} or {2,5}; write \\{ for the character");
  }
  bool too_large = false;
  const auto number = [&](char32_t& c) {
    uint64_t value = 0;
    for (; is_digit(c); c = cursor_.read()) {
      value = std::min<uint64_t>(value * 10 + (c - '0'), 10'000'000'000);
    }
    too_large = too_large || value > JavaPattern::kMaxRepeat;
    return static_cast<uint32_t>(value);
  };
  char32_t c = cursor_.skip();
  const uint32_t min = number(c);
  uint32_t max = min;
  if (c == ',') {
    c = cursor_.read();
    max = c == '}' ? kNoLimit : number(c);
  }
  if (c != '}') return error_at(start, "the count that begins here is not closed by '}'");
  if (too_large) {
    return error_at(start, fmt::format("a count may be {} at most", JavaPattern::kMaxRepeat));
  }
  if (max < min) return error_at(start, "the counts are in the wrong order: least first");
  cursor_.unread();
  cursor_.next();
  return repeated(std::move(atom), min, max);
}

Node Parser::repeated(Node atom, uint32_t min, uint32_t max) {
  Node out;
  out.op = Node::Op::kRepeat;
  out.position = atom.position;
  out.min = min;
  out.max = max;
  if (cursor_.peek() == '?') {
    out.greed = Greed::kReluctant;
    cursor_.next();
  } else if (cursor_.peek() == '+') {
    out.greed = Greed::kPossessive;
    cursor_.next();
  }
  out.children.push_back(std::move(atom));
  return out;
}

Folding Parser::folding() const {
  if (!cursor_.flags.case_insensitive) return Folding::kNone;
  return cursor_.flags.unicode_case ? Folding::kUnicode : Folding::kAscii;
}

Node Parser::set_node(SetExpr set) const {
  Node out;
  out.op = Node::Op::kSet;
  out.set = std::move(set);
  return out;
}

Node Parser::character_node(char32_t c, size_t byte) const {
  Node out = set_node(folded_character(c, folding(), cursor_.flags.literal));
  out.literal = c;
  out.folding = folding();
  out.position = static_cast<uint32_t>(byte);
  return out;
}

// Literal characters in a row are a string to Java, which folds one of them otherwise than alone.
void Parser::join_strings(Node& sequence) {
  const auto is_literal = [](const Node& node) { return node.literal != kNoCharacter; };
  auto& nodes = sequence.children;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!is_literal(nodes[i]) || nodes[i].folding != Folding::kUnicode) continue;
    const bool behind = i > 0 && is_literal(nodes[i - 1]) && !nodes[i].apart;
    const bool before = i + 1 < nodes.size() && is_literal(nodes[i + 1]) && !nodes[i + 1].apart;
    if (behind || before)
      nodes[i].set = folded_character(nodes[i].literal, Folding::kUnicode, true);
  }
}

}  // namespace spillguard::regex::java
