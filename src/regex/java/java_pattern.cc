#include "regex/java/java_pattern.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "regex/java/lower.h"
#include "regex/java/machine.h"
#include "regex/java/parser.h"
#include "regex/java/program.h"
#include "regex/java/route.h"
#include "regex/java/utf8.h"

namespace spillguard::regex {

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

JavaPattern::JavaPattern() = default;
JavaPattern::~JavaPattern() = default;
JavaPattern::JavaPattern(JavaPattern&& other) noexcept = default;
JavaPattern& JavaPattern::operator=(JavaPattern&& other) noexcept = default;

Result<JavaPattern> JavaPattern::parse(std::string_view pattern, const JavaFlags& flags,
                                       Runner runner) {
  if (pattern.size() > kMaxLength) {
    return fail(Code::kTooLarge, fmt::format("Java pattern: {} bytes long; at most {} are allowed",
                                             pattern.size(), kMaxLength));
  }
  if (!is_valid_utf8(pattern)) {
    return fail(Code::kInvalidArgument, "Java pattern: it is not valid UTF-8");
  }
  java::Parser parser(pattern, flags);
  SG_ASSIGN(java::Parsed parsed, parser.parse());
  // Java refuses some look-behinds; this finds out which.
  SG_TRY(java::compile_program(parsed, pattern, false));
  JavaPattern out;
  out.names_ = std::move(parsed.names);
  const java::Route route = java::route_of(parsed);
  out.every_place_counts_ = route.every_place_counts || parsed.uses_last_match;
  const bool by_pcre2 = runner == Runner::kQuickest && !route.machine;
  if (by_pcre2 && out.compile_lowered(parsed)) return out;
  SG_ASSIGN(java::Program program, java::compile_program(parsed, pattern, true));
  out.program_ = std::make_unique<const java::Program>(std::move(program));
  out.utf_ = true;
  return out;
}

// False when PCRE2 has no words for it, or it is too large for PCRE2.
bool JavaPattern::compile_lowered(const java::Parsed& parsed) {
  auto lowered = java::lower(parsed, true);
  if (!lowered) return false;
  auto compiled = Pattern::compile(lowered->text, {.utf = lowered->beyond_ascii, .attempts = true});
  if (!compiled) return false;
  bool utf = lowered->beyond_ascii;
  if (!utf && compiled->can_match_empty()) {
    // An empty match must not stand inside a character.
    compiled = Pattern::compile(lowered->text, {.utf = true, .attempts = true});
    if (!compiled) return false;
    utf = true;
  }
  if (parsed.uses_last_match) {
    const auto detached = java::lower(parsed, false);
    if (!detached) return false;
    auto other = Pattern::compile(detached->text, {.utf = utf, .attempts = true});
    if (!other) return false;
    detached_ = std::move(*other);
  }
  text_ = std::move(lowered->text);
  compiled_ = std::move(*compiled);
  utf_ = utf;
  return true;
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
  if (pattern_->uses_machine()) return last_ = find_by_machine(from);
  const bool detached = after_empty_ && pattern_->detached_.has_value();
  const Pattern& compiled = detached ? *pattern_->detached_ : *pattern_->compiled_;
  last_ = compiled.match(text_, from, *scratch_);
  if (last_ != MatchOutcome::kMatch) return last_;
  const Span found = scratch_->group(0);
  from_ = found.end;
  after_empty_ = found.size() == 0;
  return last_;
}

MatchOutcome JavaMatcher::find_by_machine(size_t from) {
  java::Machine& machine = scratch_->machine();
  machine.begin(*pattern_->program_, text_, from_);
  for (; from <= text_.size(); from = java::utf8_behind(text_, from)) {
    if (!pattern_->every_place_counts_ && !machine.may_begin(from)) continue;
    switch (machine.match_at(from, scratch_->match_limit() * java::Machine::kStepsOfAPoint)) {
      case java::Machine::Outcome::kMatch:
        from_ = machine.group(0).end;
        after_empty_ = from_ == machine.group(0).begin;
        return MatchOutcome::kMatch;
      case java::Machine::Outcome::kLimit:
        return MatchOutcome::kLimit;
      case java::Machine::Outcome::kNoMatch:
        break;
    }
  }
  return MatchOutcome::kNoMatch;
}

Span JavaMatcher::group(uint32_t number) const {
  return pattern_->uses_machine() ? scratch_->machine().group(number) : scratch_->group(number);
}

}  // namespace spillguard::regex
