// Any bytes as a rule file: refused with a message, or rules that the check and the engine take or
// refuse in their turn. Any bytes as a pattern: what the analysis says of it must hold in the
// engine.
#include <cstdint>
#include <string>
#include <string_view>

#include "detect/rule.h"
#include "regex/pattern.h"
#include "regex/shape.h"

namespace spillguard {
namespace {

void fuzz_file(std::string_view input) {
  detect::RuleSet rules;
  const Status status = rules.add_file("fuzz.toml", input);
  if (!status) {
    SG_CHECK(!status.error().message.empty());
    return;
  }
  (void)detect::check_rules(rules);
}

void fuzz_pattern(std::string_view input) {
  const size_t cut = input.find('\n');
  const std::string_view pattern = input.substr(0, cut);
  const std::string_view text = cut == std::string_view::npos ? "" : input.substr(cut + 1);
  const auto shape = regex::Shape::of(pattern, false);
  const auto compiled = regex::Pattern::compile(pattern);
  if (!shape || !compiled) return;
  static regex::MatchScratch scratch({.match = 5'000});
  if (compiled->match(text, 0, scratch) != regex::MatchOutcome::kMatch) return;
  const Span match = scratch.group(0);
  SG_CHECK(match.size() >= shape->min_bytes());
  SG_CHECK(match.size() <= shape->max_bytes());
  const auto anchors = shape->derive_anchors();
  if (!anchors) return;
  bool found = false;
  for (const std::string& anchor : *anchors) {
    found = found || text.substr(match.begin, match.size()).find(anchor) != std::string_view::npos;
  }
  SG_CHECK(found);
}

}  // namespace
}  // namespace spillguard

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.starts_with("[") || input.find("[[rule") != std::string_view::npos) {
    spillguard::fuzz_file(input);
  } else {
    spillguard::fuzz_pattern(input);
  }
  return 0;
}
