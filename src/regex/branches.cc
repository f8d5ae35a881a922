#include "regex/branches.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace spillguard::regex {
namespace {

using Item = Shape::Item;
using Branch = Shape::Branch;
using Branches = std::vector<Branch>;

constexpr size_t kMaxBranches = 400;
constexpr size_t kMaxItems = 400;  // of one branch
constexpr size_t kMaxOptional =
    8;  // branches of an optional part that are worth a way of their own
constexpr uint32_t kMaxCopies = 12;  // of a repeated group that are written out

Branch gap(uint32_t min, uint32_t max) {
  Item item;
  item.kind = Item::Kind::kGap;
  item.min = min;
  item.max = max;
  return {item};
}

Branch set_item(const ByteSet& set, uint32_t min, uint32_t max) {
  Item item;
  item.kind = Item::Kind::kSet;
  item.set = set;
  item.min = min;
  item.max = max;
  return {item};
}

Branches flatten_node(const Node& node);

// All ways through `head` followed by all through `tail`, or a gap for the tail when they are many.
void append(Branches& head, const Branches& tail, const Node& tail_node) {
  size_t head_items = 0;
  size_t tail_items = 0;
  for (const Branch& branch : head) head_items = std::max(head_items, branch.size());
  for (const Branch& branch : tail) tail_items = std::max(tail_items, branch.size());
  const bool too_long = tail_items > 1 && head_items + tail_items > kMaxItems;
  if (too_long || head.size() * tail.size() > kMaxBranches) {
    const Branch instead = gap(min_width(tail_node), max_width(tail_node));
    for (Branch& branch : head) branch.insert(branch.end(), instead.begin(), instead.end());
    return;
  }
  Branches out;
  out.reserve(head.size() * tail.size());
  for (const Branch& first : head) {
    for (const Branch& second : tail) {
      Branch joined = first;
      joined.insert(joined.end(), second.begin(), second.end());
      out.push_back(std::move(joined));
    }
  }
  head = std::move(out);
}

Branches flatten_repeat(const Node& node) {
  const Node& child = node.children.front();
  if (node.max == 0) return {Branch{}};
  if (child.kind == Node::Kind::kSet) return {set_item(child.set, node.min, node.max)};
  Branches once = flatten_node(child);
  if (node.min == 0 && node.max == 1 && once.size() <= kMaxOptional) {
    once.emplace_back();
    return once;
  }
  if (node.min == 0) return {gap(0, multiply_widths(node.max, max_width(child)))};
  // The first copies, as far as they stay few, and a gap for the rest.
  Branches out = {Branch{}};
  uint32_t copies = 0;
  while (copies < node.min && copies < kMaxCopies && (copies == 0 || once.size() == 1)) {
    append(out, once, child);
    ++copies;
  }
  if (node.max > copies) {
    const uint32_t more = node.max == kUnbounded ? kUnbounded : node.max - copies;
    const Branch rest = gap(multiply_widths(node.min - copies, min_width(child)),
                            multiply_widths(more, max_width(child)));
    for (Branch& branch : out) branch.insert(branch.end(), rest.begin(), rest.end());
  }
  return out;
}

// (?<![A-Z]) and the like say what the byte before is; the other kinds say nothing here.
Branch look_item(const Node& node) {
  Item item;
  if (!node.behind) return {item};
  ByteSet set;
  bool start = false;  // an alternative of the look-behind holds at the begin of the text
  const Node& body = node.children.front();
  const auto add = [&](const Node& option) {
    const Node* only = &option;
    while (only->kind == Node::Kind::kConcat && only->children.size() == 1)
      only = &only->children[0];
    if (only->kind == Node::Kind::kSet) {
      set |= only->set;
      return true;
    }
    if (only->kind == Node::Kind::kAssert) {  // ^ and \A, and the rest to be safe
      start = true;
      return !node.negative;  // a line's begin has a byte before it, too
    }
    return false;
  };
  if (body.kind == Node::Kind::kAlternate) {
    for (const Node& option : body.children) {
      if (!add(option)) return {item};
    }
  } else if (!add(body)) {
    return {item};
  }
  if (start) return {item};
  item.kind = Item::Kind::kLookBehind;
  item.set = node.negative ? ~set : set;
  item.at_start = node.negative;
  return {item};
}

Branches flatten_node(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kEmpty:
      return {Branch{}};
    case Node::Kind::kSet:
      return {set_item(node.set, 1, 1)};
    case Node::Kind::kRepeat:
      return flatten_repeat(node);
    case Node::Kind::kLook:
      return {look_item(node)};
    case Node::Kind::kAnything:
      return {gap(0, kUnbounded)};
    case Node::Kind::kAssert:
      return {Branch{Item{}}};
    case Node::Kind::kWordBoundary: {
      Item item;
      item.kind = Item::Kind::kWordBoundary;
      return {Branch{item}};
    }
    case Node::Kind::kConcat: {
      Branches out = {Branch{}};
      for (const Node& child : node.children) append(out, flatten_node(child), child);
      return out;
    }
    case Node::Kind::kAlternate: {
      Branches out;
      for (const Node& child : node.children) {
        Branches more = flatten_node(child);
        if (out.size() + more.size() > kMaxBranches) return {gap(min_width(node), max_width(node))};
        out.insert(out.end(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
      }
      return out;
    }
  }
  return {gap(0, kUnbounded)};
}

}  // namespace

std::vector<Shape::Branch> flatten(const Node& tree) {
  Branches branches = flatten_node(tree);
  for (Branch& branch : branches) {
    if (branch.size() > kMaxItems) branch = gap(min_width(tree), max_width(tree));
  }
  return branches;
}

}  // namespace spillguard::regex
