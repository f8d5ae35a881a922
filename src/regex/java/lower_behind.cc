// Look-behind. Java takes any body with an upper bound; PCRE2 10.42 wants alternatives of one
// length each. So the body is split by length: what it matches at length 0, at length 1, and so on.
// Whether some alternative matches is all that counts, so their order is free, and greed is without
// effect but for possessive and atomic parts, which have to be of one length.
#include <fmt/format.h>

#include <algorithm>

#include "regex/java/lowering.h"

namespace spillguard::regex::java {
namespace {

constexpr size_t kMaxLengths = 255;
constexpr size_t kMaxText = 60'000;   // bytes of one expanded look-behind
constexpr uint32_t kMaxBehind = 255;  // characters

bool has_capture(const Node& node) {
  return node.op == Node::Op::kCapture ||
         std::any_of(node.children.begin(), node.children.end(), has_capture);
}

void add_alternative(std::map<uint32_t, std::string>& out, uint32_t length,
                     const std::string& text) {
  const auto [at, is_new] = out.try_emplace(length, text);
  if (!is_new && at->second != text) at->second = fmt::format("(?:{}|{})", at->second, text);
}

}  // namespace

Result<Lowering::ByLength> Lowering::by_length(const Node& node) {
  switch (node.op) {
    case Node::Op::kSet: {
      SG_ASSIGN(std::string text, piece(node));
      return ByLength{{1, std::move(text)}};
    }
    case Node::Op::kEmpty:
    case Node::Op::kLook:
    case Node::Op::kAssert: {
      SG_ASSIGN(std::string text, piece(node));
      return ByLength{{0, std::move(text)}};
    }
    case Node::Op::kConcat:
      return concat_by_length(node);
    case Node::Op::kRepeat:
      return repeat_by_length(node);
    case Node::Op::kAlternate: {
      ByLength out;
      for (const Node& child : node.children) {
        SG_ASSIGN(const ByLength lengths, by_length(child));
        for (const auto& [length, text] : lengths) add_alternative(out, length, text);
      }
      return out;
    }
    case Node::Op::kCapture:
    case Node::Op::kAtomic: {
      SG_ASSIGN(ByLength lengths, by_length(node.children.front()));
      return fixed_only(std::move(lengths), node);
    }
    case Node::Op::kLineBreak:
      beyond_ascii_ = true;
      return ByLength{{1, "[\\n-\\r\\x{85}\\x{2028}\\x{2029}]"}, {2, "\\r\\n"}};
    case Node::Op::kNever:
      return ByLength{{0, "(?!)"}};
    case Node::Op::kBackRef:
      return beyond_pcre2();
    case Node::Op::kLastMatch:
      return beyond_pcre2();
    case Node::Op::kGrapheme:
      break;
  }
  return beyond_pcre2();
}

// A group whose parts depend on one another: only as it stands, so of one length.
Result<Lowering::ByLength> Lowering::fixed_only(ByLength lengths, const Node& node) {
  if (lengths.size() != 1) {
    return beyond_pcre2();
  }
  std::string& text = lengths.begin()->second;
  if (node.op == Node::Op::kAtomic) {
    text = fmt::format("(?>{})", text);
  } else if (node.op == Node::Op::kCapture) {
    text =
        node.text.empty() ? fmt::format("({})", text) : fmt::format("(?<{}>{})", node.text, text);
  }
  return lengths;
}

Result<Lowering::ByLength> Lowering::product(const ByLength& a, const ByLength& b) {
  ByLength out;
  size_t bytes = 0;
  for (const auto& [length_a, text_a] : a) {
    for (const auto& [length_b, text_b] : b) {
      const uint32_t length = length_a + length_b;
      bytes += text_a.size() + text_b.size() + 5;
      if (length > kMaxBehind || out.size() > kMaxLengths || bytes > kMaxText) {
        return beyond_pcre2();
      }
      add_alternative(out, length, text_a + text_b);
    }
  }
  return out;
}

Result<Lowering::ByLength> Lowering::concat_by_length(const Node& node) {
  ByLength out{{0, ""}};
  for (const Node& child : node.children) {
    SG_ASSIGN(ByLength lengths, by_length(child));
    if (lengths.size() > 1 && has_capture(child)) {
      return beyond_pcre2();
    }
    const bool captures_before = out.size() > 1 || lengths.size() > 1;
    if (captures_before && has_capture(node)) {
      return beyond_pcre2();
    }
    SG_ASSIGN(out, product(out, lengths));
  }
  return out;
}

Result<Lowering::ByLength> Lowering::repeat_by_length(const Node& node) {
  if (node.max == kNoLimit) {
    return beyond_pcre2();
  }
  const Node& child = node.children.front();
  SG_ASSIGN(ByLength once, by_length(child));
  if (child.op == Node::Op::kLineBreak) {  // a repeated \R takes \r\n whole
    once[1] = "(?:\\r(?!\\n)|[\\n-\\f\\x{85}\\x{2028}\\x{2029}])";
  }
  const bool fixed = node.min == node.max;
  const bool one_length = once.size() == 1;
  if (!fixed || !one_length) {
    if (has_capture(child)) {
      return beyond_pcre2();
    }
    if (node.greed == Greed::kPossessive) return fixed_only({}, node);
  }
  const bool narrow = static_cast<uint64_t>(once.rbegin()->first) * node.max <= kMaxBehind;
  if (!narrow) {
    return beyond_pcre2();
  }
  ByLength out;
  if (one_length) {
    for (uint32_t times = node.min; times <= node.max && out.size() <= kMaxLengths; ++times) {
      add_alternative(out, times * once.begin()->first,
                      fmt::format("(?:{}){{{}}}", once.begin()->second, times));
      if (once.begin()->first == 0) break;  // more rounds of nothing are nothing new
    }
    return out;
  }
  ByLength power{{0, ""}};
  for (uint32_t times = 0;; ++times) {
    if (times >= node.min) {
      for (const auto& [length, text] : power) add_alternative(out, length, text);
    }
    if (times == node.max) return out;
    if (times > kMaxLengths) break;
    SG_ASSIGN(power, product(power, once));
  }
  return beyond_pcre2();
}

}  // namespace spillguard::regex::java
