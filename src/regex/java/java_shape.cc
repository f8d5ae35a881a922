#include "regex/java/java_shape.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "regex/java/parser.h"

namespace spillguard::regex {
namespace java_shape_detail {
namespace {

using JavaNode = java::Node;
using Op = JavaNode::Op;
using Kind = Node::Kind;

constexpr char32_t kStandIn = 0x1A;       // for a byte that is no UTF-8
constexpr uint32_t kMostOfCharacter = 4;  // bytes

Node node_of(Kind kind, std::vector<Node> children = {}) {
  Node out;
  out.kind = kind;
  out.children = std::move(children);
  return out;
}

Node repeat_of(Node child, uint32_t min, uint32_t max) {
  Node out = node_of(Kind::kRepeat, {});
  out.children.push_back(std::move(child));
  out.min = min;
  out.max = max;
  return out;
}

Node set_of(const ByteSet& bytes) {
  Node out = node_of(Kind::kSet);
  out.set = bytes;
  return out;
}

// Any character at all, or any but so many ASCII ones.
Node character_of(ByteSet ascii) {
  return repeat_of(set_of(ascii | byte_range(0x80, 0xFF)), 1, kMostOfCharacter);
}

Node convert_set(const java::SetExpr& set) {
  if (set.kind != java::SetExpr::Kind::kRanges || set.negated) {
    return character_of(byte_range(0, 0x7F));
  }
  const auto& ranges = set.ranges.ranges();
  if (ranges.empty()) return node_of(Kind::kAnything);
  ByteSet ascii;
  for (const java::CodeRange& range : ranges) {
    if (range.first > 0x7F) break;
    ascii |= byte_range(range.first, std::min<char32_t>(range.last, 0x7F));
  }
  if (ranges.back().last <= 0x7F) {
    return set_of(ascii[kStandIn] ? ascii | byte_range(0x80, 0xFF) : ascii);
  }
  if (ranges.size() == 1 && ranges.front().first == ranges.front().last) {
    std::string bytes;
    append_utf8(bytes, ranges.front().first);
    Node out = node_of(Kind::kConcat);
    for (const char byte : bytes) out.children.push_back(set_of(bytes_of({&byte, 1})));
    return out;
  }
  return character_of(ascii);
}

// The node's first character when that is one of a set of ASCII word characters, whatever follows.
bool begins_with_word(const JavaNode& node) {
  if (node.op == Op::kSet) {
    if (node.set.kind != java::SetExpr::Kind::kRanges || node.set.negated) return false;
    const auto& ranges = node.set.ranges.ranges();
    if (ranges.empty() || ranges.back().last > 0x7F) return false;
    for (const java::CodeRange& range : ranges) {
      for (char32_t c = range.first; c <= range.last; ++c) {
        if (!is_word_byte(static_cast<unsigned char>(c))) return false;
      }
    }
    return true;
  }
  const bool same = node.op == Op::kCapture || node.op == Op::kAtomic || node.op == Op::kConcat ||
                    (node.op == Op::kRepeat && node.min > 0);
  return same && !node.children.empty() && begins_with_word(node.children.front());
}

bool holds_stand_in(const Node& node) {
  return node.set[kStandIn] ||
         std::any_of(node.children.begin(), node.children.end(), holds_stand_in);
}

Node convert(const JavaNode& node);

Node convert_all(Kind kind, const JavaNode& node) {
  Node out = node_of(kind);
  for (size_t i = 0; i < node.children.size(); ++i) {
    const JavaNode& child = node.children[i];
    const bool next_is_word =
        i + 1 < node.children.size() && begins_with_word(node.children[i + 1]);
    const bool is_word_edge =
        child.op == Op::kAssert && child.assertion == JavaNode::Assert::kWordEdge;
    if (kind == Kind::kConcat && is_word_edge && next_is_word) {
      // No ASCII word character stands before it.
      Node look = node_of(Kind::kLook);
      look.children.push_back(set_of(word_bytes()));
      look.negative = true;
      look.behind = true;
      out.children.push_back(std::move(look));
    } else {
      out.children.push_back(convert(child));
    }
  }
  return out;
}

Node convert(const JavaNode& node) {
  switch (node.op) {
    case Op::kEmpty:
      return node_of(Kind::kEmpty);
    case Op::kSet:
      return convert_set(node.set);
    case Op::kConcat:
    case Op::kCapture:
    case Op::kAtomic:
      return convert_all(Kind::kConcat, node);
    case Op::kAlternate:
      return convert_all(Kind::kAlternate, node);
    case Op::kRepeat:
      return repeat_of(convert(node.children.front()), node.min,
                       node.max == java::kNoLimit ? kUnbounded : node.max);
    case Op::kLook: {
      if (!node.behind) return node_of(Kind::kAssert);
      Node out = convert_all(Kind::kLook, node);
      // A set with the stand-in was widened, so it must not say what can not stand there.
      if (node.negative && holds_stand_in(out)) return node_of(Kind::kAssert);
      out.negative = node.negative;
      out.behind = true;
      return out;
    }
    case Op::kAssert:
    case Op::kLastMatch:
      return node_of(Kind::kAssert);
    case Op::kLineBreak:
      return repeat_of(set_of(byte_range('\n', '\r') | byte_range(0x80, 0xFF)), 1, 3);
    case Op::kBackRef:
    case Op::kGrapheme:
    case Op::kNever:
      break;
  }
  return node_of(Kind::kAnything);
}

}  // namespace
}  // namespace java_shape_detail

Result<Shape> java_shape(std::string_view pattern, const JavaFlags& flags, bool ignore_case) {
  java::Parser parser(pattern, flags);
  SG_ASSIGN(const java::Parsed parsed, parser.parse());
  return Shape::of_tree(java_shape_detail::convert(parsed.root), ignore_case);
}

}  // namespace spillguard::regex
