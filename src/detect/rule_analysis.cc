#include "detect/rule_analysis.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/wire.h"

namespace spillguard::detect {
namespace {

constexpr uint32_t kAnyNumber = std::numeric_limits<uint32_t>::max();

// All that an analysis depends on.
std::string analysed_of(const Rule& rule) {
  WireWriter out;
  out.number(static_cast<uint64_t>(rule.syntax));
  out.number(rule.ignore_case ? 1 : 0);
  out.text(rule.detector);
  out.text(rule.pattern);
  out.list(rule.anchors);
  return out.take();
}

void write_set(WireWriter& out, const regex::ByteSet& set) {
  std::string bytes(set.size() / 8, '\0');
  for (size_t i = 0; i < set.size(); ++i) {
    if (set[i]) bytes[i / 8] = static_cast<char>(bytes[i / 8] | (1 << (i % 8)));
  }
  out.bytes(bytes);
}

regex::ByteSet read_set(WireReader& in) {
  constexpr size_t kWordBytes = 8;
  regex::ByteSet set;
  const std::string_view bytes = in.bytes(set.size() / 8);
  for (size_t end = bytes.size(); end >= kWordBytes; end -= kWordBytes) {
    uint64_t word = 0;
    for (size_t i = 1; i <= kWordBytes; ++i) {
      word = (word << 8U) | static_cast<unsigned char>(bytes[end - i]);
    }
    set = (set << 64U) | regex::ByteSet(word);
  }
  return set;
}

// The few sets that the guards of a rule consist of.
class Sets {
 public:
  explicit Sets(const regex::AnchorPlan& plan) {
    for (const regex::AnchorGuard& guard : plan.guards) {
      add(guard.before);
      for (const regex::ByteSet& set : guard.after) add(set);
      for (const regex::ByteSet* set : {&guard.until, &guard.through, &guard.run}) add(*set);
    }
  }
  [[nodiscard]] const std::vector<regex::ByteSet>& all() const { return sets_; }
  [[nodiscard]] uint64_t number(const regex::ByteSet& set) const {
    return static_cast<uint64_t>(std::find(sets_.begin(), sets_.end(), set) - sets_.begin());
  }

 private:
  void add(const regex::ByteSet& set) {
    if (std::find(sets_.begin(), sets_.end(), set) == sets_.end()) sets_.push_back(set);
  }
  std::vector<regex::ByteSet> sets_;
};

}  // namespace

RuleAnalysis analyse(const Rule& rule) {
  RuleAnalysis out;
  if (const auto shape = regex::Shape::of(rule.pattern, rule.ignore_case)) {
    out.plan = shape->plan(rule.anchors);
    out.look_ahead = shape->look_ahead();
  }
  return out;
}

std::string encode_analysis(const Rule& rule, const RuleAnalysis& analysis) {
  const regex::AnchorPlan& plan = analysis.plan;
  const Sets sets(plan);
  WireWriter out;
  out.text(analysed_of(rule));
  out.number(analysis.look_ahead);
  out.number(plan.every_match_has_one ? 1 : 0);
  out.number(plan.before);
  out.number(plan.after);
  out.number(sets.all().size());
  for (const regex::ByteSet& set : sets.all()) write_set(out, set);
  out.number(plan.guards.size());
  for (const regex::AnchorGuard& guard : plan.guards) {
    out.number(guard.used ? 1 : 0);
    out.number(guard.may_begin_text ? 1 : 0);
    out.number(sets.number(guard.before));
    out.number(guard.after.size());
    for (const regex::ByteSet& set : guard.after) out.number(sets.number(set));
    out.number(sets.number(guard.until));
    out.number(sets.number(guard.through));
    out.number(guard.until_within);
    out.number(sets.number(guard.run));
    out.number(guard.run_length);
    out.number(guard.run_from);
    out.number(guard.run_to);
  }
  return out.take();
}

std::optional<RuleAnalysis> prepared_analysis(const Rule& rule) {
  if (rule.prepared.empty()) return std::nullopt;
  WireReader in(rule.prepared);
  if (in.text() != analysed_of(rule)) return std::nullopt;
  RuleAnalysis out;
  out.look_ahead = in.number(kAnyNumber);
  out.plan.every_match_has_one = in.number(1) != 0;
  out.plan.before = in.number(kAnyNumber);
  out.plan.after = in.number(kAnyNumber);
  std::vector<regex::ByteSet> sets(in.count());
  for (regex::ByteSet& set : sets) set = read_set(in);
  const auto set_at = [&] {
    const uint64_t number = in.number();
    return number < sets.size() ? sets[number] : regex::ByteSet();
  };
  out.plan.guards.resize(in.count());
  for (regex::AnchorGuard& guard : out.plan.guards) {
    guard.used = in.number(1) != 0;
    guard.may_begin_text = in.number(1) != 0;
    guard.before = set_at();
    guard.after.resize(in.count());
    for (regex::ByteSet& set : guard.after) set = set_at();
    guard.until = set_at();
    guard.through = set_at();
    guard.until_within = in.number(kAnyNumber);
    guard.run = set_at();
    guard.run_length = in.number(kAnyNumber);
    guard.run_from = in.number(kAnyNumber);
    guard.run_to = in.number(kAnyNumber);
  }
  const bool fits = out.plan.guards.empty() || out.plan.guards.size() == rule.anchors.size();
  if (!in.ok_and_at_end() || !fits) return std::nullopt;
  return out;
}

}  // namespace spillguard::detect
