#include "regex/java/java_pattern.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "regex/java/lower.h"
#include "regex/java/parser.h"
#include "regex/java/pattern_error.h"

namespace spillguard::regex {
namespace {

// What our own lowering made is not the user's to understand, so PCRE2's position is left out.
Result<Pattern> compile_lowered(std::string_view pattern, const std::string& text, bool utf) {
  auto compiled = Pattern::compile(text, {.utf = utf, .attempts = true});
  if (compiled) return compiled;
  std::string reason = compiled.error().message.substr(0, compiled.error().message.find('\n'));
  const size_t colon = reason.find(": ");
  const bool placed = reason.starts_with("pattern, byte ") && colon != std::string::npos;
  if (placed) reason.erase(0, colon + 2);
  return java::pattern_error(Code::kUnsupported, pattern, 0,
                             fmt::format("beyond what the matcher takes: {}", reason));
}

}  // namespace

std::optional<JavaFlags> JavaFlags::from_bits(uint32_t bits) {
  constexpr uint32_t kKnown = 0x01 | 0x02 | 0x04 | 0x08 | 0x10 | 0x20 | 0x40 | 0x100;
  if ((bits & ~kKnown) != 0) return std::nullopt;
  return JavaFlags{
      .unix_lines = (bits & 0x01U) != 0,
      .case_insensitive = (bits & 0x02U) != 0,
      .comments = (bits & 0x04U) != 0,
      .multiline = (bits & 0x08U) != 0,
      .literal = (bits & 0x10U) != 0,
      .dotall = (bits & 0x20U) != 0,
      .unicode_case = (bits & 0x40U) != 0,
      .unicode_character_class = (bits & 0x100U) != 0,
  };
}

Result<JavaPattern> JavaPattern::parse(std::string_view pattern, const JavaFlags& flags) {
  if (pattern.size() > kMaxLength) {
    return fail(Code::kTooLarge, fmt::format("Java pattern: {} bytes long; at most {} are allowed",
                                             pattern.size(), kMaxLength));
  }
  if (!is_valid_utf8(pattern)) {
    return fail(Code::kInvalidArgument, "Java pattern: it is not valid UTF-8");
  }
  java::Parser parser(pattern, flags);
  SG_ASSIGN(java::Parsed parsed, parser.parse());
  SG_ASSIGN(java::Lowered lowered, java::lower(parsed, pattern, true));
  SG_ASSIGN(Pattern compiled, compile_lowered(pattern, lowered.text, lowered.beyond_ascii));
  bool utf = lowered.beyond_ascii;
  if (!utf && compiled.can_match_empty()) {
    // An empty match must not stand inside a character.
    SG_ASSIGN(compiled, compile_lowered(pattern, lowered.text, true));
    utf = true;
  }
  JavaPattern out(std::move(lowered.text), std::move(compiled));
  out.utf_ = utf;
  out.names_ = std::move(parsed.names);
  if (parsed.uses_last_match) {
    SG_ASSIGN(const java::Lowered detached, java::lower(parsed, pattern, false));
    SG_ASSIGN(out.detached_, compile_lowered(pattern, detached.text, utf));
  }
  return out;
}

Result<JavaMatcher> JavaMatcher::over(const JavaPattern& pattern, std::string_view text,
                                      MatchScratch& scratch) {
  if (pattern.utf() && !is_valid_utf8(text)) {
    return fail(Code::kInvalidArgument, "this pattern can be matched against valid UTF-8 only");
  }
  return JavaMatcher(pattern, text, scratch);
}

// Behind an empty match the search goes on one character further, while \G still means the end of
// that match: there it can match nowhere.
MatchOutcome JavaMatcher::find() {
  if (last_ != MatchOutcome::kMatch) return last_;
  size_t from = from_;
  if (after_empty_) {
    ++from;
    const auto continues = [&](size_t at) {
      return at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0U) == 0x80U;
    };
    while (pattern_->utf() && continues(from)) ++from;
  }
  if (from > text_.size()) return last_ = MatchOutcome::kNoMatch;
  const bool detached = after_empty_ && pattern_->detached_.has_value();
  const Pattern& compiled = detached ? *pattern_->detached_ : pattern_->compiled_;
  last_ = compiled.match(text_, from, *scratch_);
  if (last_ != MatchOutcome::kMatch) return last_;
  const Span found = scratch_->group(0);
  from_ = found.end;
  after_empty_ = found.size() == 0;
  return last_;
}

}  // namespace spillguard::regex
