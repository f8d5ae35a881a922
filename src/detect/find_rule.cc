#include "detect/find_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"
#include "regex/java/java_finder.h"
#include "regex/java/java_shape.h"

namespace spillguard::detect {
namespace find_rule_detail {
namespace {

constexpr char kStandIn = '\x1A';
// As in CompiledRule: a refused match up to this length is searched again from its second byte, in
// patterns that are not Java's.
constexpr size_t kMaxRetried = 64;

tl::unexpected<Error> about(const Rule& rule, const Error& error) {
  const std::string place = rule.file.empty() ? std::string() : rule.file + ": ";
  return fail(error.code,
              fmt::format("{}rule {} {}: {}", place, rule.id, rule.name, error.message));
}

// Bits that mean nothing were refused before.
regex::JavaFlags flags_of(const Rule& rule) {
  regex::JavaFlags flags =
      regex::JavaFlags::from_bits(rule.java_flags).value_or(regex::JavaFlags());
  flags.case_insensitive = flags.case_insensitive || rule.ignore_case;
  return flags;
}

Result<regex::Shape> shape_of(const Rule& rule, bool ignore_case) {
  if (rule.syntax != Syntax::kJava) {
    SG_ASSIGN(regex::Node tree, regex::parse_pattern(rule.pattern, rule.ignore_case));
    return regex::Shape::of_tree(std::move(tree), ignore_case);
  }
  return regex::java_shape(rule.pattern, flags_of(rule), ignore_case);
}

// How many bytes at the begin of the text are ASCII.
size_t ascii_prefix(std::string_view text) {
  size_t at = 0;
  while (text.size() - at >= sizeof(uint64_t)) {
    uint64_t word = 0;
    text.copy(reinterpret_cast<char*>(&word), sizeof(word), at);
    if ((word & 0x8080808080808080U) != 0) break;
    at += sizeof(word);
  }
  return at;
}

// Length of the valid UTF-8 at the begin of the text: up to a byte that belongs to no character.
size_t valid_prefix(std::string_view text) {
  size_t at = 0;
  for (;;) {
    at += ascii_prefix(text.substr(at));
    if (at == text.size()) return at;
    const auto lead = static_cast<unsigned char>(text[at]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (!is_valid_utf8(text.substr(at, length)) || text.size() - at < length) return at;
    at += length;
  }
}

}  // namespace
}  // namespace find_rule_detail

void FindScratch::begin(std::string_view text) {
  text_ = text;
  checked_ = false;
  std::fill(places_.begin(), places_.end(), regex::FindPlace());
  std::fill(windows_.begin(), windows_.end(), OpenWindow());
}

std::string_view FindScratch::valid_text() {
  namespace own = find_rule_detail;
  if (!checked_) {
    checked_ = true;
    size_t at = own::valid_prefix(text_);
    valid_ = at == text_.size();
    if (!valid_) {
      copy_.assign(text_);
      copy_.append(PaddedText::kPadding, '\0');
      while (at < text_.size()) {
        copy_[at] = own::kStandIn;
        ++at;
        at += own::valid_prefix(text_.substr(at));
      }
    }
  }
  return valid_ ? text_ : std::string_view(copy_).substr(0, text_.size());
}

bool FindRule::serves(const Rule& rule) {
  if (!rule.detector.empty()) return false;
  return rule.syntax == Syntax::kJava || rule.anchors.empty();
}

// What the pattern tells of where its matches can stand.
void FindRule::look_at(const Rule& rule) {
  namespace own = find_rule_detail;
  if (java_ && java_->every_place_counts()) return;
  for (const bool ignore_case : {false, true}) {
    const auto shape = own::shape_of(rule, ignore_case);
    if (!shape) return;
    auto anchors = shape->derive_anchors();
    if (!anchors) continue;
    regex::AnchorPlan plan = shape->plan(*anchors);
    if (!plan.every_match_has_one) continue;
    anchors_ = std::move(*anchors);
    plan_ = std::move(plan);
    ignore_case_ = ignore_case || rule.ignore_case;
    return;
  }
  const auto shape = own::shape_of(rule, false);
  if (auto motifs = shape->motifs()) motifs_ = std::move(*motifs);
}

Result<std::shared_ptr<const FindRule>> FindRule::compile(const Rule& rule, uint32_t number) {
  namespace own = find_rule_detail;
  auto filters = CompiledFilters::compile(rule);
  if (!filters) return own::about(rule, filters.error());
  std::shared_ptr<FindRule> out(new FindRule(std::move(*filters)));
  out->number_ = number;
  if (rule.syntax == Syntax::kJava) {
    if (!regex::JavaFlags::from_bits(rule.java_flags)) {
      return own::about(rule, {Code::kInvalidArgument,
                               fmt::format("the flags {} are none of java.util.regex.Pattern, or "
                                           "CANON_EQ, which is not done here",
                                           rule.java_flags)});
    }
    auto java = regex::JavaPattern::parse(rule.pattern, own::flags_of(rule));
    if (!java) return own::about(rule, java.error());
    out->java_ = std::move(*java);
  } else {
    auto pattern =
        regex::Pattern::compile(rule.pattern, {.ignore_case = rule.ignore_case, .attempts = true});
    if (!pattern) return own::about(rule, pattern.error());
    if (pattern->can_match_empty()) {
      return own::about(rule, {Code::kInvalidArgument, "the pattern can match nothing at all"});
    }
    out->pattern_ = std::move(*pattern);
    out->group_ = out->pattern_->group_number("secret");
    if (out->group_ == 0 && out->pattern_->group_count() > 0) out->group_ = 1;
  }
  out->look_at(rule);
  return std::shared_ptr<const FindRule>(std::move(out));
}

bool FindRule::next(std::string_view text, size_t first, size_t last, regex::FindPlace& place,
                    regex::MatchScratch& scratch, Span& match) const {
  if (java_) return regex::JavaFinder(*java_).next(text, first, last, place, scratch, match);
  const regex::Finder finder(*pattern_, nullptr, false);
  if (!finder.next(text, first, last, place, scratch)) return false;
  match = scratch.group(0);
  return true;
}

Span FindRule::secret_of(const regex::MatchScratch& scratch, const Span& match) const {
  if (group_ == 0) return match;
  const Span secret = scratch.group(group_);
  const bool usable = secret.begin != regex::MatchScratch::npos && secret.begin < secret.end &&
                      match.contains(secret);
  return usable ? secret : match;
}

void FindRule::find(std::string_view text, size_t first, size_t last, regex::FindPlace& place,
                    regex::MatchScratch& scratch, ScanResult& result) const {
  const bool decided = place.limit_at == regex::FindPlace::npos;
  Span match;
  while (next(text, first, last, place, scratch, match)) {
    if (match.begin == match.end) continue;  // nothing is no finding, but find() goes on from it
    const Span secret = clip_to_characters(text, secret_of(scratch, match));
    match = clip_to_characters(text, match);
    const Candidate candidate{.text = text, .match = match, .secret = secret};
    const double entropy = shannon_entropy(candidate.secret_text());
    const bool accepted = match.begin < match.end && secret.begin < secret.end &&
                          match.contains(secret) && filters_.accept(candidate, entropy);
    if (accepted) {
      result.matches.push_back(
          {.rule = number_, .match = match, .secret = secret, .entropy = entropy, .also = {}});
    } else if (!java_ && match.size() <= find_rule_detail::kMaxRetried) {
      place.at = match.begin + 1;
    }
  }
  if (decided && place.limit_at != regex::FindPlace::npos) {
    result.limits.push_back({number_, place.limit_at});
  }
}

void FindStage::add(std::shared_ptr<const FindRule> rule) {
  const auto index = static_cast<uint32_t>(rules_.size());
  index_of_[rule->number()] = index;
  uint32_t reach = 0;
  if (rule->anchors().empty()) {
    if (rule->motifs().empty()) everywhere_.push_back(index);
    for (const regex::Motif& motif : rule->motifs()) {
      motifs_.add(index, motif);
      reach = std::max(reach, motif.before);
    }
  }
  reach_.push_back(reach);
  rules_.push_back(std::move(rule));
}

void FindStage::find(uint32_t index, const Window& window, FindScratch& memory,
                     regex::MatchScratch& scratch, ScanResult& result) const {
  const FindRule& rule = *rules_[index];
  const std::string_view text = rule.utf() ? memory.valid_text() : memory.text_;
  rule.find(text, window.begin, window.last, memory.places_[index], scratch, result);
}

void FindStage::confirm(uint32_t rule, const Window& window, FindScratch& memory,
                        regex::MatchScratch& scratch, ScanResult& result) const {
  find(index_of_[rule], window, memory, scratch, result);
}

void FindStage::sweep(PaddedView text, FindScratch& memory, regex::MatchScratch& scratch,
                      ScanResult& result) const {
  for (const uint32_t index : everywhere_) {
    find(index, {.begin = 0, .last = text.size()}, memory, scratch, result);
  }
  if (motifs_.empty()) return;
  motifs_.scan(text, [&](const MotifIndex::Hit& hit) {
    FindScratch::OpenWindow& pending = memory.windows_[hit.rule];
    const size_t begin = hit.first - std::min<size_t>(hit.first, hit.before);
    // Later hits stand in this word or behind it, so no window of theirs begins before this.
    const size_t word = hit.first - hit.first % MotifIndex::kWord;
    const size_t earliest = word - std::min<size_t>(word, reach_[hit.rule]);
    if (pending.open && pending.window.last >= earliest) {
      pending.window.begin = std::min(pending.window.begin, begin);
      pending.window.last = std::max(pending.window.last, hit.last);
      return;
    }
    if (pending.open) find(hit.rule, pending.window, memory, scratch, result);
    pending = {.open = true, .window = {.begin = begin, .last = hit.last}};
  });
  for (uint32_t index = 0; index < rules_.size(); ++index) {
    const FindScratch::OpenWindow& pending = memory.windows_[index];
    if (pending.open) find(index, pending.window, memory, scratch, result);
  }
}

}  // namespace spillguard::detect
