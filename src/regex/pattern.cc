#include "regex/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace spillguard::regex {
namespace {

PCRE2_SPTR units(std::string_view text) {
  static constexpr char kEmpty[] = "";  // PCRE2 10.42 takes no null pointer with a start offset
  return reinterpret_cast<PCRE2_SPTR>(text.data() == nullptr ? kEmpty : text.data());
}

std::string pcre_message(int code) {
  std::array<PCRE2_UCHAR, 256> buffer{};
  const int length = pcre2_get_error_message(code, buffer.data(), buffer.size());
  return length < 0 ? fmt::format("PCRE2 error {}", code)
                    : std::string(reinterpret_cast<const char*>(buffer.data()));
}

// The piece of the pattern around a position, and a caret below the position.
std::string with_caret(std::string_view pattern, size_t position) {
  constexpr size_t kAround = 50;
  const size_t begin = position > kAround ? position - kAround : 0;
  std::string line(pattern.substr(begin, kAround * 2));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return fmt::format("  {}\n  {:>{}}", line, "^", position - begin + 1);
}

}  // namespace

void MatchScratch::Free::operator()(pcre2_real_match_data_8* data) const {
  pcre2_match_data_free(data);
}
void MatchScratch::Free::operator()(pcre2_real_match_context_8* context) const {
  pcre2_match_context_free(context);
}
void MatchScratch::Free::operator()(pcre2_real_jit_stack_8* stack) const {
  pcre2_jit_stack_free(stack);
}
void Pattern::Free::operator()(pcre2_real_code_8* code) const { pcre2_code_free(code); }

MatchScratch::MatchScratch(const MatchLimits& limits)
    : stack_(pcre2_jit_stack_create(std::min<size_t>(32 * 1024, limits.jit_stack), limits.jit_stack,
                                    nullptr)),
      context_(pcre2_match_context_create(nullptr)),
      data_(pcre2_match_data_create(Pattern::kMaxGroups + 1, nullptr)),
      match_limit_(limits.match) {
  SG_CHECK(context_ != nullptr && data_ != nullptr && stack_ != nullptr);
  pcre2_set_match_limit(context_.get(), limits.match);
  pcre2_set_depth_limit(context_.get(), limits.depth);
  pcre2_set_heap_limit(context_.get(), limits.heap_kib);
  pcre2_jit_stack_assign(context_.get(), nullptr, stack_.get());
}
MatchScratch::~MatchScratch() = default;
MatchScratch::MatchScratch(MatchScratch&&) noexcept = default;
MatchScratch& MatchScratch::operator=(MatchScratch&&) noexcept = default;

Span MatchScratch::group(uint32_t number) const {
  if (number >= pcre2_get_ovector_count(data_.get())) return {npos, npos};
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data_.get());
  return {offsets[2 * number], offsets[2 * number + 1]};
}

Result<Pattern> Pattern::compile(std::string_view pattern, const PatternOptions& options) {
  const std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)> context(
      pcre2_compile_context_create(nullptr), &pcre2_compile_context_free);
  SG_CHECK(context != nullptr);
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  uint32_t flags = PCRE2_USE_OFFSET_LIMIT;
  flags |= options.utf ? PCRE2_UTF : PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
  if (options.ignore_case) flags |= PCRE2_CASELESS;

  Pattern out;
  int error = 0;
  PCRE2_SIZE position = 0;
  out.code_.reset(
      pcre2_compile(units(pattern), pattern.size(), flags, &error, &position, context.get()));
  if (out.code_ == nullptr) {
    position = std::min<size_t>(position, pattern.size());
    return fail(Code::kInvalidArgument,
                fmt::format("pattern, byte {}: {}\n{}", position, pcre_message(error),
                            with_caret(pattern, position)));
  }
  pcre2_pattern_info(out.code_.get(), PCRE2_INFO_CAPTURECOUNT, &out.groups_);
  if (out.groups_ > kMaxGroups) {
    return fail(
        Code::kInvalidArgument,
        fmt::format("pattern has {} groups, at most {} are allowed; use (?:…) where nothing "
                    "is captured",
                    out.groups_, kMaxGroups));
  }
  uint32_t empty = 0;
  pcre2_pattern_info(out.code_.get(), PCRE2_INFO_MATCHEMPTY, &empty);
  out.can_match_empty_ = empty != 0;
  uint32_t all_options = 0;
  uint32_t has_last = 0;
  pcre2_pattern_info(out.code_.get(), PCRE2_INFO_ALLOPTIONS, &all_options);
  pcre2_pattern_info(out.code_.get(), PCRE2_INFO_LASTCODETYPE, &has_last);
  if (has_last == 1 && (all_options & PCRE2_NO_START_OPTIMIZE) == 0) {
    uint32_t unit = 0;
    pcre2_pattern_info(out.code_.get(), PCRE2_INFO_LASTCODEUNIT, &unit);
    out.needed_ = static_cast<int>(unit);
    // PCRE2 does not tell whether it means either case.
    const bool letter = (unit >= 'a' && unit <= 'z') || (unit >= 'A' && unit <= 'Z');
    out.needed_in_other_case_ = static_cast<int>(letter ? unit ^ 0x20U : unit);
    if (unit > 0x7F) out.needed_ = -1;
  }
  const uint32_t modes = PCRE2_JIT_COMPLETE | (options.attempts ? PCRE2_JIT_PARTIAL_HARD : 0U);
  out.jit_ = pcre2_jit_compile(out.code_.get(), modes) == 0;
  return out;
}

