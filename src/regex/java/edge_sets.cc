#include "regex/java/edge_sets.h"

#include <utility>

namespace spillguard::regex::java {
namespace {

struct Edge {
  bool known = true;
  bool may_be_empty = false;
  std::optional<SetExpr> set;  // nullopt: no characters

  void join(Edge other) {
    known = known && other.known;
    if (!set) {
      set = std::move(other.set);
    } else if (other.set) {
      set = set_union(std::move(*set), std::move(*other.set));
    }
  }
};

Edge edge_of(const Node& node, bool last);

Edge edge_of_sequence(const Node& node, bool last) {
  Edge out;
  out.may_be_empty = true;
  const size_t count = node.children.size();
  for (size_t i = 0; i < count && out.known && out.may_be_empty; ++i) {
    Edge child = edge_of(node.children[last ? count - 1 - i : i], last);
    out.may_be_empty = child.may_be_empty;
    out.join(std::move(child));
  }
  return out;
}

Edge edge_of(const Node& node, bool last) {
  Edge out;
  switch (node.op) {
    case Node::Op::kEmpty:
    case Node::Op::kLook:
    case Node::Op::kAssert:
    case Node::Op::kLastMatch:
      out.may_be_empty = true;
      break;
    case Node::Op::kSet:
      out.set = node.set;
      break;
    case Node::Op::kLineBreak:
      out.set = SetExpr::of({{'\n', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}});
      break;
    case Node::Op::kConcat:
    case Node::Op::kCapture:
    case Node::Op::kAtomic:
      return edge_of_sequence(node, last);
    case Node::Op::kRepeat:
      out = edge_of(node.children.front(), last);
      out.may_be_empty = out.may_be_empty || node.min == 0;
      break;
    case Node::Op::kAlternate:
      for (const Node& child : node.children) {
        Edge one = edge_of(child, last);
        out.may_be_empty = out.may_be_empty || one.may_be_empty;
        out.join(std::move(one));
      }
      break;
    case Node::Op::kBackRef:
    case Node::Op::kGrapheme:
    case Node::Op::kNever:
      out.known = false;
      break;
  }
  return out;
}

std::optional<SetExpr> plain_edge(const Node& node, bool last) {
  Edge edge = edge_of(node, last);
  if (!edge.known || edge.may_be_empty) return std::nullopt;
  return std::move(edge.set);
}

}  // namespace

std::optional<SetExpr> first_characters(const Node& node) { return plain_edge(node, false); }
std::optional<SetExpr> last_characters(const Node& node) { return plain_edge(node, true); }

}  // namespace spillguard::regex::java
