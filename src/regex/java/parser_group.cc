// Groups, look-around and inline flags.
#include <fmt/format.h>

#include <algorithm>

#include "regex/java/parser.h"

namespace spillguard::regex::java {
namespace {

bool is_latin_letter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

Node wrap(Node::Op op, Node child, size_t start) {
  Node out;
  out.op = op;
  out.position = static_cast<uint32_t>(start);
  out.children.push_back(std::move(child));
  return out;
}

// See Parsed::foldable.
bool folds_alike(const Node& node) {
  if (node.op == Node::Op::kSet) {
    if (node.set.kind != SetExpr::Kind::kRanges) return false;
    const auto& ranges = node.set.ranges.ranges();
    if (!ranges.empty() && ranges.back().last > 0x7F) return false;
    static constexpr std::u32string_view kShared = U"IiKkSs";
    return std::none_of(kShared.begin(), kShared.end(),
                        [&](char32_t c) { return node.set.ranges.contains(c); });
  }
  if (node.op == Node::Op::kGrapheme || node.op == Node::Op::kLineBreak ||
      node.op == Node::Op::kBackRef) {
    return false;
  }
  return node.op == Node::Op::kLook ||
         std::all_of(node.children.begin(), node.children.end(), folds_alike);
}

}  // namespace

// What stands between here and the ')' that belongs to the group that began at byte `start`.
Result<Node> Parser::inside(size_t start) {
  if (++nesting_ > JavaPattern::kMaxNesting) {
    return unsupported_at(start,
                          fmt::format("groups may be {} deep at most", JavaPattern::kMaxNesting));
  }
  SG_ASSIGN(Node out, alternation());
  if (cursor_.read() != ')') return error_at(start, "this '(' is never closed");
  --nesting_;
  return out;
}

Result<Node> Parser::group(bool& only_flags) {
  const size_t start = cursor_.byte();
  const JavaFlags saved = cursor_.flags;
  if (cursor_.next() != '?') {
    SG_ASSIGN(Node out, capture(start, {}));
    cursor_.flags = saved;
    return out;
  }
  SG_ASSIGN(Node out, special_group(start, only_flags));
  if (!only_flags) cursor_.flags = saved;
  return out;
}

Result<Node> Parser::capture(size_t start, std::string name) {
  const uint32_t number = ++groups_;
  out_.foldable.push_back(false);
  if (!name.empty()) out_.names.emplace_back(name, number);
  SG_ASSIGN(Node child, inside(start));
  out_.foldable[number] = folds_alike(child);
  Node out = wrap(Node::Op::kCapture, std::move(child), start);
  out.number = number;
  out.text = std::move(name);
  return out;
}

Result<Node> Parser::special_group(size_t start, bool& only_flags) {
  const char32_t kind = cursor_.skip();
  switch (kind) {
    case ':':
      return plain_group(start);
    case '>': {
      SG_ASSIGN(Node child, inside(start));
      return wrap(Node::Op::kAtomic, std::move(child), start);
    }
    case '=':
    case '!': {
      SG_ASSIGN(Node child, inside(start));
      Node out = wrap(Node::Op::kLook, std::move(child), start);
      out.negative = kind == '!';
      return out;
    }
    case '<': {
      const char32_t c = cursor_.read();
      if (c != '=' && c != '!') {
        SG_ASSIGN(std::string name, group_name(c));
        for (const auto& [known, number] : out_.names) {
          if (known == name) {
            return error_behind(fmt::format("group {} has the name '{}' already", number, name));
          }
        }
        return capture(start, std::move(name));
      }
      SG_ASSIGN(Node child, inside(start));
      Node out = wrap(Node::Op::kLook, std::move(child), start);
      out.behind = true;
      out.negative = c == '!';
      return out;
    }
    default:
      break;
  }
  cursor_.unread();
  SG_TRY(change_flags());
  const char32_t end = cursor_.read();
  if (end == ')') {
    only_flags = true;
    Node nothing;
    return nothing;
  }
  if (end != ':') {
    return error_behind(
        "this kind of group is unknown; known are (?:…) (?=…) (?!…) (?<=…) (?<!…) (?>…) "
        "(?<name>…) and the flags idmsuxU");
  }
  return plain_group(start);
}

// (?:…), with flags or not.
Result<Node> Parser::plain_group(size_t start) {
  SG_ASSIGN(Node out, inside(start));
  out.grouped = true;
  return out;
}

bool Parser::set_flag(char32_t letter, bool on) {
  JavaFlags& flags = cursor_.flags;
  switch (letter) {
    case 'i':
      flags.case_insensitive = on;
      return true;
    case 'm':
      flags.multiline = on;
      return true;
    case 's':
      flags.dotall = on;
      return true;
    case 'd':
      flags.unix_lines = on;
      return true;
    case 'u':
      flags.unicode_case = on;
      return true;
    case 'x':
      flags.comments = on;
      return true;
    case 'U':
      flags.unicode_character_class = on;
      flags.unicode_case = on;
      return true;
    default:
      return false;
  }
}

Status Parser::change_flags() {
  bool on = true;
  for (char32_t c = cursor_.peek();; c = cursor_.next()) {
    if (c == 'c') {
      return unsupported_at(cursor_.byte(), "canonical equivalence (flag c) is not done here");
    }
    if (c == '-' && on) {
      on = false;
    } else if (!set_flag(c, on)) {
      return {};
    }
  }
}

Result<std::string> Parser::group_name(char32_t first) {
  if (!is_latin_letter(first)) {
    return error_behind("the name of a group begins with a letter from a to z or A to Z");
  }
  std::string out;
  char32_t c = first;
  for (; is_latin_letter(c) || (c >= '0' && c <= '9'); c = cursor_.read()) {
    out += static_cast<char>(c);
  }
  if (c != '>') return error_behind("the name of a group has letters and digits only, then '>'");
  return out;
}

}  // namespace spillguard::regex::java
