#include "regex/java/program.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "regex/java/edge_sets.h"
#include "regex/java/pattern_error.h"
#include "regex/java/properties.h"
#include "regex/java/study.h"
#include "regex/java/unicode_sets.h"

namespace spillguard::regex::java {
namespace {

// Steps are made from the back, so that each knows what comes behind it.
class ProgramBuilder {
 public:
  ProgramBuilder(const Parsed& parsed, std::string_view pattern, bool with_sets)
      : parsed_(&parsed), pattern_(pattern), with_sets_(with_sets) {}

  Result<Program> build();

 private:
  using Op = Step::Op;

  uint32_t add(const Step& step) {
    out_.steps.push_back(step);
    return static_cast<uint32_t>(out_.steps.size() - 1);
  }
  uint32_t add_set(const SetExpr& set);
  // The first step of a node; behind it comes `next`.
  Result<uint32_t> node(const Node& node, uint32_t next);
  Result<uint32_t> sequence(const Node& node, uint32_t next);
  Result<uint32_t> alternation(const Node& node, uint32_t next);
  Result<uint32_t> capture(const Node& node, uint32_t next);
  Result<uint32_t> look(const Node& node, uint32_t next);
  Result<uint32_t> repeat(const Node& node, uint32_t next);
  Result<uint32_t> repeated_group(const Node& node, uint32_t next);
  Result<uint32_t> optional_group(const Node& node, uint32_t next);
  uint32_t assertion(const Node& node, uint32_t next);

