// Any bytes as a user's rule and a text for it, through the engine: flags, the pattern up to a line
// break, the text. What the engine finds in it as it stands is what a matcher over the whole text
// finds, unless one of them ran into a limit; other blocks make no difference.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/padded_text.h"
#include "base/strings.h"
#include "detect/engine.h"
#include "detect/rule.h"
#include "regex/java/java_pattern.h"

namespace spillguard::detect {
namespace {

ScanResult scan_with(const Rule& rule, size_t block_bytes, PaddedView text) {
  const auto engine =
      Engine::build(RuleSet::of({rule}), {.block_bytes = block_bytes, .self_check = false});
  SG_CHECK(engine.has_value());
  Engine::Scratch scratch = (*engine)->make_scratch();
  ScanResult result;
  (*engine)->scan(text, scratch, result);
  return result;
}

void check_against_matcher(const regex::JavaPattern& pattern, std::string_view text,
                           ScanResult result) {
  // "-\\t" in a text matches "-\t", too: what is found in decoded texts, the matcher never saw.
  std::erase_if(result.matches, [](const Match& match) { return match.decoded != nullptr; });
  static regex::MatchScratch scratch({.match = 5'000});
  auto matcher = regex::JavaMatcher::over(pattern, text, scratch);
  if (!matcher) return;
  size_t next = 0;
  for (;;) {
    const regex::MatchOutcome outcome = matcher->find();
    if (outcome == regex::MatchOutcome::kLimit) return;
    if (outcome == regex::MatchOutcome::kNoMatch) break;
    if (matcher->group().size() == 0) continue;
    SG_CHECK(next < result.matches.size() && result.matches[next].match == matcher->group());
    ++next;
  }
  SG_CHECK(next == result.matches.size());
}

void fuzz_java_rule(std::string_view input) {
  if (input.empty()) return;
  const auto bits = static_cast<unsigned char>(input[0]);
  Rule rule;
  rule.id = 1;
  rule.name = "FUZZ";
  rule.syntax = Syntax::kJava;
  rule.java_flags = (bits & 0x7FU) | (bits & 0x80U) << 1U;
  input.remove_prefix(1);
  const size_t cut = input.find('\n');
  const PaddedText text(cut == std::string_view::npos ? "" : input.substr(cut + 1));
  rule.pattern = input.substr(0, cut);
  const auto pattern =
      regex::JavaPattern::parse(rule.pattern, *regex::JavaFlags::from_bits(rule.java_flags));
  if (!pattern) {
    SG_CHECK(!Engine::build(RuleSet::of({rule}), {.self_check = false}));
    return;
  }
  const ScanResult whole = scan_with(rule, size_t{1} << 18U, text.view());
  const ScanResult blocks = scan_with(rule, 1, text.view());
  SG_CHECK(whole.matches == blocks.matches);
  if (whole.limits.empty()) check_against_matcher(*pattern, text.text(), whole);
}

}  // namespace
}  // namespace spillguard::detect

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  spillguard::detect::fuzz_java_rule({reinterpret_cast<const char*>(data), size});
  return 0;
}
