// References: Java keeps what a group inside a look-around, an atomic group or a repetition
// captured, even when the pattern goes on otherwise and PCRE2 forgets it. That matters to a back
// reference only when it can be reached without passing the group anew.
//
// Rounds: one that matches nothing ends a loop in Java, however many rounds are required; PCRE2
// unfolds counted rounds and tries each of them.
#include "regex/java/route.h"

#include <algorithm>
#include <vector>

namespace spillguard::regex::java {
namespace {

struct Hop {
  const Node* node;
  size_t child;
};
using TreePath = std::vector<Hop>;

bool keeps_captures(const Node& node) {
  if (node.op != Node::Op::kRepeat) {
    return node.op == Node::Op::kLook || node.op == Node::Op::kAtomic;
  }
  return node.max > 1 || node.min > 0 || node.greed == Greed::kPossessive;
}

// What is inside takes part whenever the node matches.
bool always_takes_part(const Node& node) {
  return node.op == Node::Op::kConcat || node.op == Node::Op::kCapture ||
         node.op == Node::Op::kAtomic || (node.op == Node::Op::kLook && !node.negative);
}

// The group stands before the reference and takes part whenever that is reached.
bool is_fresh(const TreePath& group, const TreePath& reference) {
  size_t common = 0;
  while (common < group.size() && common < reference.size() &&
         group[common].node == reference[common].node &&
         group[common].child == reference[common].child) {
    ++common;
  }
  if (common >= group.size() || common >= reference.size()) return false;
  if (group[common].node != reference[common].node) return false;
  if (group[common].node->op != Node::Op::kConcat) return false;
  if (group[common].child >= reference[common].child) return false;
  return std::all_of(group.begin() + static_cast<ptrdiff_t>(common) + 1, group.end(),
                     [](const Hop& hop) { return always_takes_part(*hop.node); });
}

bool can_be_empty(const Node& node) {
  switch (node.op) {
    case Node::Op::kSet:
    case Node::Op::kLineBreak:
    case Node::Op::kGrapheme:
      return false;
    case Node::Op::kAlternate:
      return std::any_of(node.children.begin(), node.children.end(), can_be_empty);
    case Node::Op::kConcat:
    case Node::Op::kCapture:
    case Node::Op::kAtomic:
      return std::all_of(node.children.begin(), node.children.end(), can_be_empty);
    case Node::Op::kRepeat:
      return node.min == 0 || can_be_empty(node.children.front());
    default:
      return true;
  }
}

class RouteFinder {
 public:
  explicit RouteFinder(uint32_t groups) : groups_(groups + 1), found_(groups + 1) {}

  void visit(const Node& node) {
    if (node.op == Node::Op::kCapture) {
      groups_[node.number] = path_;
      found_[node.number] = true;
    } else if (node.op == Node::Op::kBackRef) {
      references_.emplace_back(node.number, path_);
    } else if (node.op == Node::Op::kAssert && node.assertion == Node::Assert::kClusterEdge) {
      route_.machine = route_.every_place_counts = true;
    } else if (node.op == Node::Op::kGrapheme) {
      route_.machine = true;  // clusters of Unicode 14 are others
    } else if (node.op == Node::Op::kRepeat) {
      look_at_rounds(node);
    }
    for (size_t i = 0; i < node.children.size(); ++i) {
      path_.push_back({&node, i});
      visit(node.children[i]);
      path_.pop_back();
    }
  }

  Route finish() {
    for (const auto& [number, path] : references_) {
      if (number >= found_.size() || !found_[number]) continue;
      const TreePath& group = groups_[number];
      const bool kept = std::any_of(group.begin(), group.end(),
                                    [](const Hop& hop) { return keeps_captures(*hop.node); });
      if (kept && !is_fresh(group, path)) route_.machine = route_.every_place_counts = true;
    }
    return route_;
  }

 private:
  static bool holds_line_break(const Node& node) {
    return node.op == Node::Op::kLineBreak ||
           std::any_of(node.children.begin(), node.children.end(), holds_line_break);
  }
  // A round of a group that Java settles at once does not give back half a \r\n, either.
  void look_at_rounds(const Node& node) {
    const Node& child = node.children.front();
    const bool group = child.grouped || child.op == Node::Op::kCapture;
    if (!group || !keeps_captures(node)) return;
    const bool counted = node.min > 1 || (node.max > 1 && node.max != kNoLimit);
    if (holds_line_break(child) || (counted && can_be_empty(child))) route_.machine = true;
  }

  std::vector<TreePath> groups_;
  std::vector<bool> found_;
  std::vector<std::pair<uint32_t, TreePath>> references_;
  TreePath path_;
  Route route_;
};

}  // namespace

Route route_of(const Parsed& parsed) {
  RouteFinder finder(parsed.groups);
  finder.visit(parsed.root);
  return finder.finish();
}

}  // namespace spillguard::regex::java
