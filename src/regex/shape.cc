#include "regex/shape.h"

#include <algorithm>
#include <utility>

#include "regex/branches.h"
#include "regex/follow.h"

namespace spillguard::regex {
namespace {

using Item = Shape::Item;
using Branch = Shape::Branch;

constexpr size_t kMinAnchor = 3;
constexpr size_t kMaxAnchor = 32;
constexpr size_t kMaxAnchors = 64;
constexpr size_t kMaxGuardBytes = 24;

bool is_single(const Item& item) {
  return item.kind == Item::Kind::kSet && item.min == 1 && item.max == 1;
}

// The byte that an item stands for, in lower case when case is ignored; -1 when it is not one byte.
int literal_byte(const Item& item, bool ignore_case) {
  if (!is_single(item)) return -1;
  const size_t count = item.set.count();
  for (int b = 0; b < 256; ++b) {
    if (!item.set[static_cast<size_t>(b)]) continue;
    if (count == 1) return b;
    if (!ignore_case || count != 2 || b < 'A' || b > 'Z') return -1;
    return item.set[static_cast<size_t>(b) + 32] ? b + 32 : -1;
  }
  return -1;
}

// Whether the items at `at`, zero-width ones between them skipped, spell the anchor; `end` is then
// the index behind the last of them.
bool spells(const Branch& branch, size_t at, const std::string& anchor, bool ignore_case,
            size_t& end) {
  size_t index = at;
  for (const char c : anchor) {
    while (index > at && index < branch.size() && branch[index].max == 0) ++index;
    if (index >= branch.size()) return false;
    const int byte = literal_byte(branch[index], ignore_case);
    unsigned char wanted = to_byte(c);
    if (ignore_case && wanted >= 'A' && wanted <= 'Z')
      wanted = static_cast<unsigned char>(wanted + 32);
    if (byte != wanted) return false;
    ++index;
  }
  end = index;
  return true;
}

// What a longest literal is worth as an anchor: length, less for what stands in every other text.
int worth(const std::string& text) {
  static constexpr std::string_view kCommon[] = {
      "http", "https", "www.",   ".com",   "key",  "api",  "token", "pass", "user",
      "name", "://",   "secret", "client", "auth", "code", "test",  "data", "project"};
  int points = static_cast<int>(text.size());
  for (const std::string_view word : kCommon) {
    if (text.find(word) != std::string::npos) points -= static_cast<int>(word.size());
  }
  return points;
}

// The sets before item `begin` of a branch.
void look_before(const Branch& branch, size_t begin, AnchorGuard& out) {
  out.before.set();
  size_t index = begin;
  while (index > 0) {
    const Item& item = branch[--index];
    if (item.kind == Item::Kind::kSet && item.max > 0) {
      if (item.min > 0) {
        out.before &= item.set;
        out.may_begin_text = false;
      }
      break;
    }
    if (item.kind == Item::Kind::kGap) break;
    if (item.kind == Item::Kind::kLookBehind) {
      out.before &= item.set;
      out.may_begin_text = out.may_begin_text && item.at_start;
    } else if (item.kind == Item::Kind::kWordBoundary) {
      const ByteSet first = branch[begin].set;
      if ((first & ~word_bytes()).none()) {
        out.before &= ~word_bytes();
      } else if ((first & word_bytes()).none()) {
        out.before &= word_bytes();
        out.may_begin_text = false;
      }
    }
  }
}

uint32_t widest(const Branch& branch, size_t begin, size_t end) {
  uint32_t sum = 0;
  for (size_t i = begin; i < end; ++i) sum = add_widths(sum, branch[i].max);
  return sum;
}

AnchorGuard guard_of(const Branch& branch, size_t begin, size_t end) {
  AnchorGuard guard;
  guard.used = true;
  look_before(branch, begin, guard);
  guard.after = bytes_after(branch, end, kMaxGuardBytes);
  find_until(branch, end, guard);
  find_run(branch, end, guard);
  return guard;
}

void add_to_guard(AnchorGuard& guard, const AnchorGuard& more) {
  if (!guard.used) {
    guard = more;
    return;
  }
  guard.before |= more.before;
  guard.may_begin_text = guard.may_begin_text || more.may_begin_text;
  guard.after.resize(std::min(guard.after.size(), more.after.size()));
  for (size_t i = 0; i < guard.after.size(); ++i) guard.after[i] |= more.after[i];
  if (guard.until.none() || more.until.none()) {
    guard.until.reset();
  } else {
    guard.until |= more.until;
    guard.through |= more.through;
    guard.until_within = std::max(guard.until_within, more.until_within);
  }
  guard.run_length = std::min(guard.run_length, more.run_length);
  guard.run_from = std::min(guard.run_from, more.run_from);
  guard.run_to = std::max(guard.run_to, more.run_to);
  guard.run |= more.run;
}

uint32_t look_ahead_of(const Node& node) {
  if (node.kind == Node::Kind::kAssert || node.kind == Node::Kind::kWordBoundary) return 2;
  const bool looks = node.kind == Node::Kind::kLook && !node.behind;
  const uint32_t own = looks ? max_width(node.children.front()) : 0;
  uint32_t most = own;
  for (const Node& child : node.children)
    most = std::max(most, add_widths(look_ahead_of(child), own));
  return most;
}

}  // namespace

Result<Shape> Shape::of(std::string_view pattern, bool ignore_case) {
  SG_ASSIGN(Node tree, parse_pattern(pattern, ignore_case));
  return of_tree(std::move(tree), ignore_case);
}

Shape Shape::of_tree(Node tree, bool ignore_case) {
  Shape shape;
  shape.tree_ = std::move(tree);
  shape.ignore_case_ = ignore_case;
  shape.branches_ = flatten(shape.tree_);
  return shape;
}

uint32_t Shape::look_ahead() const { return look_ahead_of(tree_); }

std::optional<std::vector<std::string>> Shape::derive_anchors() const {
  std::vector<std::string> anchors;
  for (const Branch& branch : branches_) {
    std::string best;
    std::string run;
    const auto close = [&] {
      if (run.size() > kMaxAnchor) run.resize(kMaxAnchor);
      if (run.size() >= kMinAnchor && (best.empty() || worth(run) > worth(best))) best = run;
      run.clear();
    };
    for (const Item& item : branch) {
      const int byte = literal_byte(item, ignore_case_);
      if (byte >= 0) {
        run += static_cast<char>(byte);
      } else if (item.max > 0) {  // zero-width items do not part what is written together
        close();
      }
    }
    close();
    if (best.empty()) return std::nullopt;
    anchors.push_back(std::move(best));
  }
  std::sort(anchors.begin(), anchors.end());
  anchors.erase(std::unique(anchors.begin(), anchors.end()), anchors.end());
  if (anchors.empty() || anchors.size() > kMaxAnchors) return std::nullopt;
  return anchors;
}

AnchorPlan Shape::plan(const std::vector<std::string>& anchors) const {
  AnchorPlan plan;
  plan.guards.resize(anchors.size());
  plan.before = 0;
  plan.after = 0;
  for (const Branch& branch : branches_) {
    size_t best = anchors.size();
    size_t best_begin = 0;
    size_t best_end = 0;
    for (size_t begin = 0; begin < branch.size(); ++begin) {
      if (!is_single(branch[begin])) continue;
      for (size_t i = 0; i < anchors.size(); ++i) {
        size_t end = 0;
        if (best < anchors.size() && anchors[i].size() <= anchors[best].size()) continue;
        if (anchors[i].empty() || !spells(branch, begin, anchors[i], ignore_case_, end)) continue;
        best = i;
        best_begin = begin;
        best_end = end;
      }
    }
    if (best == anchors.size()) return {};
    plan.before = std::max(plan.before, widest(branch, 0, best_begin));
    plan.after = std::max(plan.after, widest(branch, best_begin, branch.size()));
    add_to_guard(plan.guards[best], guard_of(branch, best_begin, best_end));
  }
  plan.every_match_has_one = !branches_.empty();
  return plan;
}

}  // namespace spillguard::regex
