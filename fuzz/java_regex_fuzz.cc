// Any bytes as a Java pattern: the first byte chooses flags, the rest up to a line break is the
// pattern, then comes a text. Refused with a message, or compiled; matches advance and end on
// whole characters, by whatever runs the pattern and by the machine.
#include <cstdint>
#include <string_view>

#include "base/strings.h"
#include "regex/java/java_pattern.h"

namespace spillguard {
namespace {

void check_matches(const regex::JavaPattern& pattern, std::string_view text) {
  static regex::MatchScratch scratch({.match = 5'000});
  auto matcher = regex::JavaMatcher::over(pattern, text, scratch);
  if (!matcher) return;
  size_t end = 0;
  while (matcher->find() == regex::MatchOutcome::kMatch) {
    const Span found = matcher->group();
    SG_CHECK(found.begin >= end && found.end >= found.begin);
    SG_CHECK(!is_valid_utf8(text) || is_valid_utf8(text.substr(found.begin, found.size())));
    end = found.end;
  }
}

void fuzz_java(std::string_view input) {
  if (input.empty()) return;
  const auto bits = static_cast<unsigned char>(input[0]);
  const auto flags = regex::JavaFlags::from_bits((bits & 0x7FU) | (bits & 0x80U) << 1U);
  SG_CHECK(flags.has_value());
  input.remove_prefix(1);
  const size_t cut = input.find('\n');
  const std::string_view text = cut == std::string_view::npos ? "" : input.substr(cut + 1);
  using Runner = regex::JavaPattern::Runner;
  for (const Runner runner : {Runner::kQuickest, Runner::kMachine}) {
    const auto pattern = regex::JavaPattern::parse(input.substr(0, cut), *flags, runner);
    if (!pattern) {
      SG_CHECK(!pattern.error().message.empty());
      return;
    }
    check_matches(*pattern, text);
  }
}

}  // namespace
}  // namespace spillguard

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  spillguard::fuzz_java(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
