#include "detect/catalogue.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "base/embedded.h"
#include "detect/engine.h"
#include "detect/engine_state.h"
#include "detect/rule_analysis.h"
#include "detect/wire.h"

namespace spillguard::detect {
namespace {

// The number goes up with the form.
constexpr std::string_view kMagic = "spillguard rules 1\n";
constexpr size_t kSumBytes = 8;
constexpr uint64_t kMostSeverity = static_cast<uint64_t>(Severity::kCritical);

// Tells a broken program from a whole one, quickly; it keeps nobody off.
uint64_t check_sum(std::string_view text) {
  constexpr uint64_t kFactor = 0x9E3779B97F4A7C15ULL;
  uint64_t sum = text.size();
  while (!text.empty()) {
    uint64_t word = 0;
    const size_t take = std::min(text.size(), sizeof word);
    std::memcpy(&word, text.data(), take);
    sum = std::rotl((sum ^ word) * kFactor, 29);
    text.remove_prefix(take);
  }
  return sum ^ (sum >> 32U);
}

std::string sum_bytes(std::string_view text) {
  std::string out;
  for (uint64_t sum = check_sum(text); out.size() < kSumBytes; sum >>= 8U) {
    out += static_cast<char>(sum & 0xFFU);
  }
  return out;
}

void write_rule(WireWriter& out, const Rule& rule, std::string_view prepared) {
  out.number(static_cast<uint64_t>(rule.id));
  out.text(rule.name);
  out.text(rule.title);
  out.text(rule.provider);
  out.text(rule.category);
  out.number(static_cast<uint64_t>(rule.severity));
  out.number(rule.enabled ? 1 : 0);
  out.text(rule.pattern);
  out.number(static_cast<uint64_t>(rule.syntax));
  out.number(rule.java_flags);
  out.text(rule.detector);
  out.list(rule.anchors);
  out.number(rule.ignore_case ? 1 : 0);
  out.number(rule.before);
  out.number(rule.after);
  out.list(rule.context);
  out.number(rule.context_reach);
  out.number(std::bit_cast<uint64_t>(rule.min_entropy));
  out.list(rule.validators);
  out.list(rule.stop_words);
  out.list(rule.examples);
  out.list(rule.counter_examples);
  out.text(rule.source);
  out.text(rule.file);
  out.text(prepared);
}

Rule read_rule(WireReader& in) {
  constexpr uint32_t kAny = UINT32_MAX;
  Rule rule;
  rule.id = static_cast<int32_t>(in.number(INT32_MAX));
  rule.name = in.text();
  rule.title = in.text();
  rule.provider = in.text();
  rule.category = in.text();
  rule.severity = static_cast<Severity>(in.number(kMostSeverity));
  rule.enabled = in.number(1) != 0;
  rule.pattern = in.text();
  rule.syntax = static_cast<Syntax>(in.number(static_cast<uint32_t>(Syntax::kJava)));
  rule.java_flags = static_cast<uint32_t>(in.number(kAny));
  rule.detector = in.text();
  rule.anchors = in.list();
  rule.ignore_case = in.number(1) != 0;
  rule.before = in.number(kAny);
  rule.after = in.number(kAny);
  rule.context = in.list();
  rule.context_reach = in.number(kAny);
  rule.min_entropy = std::bit_cast<double>(in.number());
  rule.validators = in.list();
  rule.stop_words = in.list();
  rule.examples = in.list();
  rule.counter_examples = in.list();
  rule.source = in.text();
  rule.file = in.text();
  rule.prepared = in.text();
  return rule;
}

struct Sections {
  std::string_view rules;
  std::string_view literals;
};

Result<Sections> split_sections(std::string_view text) {
  if (!text.starts_with(kMagic)) {
    return fail(Code::kInvalidArgument, "it is no catalogue of this version");
  }
  WireReader in(text.substr(kMagic.size()));
  Sections out;
  out.rules = in.text();
  out.literals = in.text();
  if (!in.ok_and_at_end()) return fail(Code::kInvalidArgument, "it is cut off");
  return out;
}

}  // namespace

Result<std::string> write_catalogue(const RuleSet& rules) {
  // Whatever is in the catalogue is used without another look, so all of it is tried here.
  std::vector<Rule> all(rules.rules().begin(), rules.rules().end());
  for (Rule& rule : all) rule.enabled = true;
  SG_TRY(Engine::build(RuleSet::of(std::move(all))));

  WireWriter section;
  section.number(rules.rules().size());
  for (const Rule& rule : rules.rules()) {
    const bool analysed = rule.syntax == Syntax::kPcre2 && rule.detector.empty();
    write_rule(section, rule, analysed ? encode_analysis(rule, analyse(rule)) : std::string());
  }
  SG_ASSIGN(const std::string literals, prepare_literals(rules));
  WireWriter out;
  out.bytes(kMagic);
  out.text(sum_bytes(section.str()) + section.str());
  out.text(literals);
  return out.take();
}

Result<Catalogue> read_catalogue(std::string_view text) {
  SG_ASSIGN(const Sections sections, split_sections(text));
  const std::string_view sum = sections.rules.substr(0, kSumBytes);
  const std::string_view body = sections.rules.substr(sum.size());
  if (sum != sum_bytes(body)) return fail(Code::kInvalidArgument, "its check sum is wrong");
  WireReader in(body);
  std::vector<Rule> rules(in.count());
  for (Rule& rule : rules) rule = read_rule(in);
  if (!in.ok_and_at_end()) return fail(Code::kInvalidArgument, "its rules are cut off");
  return Catalogue{.rules = RuleSet::of(std::move(rules)), .literals = sections.literals};
}

std::string_view built_in_literals() {
  const auto sections = split_sections(embedded::rule_catalogue());
  return sections ? sections->literals : std::string_view();
}

}  // namespace spillguard::detect
