#include "detect/generic/generic_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <tuple>

#include "detect/compiled_rule.h"
#include "detect/filters.h"
#include "detect/generic/keywords.h"
#include "detect/generic/model.h"
#include "detect/generic/name.h"
#include "detect/generic/quiet_prose.h"
#include "detect/generic/reader.h"

namespace spillguard::detect::generic {
namespace {

struct RuleName {
  std::string_view name;
  Noun noun;
};
constexpr RuleName kRuleNames[] = {
    {"GENERIC_PASSWORD", Noun::kPassword}, {"GENERIC_PASSPHRASE", Noun::kPassphrase},
    {"GENERIC_SECRET", Noun::kSecret},     {"GENERIC_TOKEN", Noun::kToken},
    {"GENERIC_API_KEY", Noun::kKey},       {"GENERIC_CREDENTIAL", Noun::kCredential},
};

// A name farther from its value than this is not shown with it.
constexpr size_t kMaxShown = 96;

// What is reported: name and value when they stand together, else the value.
Span shown(std::string_view text, const Candidate& candidate) {
  const Span both{std::min(candidate.key.begin, candidate.value.begin),
                  std::max(candidate.key.end, candidate.value.end)};
  if (candidate.distance > kMaxShown) return candidate.value;
  const std::string_view between = text.substr(both.begin, both.size());
  return between.find('\n') == std::string_view::npos ? both : candidate.value;
}

}  // namespace

std::optional<Noun> GenericDetector::noun_of_rule(std::string_view rule_name) {
  for (const RuleName& entry : kRuleNames) {
    if (entry.name == rule_name) return entry.noun;
  }
  return std::nullopt;
}

std::span<const std::string_view> GenericDetector::keywords() {
  static const std::vector<std::string_view> kTexts = [] {
    std::vector<std::string_view> texts;
    for (const Anchor& anchor : anchors()) texts.push_back(anchor.text);
    return texts;
  }();
  return kTexts;
}

Status GenericDetector::add_rule(const Rule& rule, uint32_t number) {
  const auto noun = noun_of_rule(rule.name);
  if (!noun) {
    return fail(Code::kInvalidArgument,
                fmt::format("rule {} {}: the detector \"{}\" knows no rule of this name", rule.id,
                            rule.name, kDetectorName));
  }
  rule_of_noun_[static_cast<size_t>(*noun)] = number;
  in_use_ = true;
  return {};
}

bool GenericDetector::may_read(std::string_view text, uint32_t keyword, Span hit) {
  const Stem stem = stem_of(keyword);
  const bool users = stem == Stem::kPairs || stem == Stem::kLogin;
  return !goes_on_otherwise(text, keyword, hit.end) && !(users && is_glued_credential(text, hit)) &&
         !is_quiet_prose(text, stem, hit);
}

void GenericDetector::read(std::span<const KeywordHit> hits, GenericScratch& scratch) const {
  if (hits.empty()) return;
  HitReader& reader = scratch.reader_;
  reader.begin();
  for (uint32_t i = 0; i < hits.size(); ++i) {
    const KeywordHit& hit = hits[i];
    reader.add(hit.bytes, hit.at, anchors()[hit.keyword].tool, i);
  }
  reader.read();
  const std::span<Candidate> candidates = reader.candidates();
  const auto text_of = [&](uint32_t i) { return hits[reader.numbers()[i]].bytes; };
  std::vector<GenericScratch::Weighing>& weighings = scratch.weighings_;
  weighings.clear();
  for (uint32_t i = 0; i < candidates.size(); ++i) {
    Candidate& candidate = candidates[i];
    const uint32_t rule = rule_of_noun_[static_cast<size_t>(candidate.noun)];
    if (rule == kNoRule) continue;
    candidate.value = clip_to_characters(text_of(i), candidate.value);
    if (candidate.value.begin >= candidate.value.end) continue;
    GenericScratch::Weighing& weighing = weighings.emplace_back();
    weighing.candidate = i;
    weighing.rule = rule;
    if (!Model::has_form(text_of(i), candidate, weighing.trial)) weighings.pop_back();
  }
  const Model& model = Model::built_in();
  const size_t known = scratch.found_.size();
  size_t kept = 0;
  for (GenericScratch::Weighing& weighing : weighings) {
    const uint32_t i = weighing.candidate;
    if (model.may_reach(text_of(i), candidates[i], weighing.trial)) weighings[kept++] = weighing;
  }
  for (size_t k = 0; k < kept; ++k) {
    const uint32_t i = weighings[k].candidate;
    const Candidate& candidate = candidates[i];
    const std::string_view text = text_of(i);
    const auto score = model.reach(text, candidate, weighings[k].trial);
    if (!score) continue;
    const std::string_view value = text.substr(candidate.value.begin, candidate.value.size());
    scratch.found_.push_back({.text = hits[reader.numbers()[i]].text,
                              .match = {.rule = weighings[k].rule,
                                        .match = shown(text, candidate),
                                        .secret = candidate.value,
                                        .entropy = shannon_entropy(value),
                                        .also = {},
                                        .score = *score}});
  }
  std::sort(scratch.found_.begin() + static_cast<std::ptrdiff_t>(known), scratch.found_.end(),
            [](const auto& a, const auto& b) { return a.text < b.text; });
}

void GenericDetector::finish(uint32_t text, GenericScratch& scratch, ScanResult& result) {
  if (!found_in(text, scratch)) return;  // most texts
  std::vector<Match>& found = scratch.matches_;
  found.clear();
  for (; found_in(text, scratch); ++scratch.next_) {
    found.push_back(std::move(scratch.found_[scratch.next_].match));
  }
  // One finding a value: the best, and of equals the one named next to it.
  const auto order = [](const Match& m) {
    return std::make_tuple(m.secret.begin, m.secret.end, -m.score, m.match.size(), m.match.begin,
                           m.rule);
  };
  std::sort(found.begin(), found.end(),
            [&](const Match& a, const Match& b) { return order(a) < order(b); });
  const auto end = std::unique(found.begin(), found.end(),
                               [](const Match& a, const Match& b) { return a.secret == b.secret; });
  // Values in one another: two readings of one place; the better one stays, else the shorter.
  const size_t first = result.matches.size();
  for (auto match = found.begin(); match != end; ++match) {
    if (result.matches.size() > first && result.matches.back().secret.overlaps(match->secret)) {
      Match& last = result.matches.back();
      const bool better = match->score > last.score ||
                          (match->score == last.score && match->secret.size() < last.secret.size());
      if (better) last = *match;
      continue;
    }
    result.matches.push_back(*match);
  }
}

void GenericDetector::yield_to_patterns(std::span<const Rule> rules,
                                        std::vector<Match>& matches) const {
  if (!in_use_) return;
  std::sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
    return std::make_tuple(a.secret.begin, a.secret.end, a.rule, a.match.begin, a.match.end) <
           std::make_tuple(b.secret.begin, b.secret.end, b.rule, b.match.begin, b.match.end);
  });
  const auto mine = [&](const Match& m) { return rules[m.rule].detector == kDetectorName; };
  const auto strong = [&](const Match& m) {
    return !mine(m) && rules[m.rule].category != "personal-data";
  };
  // Matches are sorted by the begins of secrets; a flag each, set from both sides.
  std::vector<bool> drop(matches.size(), false);
  size_t reach = 0;   // of the strong secrets so far
  Span widest{0, 0};  // the one that reaches there
  for (size_t i = 0; i < matches.size(); ++i) {
    const Span& secret = matches[i].secret;
    if (strong(matches[i])) {
      if (secret.end > reach) {
        reach = secret.end;
        widest = secret;
      }
    } else if (mine(matches[i]) && secret.begin < reach && secret != widest) {
      drop[i] = true;
    }
  }
  size_t next = SIZE_MAX;  // begin of the nearest strong secret behind
  Span nearest{0, 0};
  for (size_t i = matches.size(); i-- > 0;) {
    const Span& secret = matches[i].secret;
    if (strong(matches[i])) {
      next = secret.begin;
      nearest = secret;
    } else if (mine(matches[i]) && next < secret.end && secret != nearest) {
      drop[i] = true;
    }
  }
  size_t kept = 0;
  for (size_t i = 0; i < matches.size(); ++i) {
    if (drop[i]) continue;
    if (kept != i) matches[kept] = std::move(matches[i]);
    ++kept;
  }
  matches.erase(matches.begin() + static_cast<std::ptrdiff_t>(kept), matches.end());
}

}  // namespace spillguard::detect::generic
