#include "regex/java/lower.h"

#include <fmt/format.h>

#include <algorithm>

#include "regex/java/lowering.h"

namespace spillguard::regex::java {

tl::unexpected<Error> Lowering::beyond_pcre2() {
  return fail(Code::kUnsupported, "beyond what PCRE2 can express exactly");
}

namespace {

bool holds_reluctant(const Node& node) {
  return (node.op == Node::Op::kRepeat && node.greed == Greed::kReluctant) ||
         std::any_of(node.children.begin(), node.children.end(), holds_reluctant);
}

}  // namespace

Result<std::string> Lowering::joined(const Node& node, std::string_view between) {
  std::string out;
  for (size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) out += between;
    SG_ASSIGN(const std::string one, piece(node.children[i]));
    out += one;
  }
  return out;
}

Result<std::string> Lowering::piece(const Node& node) {
  switch (node.op) {
    case Node::Op::kEmpty:
      return std::string();
    case Node::Op::kSet:
      return set_to_pcre2(node.set, beyond_ascii_);
    case Node::Op::kConcat:
      return joined(node, "");
    case Node::Op::kAlternate: {
      SG_ASSIGN(const std::string body, joined(node, "|"));
      return fmt::format("(?:{})", body);
    }
    case Node::Op::kRepeat:
      return repeat(node);
    case Node::Op::kCapture: {
      SG_ASSIGN(const std::string body, joined(node, ""));
      return node.text.empty() ? fmt::format("({})", body)
                               : fmt::format("(?<{}>{})", node.text, body);
    }
    case Node::Op::kAtomic: {
      settles_ = true;
      SG_ASSIGN(const std::string body, joined(node, ""));
      return fmt::format("(?>{})", body);
    }
    case Node::Op::kLook:
      return look(node);
    case Node::Op::kBackRef:
      return back_reference(node);
    case Node::Op::kAssert:
      if (node.assertion == Node::Assert::kClusterEdge) return beyond_pcre2();
      beyond_ascii_ = beyond_ascii_ || node.beyond_ascii;
      return node.text;
    case Node::Op::kLastMatch:
      return std::string(attached_ ? "\\G" : "(?!)");
    case Node::Op::kLineBreak:
      beyond_ascii_ = true;
      return std::string("(?:\\r\\n|[\\n-\\r\\x{85}\\x{2028}\\x{2029}])");
    case Node::Op::kGrapheme:
      beyond_ascii_ = true;
      return std::string("\\X");
    case Node::Op::kNever:
      break;
  }
  return std::string("(?!)");
}

Result<std::string> Lowering::atom(const Node& node) {
  SG_ASSIGN(std::string text, piece(node));
  const bool whole = node.op == Node::Op::kSet || node.op == Node::Op::kCapture ||
                     node.op == Node::Op::kAtomic || node.op == Node::Op::kAlternate;
  if (whole && text != "(?!)") return text;
  return fmt::format("(?:{})", text);
}

Result<std::string> Lowering::repeat(const Node& node) {
  SG_ASSIGN(std::string child, atom(node.children.front()));
  // PCRE2 tries other ways through the required rounds; Java settles each round at once.
  const bool one_way = node.children.front().op == Node::Op::kSet;
  const bool required_rounds = node.greed == Greed::kPossessive && node.min > 1 && !one_way;
  // A repeated \R never gives back the half of a \r\n.
  settles_ = settles_ || (node.greed == Greed::kPossessive && !one_way);
  if (required_rounds || node.children.front().op == Node::Op::kLineBreak) {
    child = fmt::format("(?>{})", child);
  }
  std::string count;
  if (node.max == kNoLimit) {
    count = node.min == 0 ? "*" : node.min == 1 ? "+" : fmt::format("{{{},}}", node.min);
  } else if (node.min == 0 && node.max == 1) {
    count = "?";
  } else if (node.min == node.max) {
    count = fmt::format("{{{}}}", node.min);
  } else {
    count = fmt::format("{{{},{}}}", node.min, node.max);
  }
  if (node.greed == Greed::kReluctant) count += '?';
  if (node.greed == Greed::kPossessive) count += '+';
  return child + count;
}

Result<std::string> Lowering::back_reference(const Node& node) {
  if (node.number > parsed_->groups) return std::string("(?!)");
  if (node.folding == Folding::kNone) return fmt::format("\\g{{{}}}", node.number);
  if (!parsed_->foldable[node.number]) return beyond_pcre2();
  return fmt::format("(?i:\\g{{{}}})", node.number);
}

Result<std::string> Lowering::look(const Node& node) {
  const Node& body = node.children.front();
  settles_ = settles_ || holds_reluctant(body);
  const std::string_view sign = node.negative ? "!" : "=";
  if (!node.behind) {
    SG_ASSIGN(const std::string text, piece(body));
    return fmt::format("(?{}{})", sign, text);
  }
  SG_ASSIGN(const ByLength lengths, by_length(body));
  std::string all;
  for (const auto& [length, text] : lengths) {
    if (length != lengths.begin()->first) all += '|';
    all += text;
  }
  return fmt::format("(?<{}{})", sign, all);
}

Result<Lowered> lower(const Parsed& parsed, bool attached) {
  Lowering state(parsed, attached);
  Lowered out;
  SG_ASSIGN(out.text, state.piece(parsed.root));
  // PCRE2 10.42 makes the last repetition of an atomic group or a look-around possessive even when
  // it is reluctant, and looks wrongly behind an optional possessive group. And its JIT code takes
  // a repetition in an atomic group for failed when it failed from an earlier place.
  if (state.settles()) out.text.insert(0, "(*NO_AUTO_POSSESS)(*NO_START_OPT)");
  out.beyond_ascii = state.beyond_ascii();
  return out;
}

}  // namespace spillguard::regex::java