  const Parsed* parsed_;
  std::string_view pattern_;
  bool with_sets_;
  uint32_t accept_ = 0;
  uint32_t closures_ = 0;  // repeated groups and look-behinds around the node at hand
  std::map<std::string, uint32_t> sets_;  // by PCRE2's words for them
  Program out_;
};

Step step_of(Step::Op op, uint32_t next) {
  Step out;
  out.op = op;
  out.next = next;
  return out;
}

uint32_t ProgramBuilder::add_set(const SetExpr& set) {
  if (!with_sets_) return 0;
  bool beyond_ascii = false;
  const auto number = static_cast<uint32_t>(out_.sets.size());
  const auto [known, is_new] = sets_.try_emplace(set_to_pcre2(set, beyond_ascii), number);
  if (is_new) out_.sets.emplace_back(members_of(set));
  return known->second;
}

Result<Program> ProgramBuilder::build() {
  out_.groups = parsed_->groups + 1;
  accept_ = add(step_of(Op::kAccept, kNoStep));
  SetExpr letters = SetExpr::of_property("L");
  out_.letters_and_digits = add_set(set_union(std::move(letters), SetExpr::of_property("Nd")));
  out_.marks = add_set(SetExpr::of_property("Mn"));
  SG_ASSIGN(out_.root, node(parsed_->root, accept_));
  const auto first = with_sets_ ? first_characters(parsed_->root) : std::nullopt;
  if (first) out_.first = add_set(*first);
  return std::move(out_);
}

Result<uint32_t> ProgramBuilder::sequence(const Node& parent, uint32_t next) {
  for (auto child = parent.children.rbegin(); child != parent.children.rend(); ++child) {
    SG_ASSIGN(next, node(*child, next));
  }
  return next;
}

// What a kEmpty stands for is no step, so an alternative of nothing is one that Java has none for.
Result<uint32_t> ProgramBuilder::alternation(const Node& parent, uint32_t next) {
  const uint32_t join = add(step_of(Op::kJoin, next));
  std::vector<uint32_t> alternatives;
  for (const Node& child : parent.children) {
    SG_ASSIGN(const uint32_t first, node(child, join));
    alternatives.push_back(first == join ? kNoStep : first);
  }
  Step out = step_of(Op::kBranch, next);
  out.first = static_cast<uint32_t>(out_.alternatives.size());
  out.count = static_cast<uint32_t>(alternatives.size());
  out_.alternatives.insert(out_.alternatives.end(), alternatives.begin(), alternatives.end());
  return add(out);
}

Result<uint32_t> ProgramBuilder::capture(const Node& parent, uint32_t next) {
  Step tail = step_of(Op::kGroupTail, next);
  tail.group = parent.number;
  tail.local = out_.locals++;
  const uint32_t local = tail.local;
  SG_ASSIGN(const uint32_t body, sequence(parent, add(tail)));
  Step head = step_of(Op::kGroupHead, body);
  head.local = local;
  return add(head);
}

Result<uint32_t> ProgramBuilder::look(const Node& parent, uint32_t next) {
  Step out = step_of(parent.behind ? Op::kBehind : Op::kLook, next);
  out.negative = parent.negative;
  const uint32_t end = parent.behind ? add(step_of(Op::kBehindEnd, kNoStep)) : accept_;
  closures_ += parent.behind ? 1 : 0;
  SG_ASSIGN(out.body, sequence(parent, end));
  closures_ -= parent.behind ? 1 : 0;
  if (parent.behind) {
    Study study;
    study_steps(out_, out.body, study);
    if (!study.max_known) {
      return pattern_error(Code::kInvalidArgument, pattern_, parent.position,
                           "this look-behind has no obvious upper bound; Java wants one");
    }
    const std::string_view rest = pattern_.substr(parent.position);
    out.counts_pairs = std::any_of(rest.begin(), rest.end(), [](char byte) {
      return static_cast<unsigned char>(byte) >= 0xF0;
    });
    const auto last = last_characters(parent.children.front());
    // What the body captures on its way to nothing may be seen by references.
    out.looks_first = last && !parsed_->has_references;
    if (out.looks_first) out.set = add_set(*last);
    out.min = static_cast<uint32_t>(study.min);
    out.max = static_cast<uint32_t>(study.max);
  }
  return add(out);
}

Result<uint32_t> ProgramBuilder::optional_group(const Node& parent, uint32_t next) {
  const uint32_t join = add(step_of(Op::kJoin, next));
  ++closures_;
  SG_ASSIGN(const uint32_t body, node(parent.children.front(), join));
  --closures_;
  Step out = step_of(Op::kBranch, next);
  out.first = static_cast<uint32_t>(out_.alternatives.size());
  out.count = 2;
  const bool greedy = parent.greed == Greed::kGreedy;
  out_.alternatives.push_back(greedy ? body : kNoStep);
  out_.alternatives.push_back(greedy ? kNoStep : body);
  return add(out);
}

// Rounds that can go one way only are settled at once. Others are a loop: the group's end leads to
// it, and it begins the group again.
Result<uint32_t> ProgramBuilder::repeated_group(const Node& parent, uint32_t next) {
  const Node& child = parent.children.front();
  const bool captures = child.op == Node::Op::kCapture;
  if (parent.min == 0 && parent.max == 1 && parent.greed != Greed::kPossessive) {
    return optional_group(parent, next);
  }
  Step out = step_of(Op::kCurly, next);
  out.greed = parent.greed;
  out.min = parent.min;
  out.max = std::min(parent.max, kMostRounds);
  if (parent.greed == Greed::kPossessive) {
    if (out.min == 0 && out.max == 1) out.op = Op::kQuestion;
    ++closures_;
    SG_ASSIGN(out.body, node(child, accept_));
    --closures_;
    return add(out);
  }
  Step tail = step_of(Op::kGroupTail, accept_);
  tail.group = captures ? child.number : 0;
  tail.local = out_.locals++;
  const uint32_t end = add(tail);
  ++closures_;
  SG_ASSIGN(const uint32_t body, captures ? sequence(child, end) : node(child, end));
  --closures_;
  Study study;
  if (study_steps(out_, body, study)) {
    out_.steps[end] = step_of(Op::kAccept, kNoStep);
    out.op = Op::kGroupCurly;
    out.body = body;
    out.group = tail.group;
    return add(out);
  }
  Step head = step_of(Op::kGroupHead, body);
  head.local = tail.local;
  out.op = Op::kLoop;
  out.local = tail.local;
  out.count = out_.locals++;
  out.body = add(head);
  const bool remembers = closures_ == 0 && !parsed_->has_references &&
                         out.greed == Greed::kGreedy && out.max == kMostRounds;
  if (remembers) out.memo = out_.memos++;
  Step prolog = step_of(Op::kProlog, next);
  prolog.body = add(out);
  out_.steps[end].next = prolog.body;
  return add(prolog);
}

Result<uint32_t> ProgramBuilder::repeat(const Node& parent, uint32_t next) {
  const Node& child = parent.children.front();
  if (child.grouped || child.op == Node::Op::kCapture) return repeated_group(parent, next);
  Step out = step_of(Op::kCurly, next);
  out.greed = parent.greed;
  out.min = parent.min;
  out.max = std::min(parent.max, kMostRounds);
  if (out.min == 0 && out.max == 1) {
    out.op = Op::kQuestion;
  } else if (child.op == Node::Op::kSet && parent.max == kNoLimit &&
             parent.greed == Greed::kGreedy) {
    out.op = Op::kGreedy;
    out.set = add_set(child.set);
    return add(out);
  }
  ++closures_;
  SG_ASSIGN(out.body, node(child, accept_));
  --closures_;
  return add(out);
}

uint32_t ProgramBuilder::assertion(const Node& parent, uint32_t next) {
  Step out = step_of(Op::kTextBegin, next);
  out.unix_lines = parent.unix_lines;
  switch (parent.assertion) {
    case Node::Assert::kTextBegin:
      break;
    case Node::Assert::kTextEnd:
      out.op = Op::kTextEnd;
      break;
    case Node::Assert::kLineBegin:
      out.op = Op::kLineBegin;
      break;
    case Node::Assert::kLineEnd:
      out.op = Op::kLineEnd;
      break;
    case Node::Assert::kLastLineEnd:
      out.op = Op::kLastLineEnd;
      break;
    case Node::Assert::kWordEdge:
    case Node::Assert::kNoWordEdge: {
      out.op = Op::kWordEdge;
      out.negative = parent.assertion == Node::Assert::kNoWordEdge;
      SetExpr words = SetExpr::of_property("L");
      words = set_union(std::move(words), SetExpr::of_property("Nd"));
      words = set_union(std::move(words), SetExpr::of({{'_', '_'}}));
      out.set = add_set(parent.unicode_words ? predefined_class('w', true) : words);
      break;
    }
    case Node::Assert::kClusterEdge:
      out.op = Op::kClusterEdge;
      break;
  }
  return add(out);
}

Result<uint32_t> ProgramBuilder::node(const Node& one, uint32_t next) {
  switch (one.op) {
    case Node::Op::kEmpty:
      return next;
    case Node::Op::kSet: {
      Step out = step_of(Op::kSet, next);
      out.set = add_set(one.set);
      return add(out);
    }
    case Node::Op::kConcat:
      return sequence(one, next);
    case Node::Op::kAlternate:
      return alternation(one, next);
    case Node::Op::kRepeat:
      return repeat(one, next);
    case Node::Op::kCapture:
      return capture(one, next);
    case Node::Op::kAtomic: {
      Step out = step_of(Op::kAtomic, next);
      SG_ASSIGN(out.body, sequence(one, accept_));
      return add(out);
    }
    case Node::Op::kLook:
      return look(one, next);
    case Node::Op::kBackRef: {
      Step out = step_of(Op::kBackRef, next);
      out.group = one.number;
      out.folding = one.folding;
      if (one.number > parsed_->groups) out.op = Op::kNever;
      return add(out);
    }
    case Node::Op::kAssert:
      return assertion(one, next);
    case Node::Op::kLastMatch:
      return add(step_of(Op::kLastMatch, next));
    case Node::Op::kLineBreak:
      return add(step_of(Op::kLineBreak, next));
    case Node::Op::kGrapheme:
      return add(step_of(Op::kCluster, next));
    case Node::Op::kNever:
      break;
  }
  return add(step_of(Op::kNever, next));
}

}  // namespace

MemberSet::MemberSet(const CodeRanges& ranges) {
  for (const CodeRange& range : ranges.ranges()) {
    for (char32_t c = range.first; c <= range.last && c < 0x80; ++c) {
      ascii_[c >> 6U] |= uint64_t{1} << (c & 63U);
    }
    if (range.last >= 0x80) others_.push_back({std::max<char32_t>(range.first, 0x80), range.last});
  }
}

bool MemberSet::contains_other(char32_t c) const {
  const auto behind =
      std::upper_bound(others_.begin(), others_.end(), c,
                       [](char32_t value, const CodeRange& range) { return value < range.first; });
  return behind != others_.begin() && c <= std::prev(behind)->last;
}

Result<Program> compile_program(const Parsed& parsed, std::string_view pattern, bool with_sets) {
  return ProgramBuilder(parsed, pattern, with_sets).build();
}

}  // namespace spillguard::regex::java
