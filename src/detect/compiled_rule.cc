#include "detect/compiled_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "detect/find_rule.h"
#include "detect/rule_analysis.h"

namespace spillguard::detect {
namespace {

// A match longer than this is cut: no secret is, and it bounds the work at one place.
constexpr size_t kMaxMatch = size_t{1} << 16;
// A rejected match up to this length is searched again from its second byte, because a valid one
// may overlap it (a card number behind other digits); a longer one is passed over, to stay linear.
constexpr size_t kMaxRetried = 64;
// A rule that runs into its limits this often in a text is given up there, so that a hostile text
// costs a bounded time. The last report of it stands where it was given up.
constexpr int kMaxLimitHits = 4;
// Bytes that a subject keeps behind a window for \b, $ and look-ahead of unknown width.
constexpr uint32_t kMinLookAhead = 16;
constexpr uint32_t kMaxLookAhead = 4096;

bool continues_character(std::string_view text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

// The begin of the UTF-8 character that `at` is in the middle of; `at` itself when it is in none.
size_t character_begin(std::string_view text, size_t at) {
  if (!continues_character(text, at)) return at;
  for (size_t back = 1; back <= 3 && back <= at; ++back) {
    const auto byte = static_cast<unsigned char>(text[at - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1;
    return length > back ? at - back : at;
  }
  return at;
}

uint64_t specificity_of(const Rule& rule, uint32_t longest_anchor) {
  const bool specific = rule.category != "generic";
  const auto low_id_first = static_cast<uint32_t>(INT32_MAX - rule.id);
  return (uint64_t{specific} << 62) | (uint64_t{std::min<uint32_t>(longest_anchor, 0xFFFF)} << 32) |
         low_id_first;
}

tl::unexpected<Error> about(const Rule& rule, std::string_view what) {
  const std::string place = rule.file.empty() ? std::string() : rule.file + ": ";
  return fail(Code::kInvalidArgument,
              fmt::format("{}rule {} {}: {}", place, rule.id, rule.name, what));
}

}  // namespace

Span clip_to_characters(std::string_view text, Span span) {
  const size_t begin = character_begin(text, span.begin);
  if (begin < span.begin) {
    while (span.begin < span.end && continues_character(text, span.begin)) ++span.begin;
  }
  const size_t end = character_begin(text, span.end);
  if (end >= span.begin) span.end = end;
  return span;
}

CompiledRule CompiledRule::of(const Rule& rule, std::shared_ptr<const FindRule> find_rule,
                              CompiledFilters filters) {
  CompiledRule out(LazyPattern::later("(?!)", {}), std::move(filters));
  out.number_ = find_rule->number();
  out.anchors_ = find_rule->anchors();
  out.ignore_case_ = find_rule->anchors_ignore_case();
  out.plan_ = find_rule->plan();
  for (const std::string& anchor : out.anchors_) {
    out.longest_anchor_ = std::max(out.longest_anchor_, static_cast<uint32_t>(anchor.size()));
  }
  out.before_ = out.plan_.before;
  out.after_ = out.longest_anchor_;
  out.specificity_ = specificity_of(rule, out.longest_anchor_);
  out.find_rule_ = std::move(find_rule);
  return out;
}

Result<CompiledRule> CompiledRule::compile(const Rule& rule, uint32_t number) {
  if (FindRule::serves(rule)) {
    SG_ASSIGN(auto find_rule, FindRule::compile(rule, number));
    SG_ASSIGN(auto no_filters, CompiledFilters::compile(Rule()));
    return of(rule, std::move(find_rule), std::move(no_filters));
  }
  std::optional<RuleAnalysis> prepared = prepared_analysis(rule);
  const regex::PatternOptions options{.ignore_case = rule.ignore_case};
  auto pattern = prepared ? Result<LazyPattern>(LazyPattern::later(rule.pattern, options))
                          : LazyPattern::now(rule.pattern, options);
  if (!pattern) return about(rule, pattern.error().message);
  auto filters = CompiledFilters::compile(rule);
  if (!filters) return about(rule, filters.error().message);
  if (rule.after == 0) {
    return about(rule,
                 "the pattern has no greatest length; give `after`, the bytes that a match may "
                 "reach from the anchor's begin");
  }
  CompiledRule out(std::move(*pattern), std::move(*filters));
  out.number_ = number;
  out.anchors_ = rule.anchors;
  out.ignore_case_ = rule.ignore_case;
  out.before_ = rule.before;
  out.after_ = rule.after;
  RuleAnalysis analysis = prepared ? std::move(*prepared) : analyse(rule);
  out.look_ahead_ = std::clamp(analysis.look_ahead, kMinLookAhead, kMaxLookAhead);
  out.plan_ = std::move(analysis.plan);
  for (const std::string& anchor : rule.anchors) {
    if (anchor.size() < 2 || anchor.size() > 200) {
      return about(rule, "anchors have 2 to 200 bytes; shorter ones stand everywhere");
    }
    out.longest_anchor_ = std::max(out.longest_anchor_, static_cast<uint32_t>(anchor.size()));
  }
  out.after_ = std::max(out.after_, out.longest_anchor_);
  out.specificity_ = specificity_of(rule, out.longest_anchor_);
  return out;
}

Result<CompiledRule> CompiledRule::of_detector(const Rule& rule, uint32_t number) {
  SG_ASSIGN(CompiledFilters filters, CompiledFilters::compile(rule));
  CompiledRule out(LazyPattern::later("(?!)", {}), std::move(filters));
  out.number_ = number;
  out.specificity_ = specificity_of(rule, 0);
  return out;
}

Span CompiledRule::secret_of(uint32_t group, const regex::MatchScratch& scratch,
                             const Span& match) {
  const Span secret = scratch.group(group);
  // A group that took no part, or stands outside the match (in a look-around), is no secret.
  const bool usable = secret.begin != regex::MatchScratch::npos && secret.begin < secret.end &&
                      match.contains(secret);
  return usable ? secret : match;
}

void CompiledRule::confirm(std::string_view text, const Window& window, Progress& progress,
                           regex::MatchScratch& scratch, ScanResult& result) const {
  size_t& at = progress.done;
  at = std::max(at, window.begin);
  const LazyPattern::Ready* ready = pattern_.ready();
  if (ready == nullptr) {  // never silently: the rule is reported as not decided
    if (progress.limits == 0) result.limits.push_back({number_, at});
    progress.limits = kMaxLimitHits;
    return;
  }
  size_t limit = std::min(text.size(), window.reach + look_ahead_);
  while (at <= window.last && at < text.size() && progress.limits < kMaxLimitHits) {
    const bool cut = limit < text.size();
    const auto outcome = ready->pattern.match(text.substr(0, limit), at, window.last, cut, scratch);
    if (outcome == regex::MatchOutcome::kNoMatch) return;
    if (outcome == regex::MatchOutcome::kLimit) {
      result.limits.push_back({number_, at});
      ++progress.limits;
      at += std::max<size_t>(1, after_);  // what lies behind it is tried still
      continue;
    }
    Span match = scratch.group(0);
    if (cut && match.end == limit && limit - match.begin < kMaxMatch) {
      // An unbounded pattern ran to the edge of the subject: give it more.
      limit = std::min(text.size(), limit + std::max<size_t>(256, limit - match.begin));
      at = match.begin;
      continue;
    }
    const Span secret = clip_to_characters(text, secret_of(ready->secret_group, scratch, match));
    match = clip_to_characters(text, match);
    const Candidate candidate{.text = text, .match = match, .secret = secret};
    const double entropy = shannon_entropy(candidate.secret_text());
    const bool accepted = match.begin < match.end && secret.begin < secret.end &&
                          match.contains(secret) && filters_.accept(candidate, entropy);
    if (accepted) {
      result.matches.push_back(
          {.rule = number_, .match = match, .secret = secret, .entropy = entropy, .also = {}});
    }
    const bool retry = !accepted && match.size() <= kMaxRetried;
    at = std::max(at + 1, retry ? match.begin + 1 : match.end);
  }
}

}  // namespace spillguard::detect
