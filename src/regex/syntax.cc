#include "regex/syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace spillguard::regex {
namespace {

ByteSet digit_set() { return byte_range('0', '9'); }
ByteSet space_set() { return bytes_of(" \t\n\v\f\r"); }
ByteSet horizontal_set() { return bytes_of(" \t\xA0"); }
ByteSet vertical_set() { return bytes_of("\n\v\f\r\x85"); }
ByteSet alpha_set() { return byte_range('a', 'z') | byte_range('A', 'Z'); }

std::optional<ByteSet> posix_class(std::string_view name) {
  static const std::pair<std::string_view, ByteSet> kTable[] = {
      {"alpha", alpha_set()},
      {"digit", digit_set()},
      {"alnum", alpha_set() | digit_set()},
      {"upper", byte_range('A', 'Z')},
      {"lower", byte_range('a', 'z')},
      {"space", space_set()},
      {"blank", bytes_of(" \t")},
      {"xdigit", digit_set() | byte_range('a', 'f') | byte_range('A', 'F')},
      {"word", word_bytes()},
      {"punct", byte_range(33, 126) & ~(alpha_set() | digit_set())},
      {"print", byte_range(32, 126)},
      {"graph", byte_range(33, 126)},
      {"cntrl", byte_range(0, 31) | bytes_of("\x7F")},
      {"ascii", byte_range(0, 127)},
  };
  for (const auto& [known, set] : kTable) {
    if (known == name) return set;
  }
  return std::nullopt;
}

// The set of \d and the like, by the letter after the backslash.
std::optional<ByteSet> escape_class(char letter) {
  switch (letter) {
    case 'd':
      return digit_set();
    case 'D':
      return ~digit_set();
    case 'w':
      return word_bytes();
    case 'W':
      return ~word_bytes();
    case 's':
      return space_set();
    case 'S':
      return ~space_set();
    case 'h':
      return horizontal_set();
    case 'H':
      return ~horizontal_set();
    case 'v':
      return vertical_set();
    case 'V':
      return ~vertical_set();
    case 'N':
      return ~bytes_of("\n");
    default:
      return std::nullopt;
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Flags {
  bool ignore_case = false;
  bool dot_all = false;
  bool extended = false;
};

class Parser {
 public:
  Parser(std::string_view pattern, bool ignore_case) : pattern_(pattern) {
    flags_.ignore_case = ignore_case;
  }

  Result<Node> parse() {
    if (pattern_.starts_with("(*")) return unsupported("a (*VERB)");
    SG_ASSIGN(Node node, alternation());
    if (at_ < pattern_.size()) return unsupported("an unmatched )");
    return node;
  }

 private:
  static constexpr int kMaxDepth = 100;
  static constexpr size_t kMaxReferenced = 64;  // nodes of a group that \1 repeats

  [[nodiscard]] tl::unexpected<Error> unsupported(std::string_view what) const {
    return fail(Code::kUnsupported,
                fmt::format("{} at byte {} of the pattern is not analysed", what, at_));
  }
  [[nodiscard]] bool done() const { return at_ >= pattern_.size(); }
  [[nodiscard]] char peek() const { return pattern_[at_]; }
  [[nodiscard]] bool looking_at(std::string_view text) const {
    return pattern_.substr(at_).starts_with(text);
  }
  bool take(std::string_view text) {
    if (!looking_at(text)) return false;
    at_ += text.size();
    return true;
  }

  Node one_of(ByteSet set) const {
    Node node;
    node.kind = Node::Kind::kSet;
    node.set = flags_.ignore_case ? fold_case(set) : set;
    return node;
  }
  Node literal(unsigned char byte) const {
    ByteSet set;
    set.set(byte);
    return one_of(set);
  }
  static Node zero_width(Node::Kind kind) {
    Node node;
    node.kind = kind;
    return node;
  }

  // Comments, and in (?x) mode blanks and its comments. What repeats behind one is of what stands
  // in front of it.
  void skip_free_space() {
    while (!done()) {
      if (looking_at("(?#")) {
        const size_t end = pattern_.find(')', at_);
        if (end == std::string_view::npos) return;  // no group that anybody knows
        at_ = end + 1;
      } else if (!flags_.extended) {
        return;
      } else if (space_set()[to_byte(peek())]) {
        ++at_;
      } else if (peek() == '#') {
        while (!done() && peek() != '\n') ++at_;
      } else {
        return;
      }
    }
  }

  Result<Node> alternation() {
    if (++depth_ > kMaxDepth) return unsupported("deep nesting");
    const Flags outer = flags_;  // a (?i) lasts to the end of its group
    Node alternate;
    alternate.kind = Node::Kind::kAlternate;
    while (true) {
      SG_ASSIGN(Node branch, concatenation());
      alternate.children.push_back(std::move(branch));
      if (!take("|")) break;
    }
    flags_ = outer;
    --depth_;
    if (alternate.children.size() == 1) return std::move(alternate.children.front());
    return alternate;
  }

  Result<Node> concatenation() {
    Node concat;
    concat.kind = Node::Kind::kConcat;
    while (true) {
      skip_free_space();
      if (done() || peek() == '|' || peek() == ')') break;
      SG_ASSIGN(Node part, atom());
      SG_ASSIGN(Node repeated, quantified(std::move(part)));
      if (repeated.kind != Node::Kind::kEmpty) concat.children.push_back(std::move(repeated));
    }
    return concat;
  }

  Result<Node> quantified(Node part) {
    skip_free_space();
    while (!done()) {
      uint32_t min = 0;
      uint32_t max = 0;
      if (take("*")) {
        max = kUnbounded;
      } else if (take("+")) {
        min = 1;
        max = kUnbounded;
      } else if (take("?")) {
        max = 1;
      } else if (!counted(min, max)) {
        break;
      }
      if (!take("?")) take("+");
      Node repeat;
      repeat.kind = Node::Kind::kRepeat;
      repeat.min = min;
      repeat.max = max;
      repeat.children.push_back(std::move(part));
      part = std::move(repeat);
      skip_free_space();
    }
    return part;
  }

  // {n}, {n,}, {n,m}; anything else with a brace is literal text.
  bool counted(uint32_t& min, uint32_t& max) {
    if (done() || peek() != '{') return false;
    size_t i = at_ + 1;
    const auto number = [&](uint32_t& out) {
      const size_t start = i;
      uint32_t value = 0;
      while (i < pattern_.size() && pattern_[i] >= '0' && pattern_[i] <= '9' && i - start < 6) {
        value = value * 10 + static_cast<uint32_t>(pattern_[i++] - '0');
      }
      out = value;
      return i > start;
    };
    if (!number(min)) return false;
    max = min;
    if (i < pattern_.size() && pattern_[i] == ',') {
      ++i;
      if (!number(max)) max = kUnbounded;
    }
    if (i >= pattern_.size() || pattern_[i] != '}') return false;
    at_ = i + 1;
    return true;
  }

  Result<Node> atom() {
    const char c = peek();
    switch (c) {
      case '(':
        return group();
      case '[':
        return char_class();
      case '\\':
        return escape();
      case '.':
        ++at_;
        return one_of(flags_.dot_all ? ~ByteSet() : ~bytes_of("\n"));
      case '^':
      case '$':
        ++at_;
        return zero_width(Node::Kind::kAssert);
      default:
        ++at_;
        return literal(to_byte(c));
    }
  }

  Result<Node> look(bool negative, bool behind) {
    SG_ASSIGN(Node inner, group_body());
    Node node = zero_width(Node::Kind::kLook);
    node.negative = negative;
    node.behind = behind;
    node.children.push_back(std::move(inner));
    return node;
  }

  Result<Node> group_body() {
    SG_ASSIGN(Node inner, alternation());
    if (!take(")")) return unsupported("an unclosed group");
    return inner;
  }

  Result<Node> group() {
    ++at_;  // (
    if (looking_at("*")) return unsupported("a (*VERB)");
    if (!take("?")) return captured();
    if (take("=")) return look(false, false);
    if (take("!")) return look(true, false);
    if (take("<=")) return look(false, true);
    if (take("<!")) return look(true, true);
    if (take(":") || take(">")) return group_body();
    if (take("|")) {
      same_numbers_ = true;
      return group_body();
    }
    if (take("P<") || take("<") || take("'")) {
      while (!done() && peek() != '>' && peek() != '\'') ++at_;
      if (done()) return unsupported("an unclosed group name");
      ++at_;
      return captured();
    }
    return flag_group();
  }

  // A group with a number.
  Result<Node> captured() {
    const size_t number = groups_.size();
    groups_.emplace_back();
    SG_ASSIGN(Node body, group_body());
    if (is_plain(body) && count_nodes(body) <= kMaxReferenced) groups_[number] = body;
    return body;
  }

  // Whether a tree only consumes bytes, so that another text of the same shape matches it, too.
  static bool is_plain(const Node& node) {
    const bool plain = node.kind == Node::Kind::kEmpty || node.kind == Node::Kind::kSet ||
                       node.kind == Node::Kind::kConcat || node.kind == Node::Kind::kAlternate ||
                       node.kind == Node::Kind::kRepeat;
    return plain && std::all_of(node.children.begin(), node.children.end(), is_plain);
  }

  static size_t count_nodes(const Node& node) {
    size_t count = 1;
    for (const Node& child : node.children) count += count_nodes(child);
    return count;
  }

  void fold_sets(Node& node) const {
    if (flags_.ignore_case && node.kind == Node::Kind::kSet) node.set = fold_case(node.set);
    for (Node& child : node.children) fold_sets(child);
  }

  // \1: a text that its group matched, so something of the group's shape; unknown text where the
  // group is not closed, looks around, or shares its number.
  Node reference(size_t number) const {
    if (!same_numbers_ && number <= groups_.size() && groups_[number - 1]) {
      Node node = *groups_[number - 1];
      fold_sets(node);
      return node;
    }
    Node node = zero_width(Node::Kind::kAnything);
    node.min = 0;
    node.max = kUnbounded;
    return node;
  }

  // (?i) (?s-i) (?x:…)
  Result<Node> flag_group() {
    const Flags outer = flags_;
    Flags flags = flags_;
    bool on = true;
    for (; !done() && peek() != ')' && peek() != ':'; ++at_) {
      switch (peek()) {
        case '-':
          on = false;
          break;
        case 'i':
          flags.ignore_case = on;
          break;
        case 's':
          flags.dot_all = on;
          break;
        case 'x':
          flags.extended = on;
          break;
        case 'm':
          break;  // only moves ^ and $
        default:
          return unsupported("a (?…) construct");
      }
    }
    if (done()) return unsupported("an unclosed group");
    flags_ = flags;
    if (take(")")) return Node{};
    ++at_;  // :
    SG_ASSIGN(Node inner, group_body());
    flags_ = outer;
    return inner;
  }

  // \x41 \x{41} \012, after the letter; false when it is no byte.
  bool hex_escape(unsigned& value) {
    value = 0;
    if (take("{")) {
      while (!done() && hex_digit(peek()) >= 0 && value < 256) {
        value = value * 16 + static_cast<unsigned>(hex_digit(pattern_[at_++]));
      }
      return take("}") && value < 256;
    }
    for (int i = 0; i < 2 && !done() && hex_digit(peek()) >= 0; ++i) {
      value = value * 16 + static_cast<unsigned>(hex_digit(pattern_[at_++]));
    }
    return true;
  }

  // The byte that an escape stands for in and out of classes; at_ is behind the letter.
  std::optional<unsigned char> byte_escape(char letter) {
    unsigned value = 0;
    switch (letter) {
      case 'n':
        return to_byte('\n');
      case 'r':
        return to_byte('\r');
      case 't':
        return to_byte('\t');
      case 'f':
        return to_byte('\f');
      case 'e':
        return static_cast<unsigned char>(27);
      case 'a':
        return static_cast<unsigned char>(7);
      case '0':
        for (int i = 0; i < 2 && !done() && peek() >= '0' && peek() <= '7'; ++i) {
          value = value * 8 + static_cast<unsigned>(pattern_[at_++] - '0');
        }
        return static_cast<unsigned char>(value);
      case 'x':
        if (!hex_escape(value)) return std::nullopt;
        return static_cast<unsigned char>(value);
      default:
        if (is_word_byte(to_byte(letter)) && letter != '_') return std::nullopt;
        return to_byte(letter);
    }
  }

  Result<Node> escape() {
    ++at_;
    if (done()) return unsupported("a lone backslash");
    const char letter = pattern_[at_++];
    if (const auto set = escape_class(letter)) return one_of(*set);
    switch (letter) {
      case 'b':
        return zero_width(Node::Kind::kWordBoundary);
      case 'B':
      case 'A':
      case 'z':
      case 'Z':
      case 'G':
        return zero_width(Node::Kind::kAssert);
      case 'Q':
        return quoted();
      case 'E':
        // It is skipped before quantifiers are read: one that follows binds to what stands before.
        return unsupported("\\E without \\Q");
      case 'g':
      case 'k':
        return unsupported("a named reference");
      default:
        break;
    }
    if (letter >= '1' && letter <= '9') {
      // \12 may be octal or a reference: only a single digit is sure.
      if (!done() && peek() >= '0' && peek() <= '9') return unsupported("a reference over 9");
      return reference(static_cast<size_t>(letter - '0'));
    }
    const auto byte = byte_escape(letter);
    if (!byte) return unsupported(fmt::format("\\{}", letter));
    return literal(*byte);
  }

  Result<Node> quoted() {
    Node concat;
    concat.kind = Node::Kind::kConcat;
    while (!done() && !looking_at("\\E"))
      concat.children.push_back(literal(to_byte(pattern_[at_++])));
    take("\\E");
    skip_free_space();
    // A quantifier would bind to the last byte alone.
    if (!done() && (peek() == '*' || peek() == '+' || peek() == '?' || peek() == '{')) {
      return unsupported("a quantifier after \\E");
    }
    return concat;
  }

  Result<Node> char_class() {
    ++at_;  // [
    const bool negated = take("^");
    ByteSet set;
    bool first = true;
    while (true) {
      if (done()) return unsupported("an unclosed class");
      if (peek() == ']' && !first) break;
      first = false;
      if (looking_at("[:")) {
        const size_t end = pattern_.find(":]", at_);
        if (end == std::string_view::npos) return unsupported("[: in a class");
        std::string_view name = pattern_.substr(at_ + 2, end - at_ - 2);
        const bool inverse = name.starts_with("^");
        if (inverse) name.remove_prefix(1);
        const auto known = posix_class(name);
        if (!known) return unsupported("an unknown [:class:]");
        set |= inverse ? ~*known : *known;
        at_ = end + 2;
        continue;
      }
      if (looking_at("[.") || looking_at("[=")) return unsupported("a collating element");
      if (looking_at("\\Q") || looking_at("\\E")) return unsupported("\\Q in a class");
      if (looking_at("\\")) {
        const char letter = at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : '\0';
        const auto known = letter == 'N' ? std::nullopt : escape_class(letter);
        if (known) {
          set |= *known;
          at_ += 2;
          continue;
        }
      }
      SG_ASSIGN(const unsigned char low, class_byte());
      unsigned char high = low;
      if (looking_at("-") && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']') {
        const size_t dash = at_++;
        const bool is_class = looking_at("[:") || (looking_at("\\") && at_ + 1 < pattern_.size() &&
                                                   escape_class(pattern_[at_ + 1]).has_value());
        if (is_class) {
          at_ = dash + 1;
          set.set('-');
        } else {
          SG_ASSIGN(high, class_byte());
        }
      }
      if (high < low) return unsupported("a reversed range");
      set |= byte_range(low, high);
    }
    ++at_;  // ]
    if (flags_.ignore_case) set = fold_case(set);
    Node node;
    node.kind = Node::Kind::kSet;
    node.set = negated ? ~set : set;
    return node;
  }

  Result<unsigned char> class_byte() {
    if (done()) return unsupported("an unclosed class");
    const char c = pattern_[at_++];
    if (c != '\\') return to_byte(c);
    if (done()) return unsupported("a lone backslash");
    const char letter = pattern_[at_++];
    if (letter == 'b') return static_cast<unsigned char>(8);
    const auto byte = byte_escape(letter);
    if (!byte) return unsupported(fmt::format("\\{} in a class", letter));
    return *byte;
  }

  std::string_view pattern_;
  size_t at_ = 0;
  int depth_ = 0;
  Flags flags_;
  std::vector<std::optional<Node>> groups_;  // that are closed and can be repeated, by number
  bool same_numbers_ = false;                // a (?|…) makes counting harder
};

}  // namespace

uint32_t add_widths(uint32_t a, uint32_t b) { return a > kUnbounded - b ? kUnbounded : a + b; }

uint32_t multiply_widths(uint32_t a, uint32_t b) {
  if (a == 0 || b == 0) return 0;
  return static_cast<uint32_t>(
      std::min<uint64_t>(kUnbounded, static_cast<uint64_t>(a) * static_cast<uint64_t>(b)));
}

uint32_t min_width(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kSet:
      return 1;
    case Node::Kind::kConcat: {
      uint32_t sum = 0;
      for (const Node& child : node.children) sum = add_widths(sum, min_width(child));
      return sum;
    }
    case Node::Kind::kAlternate: {
      uint32_t least = kUnbounded;
      for (const Node& child : node.children) least = std::min(least, min_width(child));
      return least;
    }
    case Node::Kind::kRepeat:
      return multiply_widths(node.min, min_width(node.children.front()));
    default:
      return 0;
  }
}

uint32_t max_width(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kSet:
      return 1;
    case Node::Kind::kConcat: {
      uint32_t sum = 0;
      for (const Node& child : node.children) sum = add_widths(sum, max_width(child));
      return sum;
    }
    case Node::Kind::kAlternate: {
      uint32_t most = 0;
      for (const Node& child : node.children) most = std::max(most, max_width(child));
      return most;
    }
    case Node::Kind::kRepeat:
      return multiply_widths(node.max, max_width(node.children.front()));
    case Node::Kind::kAnything:
      return kUnbounded;
    default:
      return 0;
  }
}

Result<Node> parse_pattern(std::string_view pattern, bool ignore_case) {
  return Parser(pattern, ignore_case).parse();
}

}  // namespace spillguard::regex