MatchOutcome Pattern::match(std::string_view subject, size_t from, size_t last, bool more_follows,
                            MatchScratch& scratch) const {
  pcre2_set_offset_limit(scratch.context_.get(), last);
  const uint32_t options = more_follows ? PCRE2_NOTEOL : 0;
  // pcre2_jit_match skips checks that hold here: options are valid, offset is inside, no UTF.
  const int result = jit_ ? pcre2_jit_match(code_.get(), units(subject), subject.size(), from,
                                            options, scratch.data_.get(), scratch.context_.get())
                          : pcre2_match(code_.get(), units(subject), subject.size(), from, options,
                                        scratch.data_.get(), scratch.context_.get());
  const size_t reached = result >= 0 ? scratch.group(0).end : std::min(last, subject.size());
  ++scratch.work_.calls;
  scratch.work_.bytes += reached - std::min(from, reached);
  if (result >= 0) return MatchOutcome::kMatch;
  return result == PCRE2_ERROR_NOMATCH ? MatchOutcome::kNoMatch : MatchOutcome::kLimit;
}

AttemptOutcome Pattern::attempt(std::string_view subject, const Attempt& what,
                                MatchScratch& scratch) const {
  pcre2_match_context_8* context = scratch.context_.get();
  pcre2_match_data_8* data = scratch.data_.get();
  pcre2_set_offset_limit(context, what.last);
  pcre2_set_match_limit(context, what.match_limit);
  const uint32_t options = what.cut ? PCRE2_PARTIAL_HARD : 0;
  const int result = jit_ ? pcre2_jit_match(code_.get(), units(subject), subject.size(), what.from,
                                            options, data, context)
                          : pcre2_match(code_.get(), units(subject), subject.size(), what.from,
                                        options | PCRE2_NO_UTF_CHECK, data, context);
  pcre2_set_match_limit(context, scratch.match_limit_);
  // The JIT code of PCRE2 10.42 may, in a cut subject, begin one place behind the last allowed one,
  // even inside a character. What is found there is nothing that was asked for.
  const bool placed = result >= 0 || result == PCRE2_ERROR_PARTIAL;
  if (placed && scratch.group(0).begin > what.last) return AttemptOutcome::kNoMatch;
  if (result >= 0) return AttemptOutcome::kMatch;
  switch (result) {
    case PCRE2_ERROR_NOMATCH:
      return AttemptOutcome::kNoMatch;
    case PCRE2_ERROR_PARTIAL:
      return AttemptOutcome::kMoreText;
    case PCRE2_ERROR_MATCHLIMIT:
      return AttemptOutcome::kMatchLimit;
    default:
      return AttemptOutcome::kOutOfMemory;
  }
}

std::optional<size_t> Pattern::last_begin(std::string_view text) const {
  if (needed_ < 0 || text.empty()) return text.size();
  std::optional<size_t> last;
  for (const int byte : {needed_, needed_in_other_case_}) {
    const void* const place = memrchr(text.data(), byte, text.size());
    if (place == nullptr) continue;
    const auto at = static_cast<size_t>(static_cast<const char*>(place) - text.data());
    last = std::max(last.value_or(0), at);
  }
  return last;
}

uint32_t Pattern::group_number(const char* name) const {
  const int number =
      pcre2_substring_number_from_name(code_.get(), reinterpret_cast<PCRE2_SPTR>(name));
  return number > 0 ? static_cast<uint32_t>(number) : 0;
}

}  // namespace spillguard::regex
