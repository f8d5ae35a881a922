#include "detect/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/padded_text.h"
#include "base/strings.h"
#include "detect/filters.h"
#include "detect/generic/generic_detector.h"
#include "detect/generic/keywords.h"
#include "detect/generic/model.h"
#include "detect/generic/reader.h"
#include "detect/validators.h"

namespace spillguard::detect {
namespace explaining {
namespace {

// Text around a match that is decoded again, to find what was decoded; if that is too little, all.
constexpr size_t kNear = size_t{64} << 10U;
// How far from a value the generic detector's key word stands at most.
constexpr size_t kKeywordReach = 4096;
constexpr size_t kMaxFeatures = 12;

// The text that the match was found in, and where.
struct Place {
  std::string owned;
  std::string_view text;
  Span match;
  Span secret;
};

std::optional<DecodedText> decoded_near(const Engine& engine, std::string_view text,
                                        const Match& match, size_t reach) {
  size_t begin = match.match.begin - std::min(match.match.begin, reach);
  if (begin != 0) {
    const size_t newline = text.substr(0, match.match.begin).find('\n', begin);
    begin = newline == std::string_view::npos ? begin : newline + 1;
  }
  const size_t end = std::min(text.size(), match.match.end + reach);
  Match moved = match;
  for (Span* span : {&moved.match, &moved.secret}) {
    span->begin -= begin;
    span->end -= begin;
  }
  const PaddedText padded(text.substr(begin, end - begin));
  return engine.decoded_text(padded.view(), moved);
}

Place place_of(const Engine& engine, std::string_view text, const Match& match) {
  if (match.decoded == nullptr) {
    return {.owned = {}, .text = text, .match = match.match, .secret = match.secret};
  }
  auto found = decoded_near(engine, text, match, kNear);
  if (!found) found = decoded_near(engine, text, match, text.size());
  Place place;
  if (found) {
    place.owned = std::move(found->text);
    place.match = found->match;
    place.secret = found->secret;
  } else {
    // What is known of it without its surroundings.
    place.owned = match.decoded->match;
    const size_t at = place.owned.find(match.decoded->secret);
    const size_t begin = at == std::string::npos ? 0 : at;
    place.match = {.begin = 0, .end = place.owned.size()};
    place.secret = {.begin = begin, .end = begin + match.decoded->secret.size()};
  }
  return place;
}

std::string anchor_of(const Rule& rule, const Place& place) {
  const size_t begin = place.match.begin - std::min<size_t>(place.match.begin, rule.before);
  const std::string_view near = place.text.substr(begin, place.match.end - begin);
  const auto stands = [&](const std::string& anchor) {
    return rule.ignore_case ? contains_ignore_case(near, to_lower(anchor))
                            : near.find(anchor) != std::string_view::npos;
  };
  const auto found = std::find_if(rule.anchors.begin(), rule.anchors.end(), stands);
  return found == rule.anchors.end() ? std::string() : *found;
}

// The context word nearest to the match, and how far from it.
void explain_context(const Rule& rule, const Place& place, Explanation& out) {
  const size_t reach = rule.context_reach;
  const size_t begin = place.match.begin - std::min(place.match.begin, reach);
  const size_t end = std::min(place.text.size(), place.match.end + reach);
  const std::string around = to_lower(place.text.substr(begin, end - begin));
  std::string nearest;
  size_t least = std::string::npos;
  for (const std::string& word : rule.context) {
    const std::string lower = to_lower(word);
    for (size_t at = around.find(lower); at != std::string::npos; at = around.find(lower, at + 1)) {
      const size_t from = begin + at;
      const size_t to = from + lower.size();
      const size_t distance = to <= place.match.begin   ? place.match.begin - to
                              : from >= place.match.end ? from - place.match.end
                                                        : 0;
      if (least == std::string::npos || distance < least) {
        least = distance;
        nearest = word;
      }
    }
  }
  if (least == std::string::npos) return;
  const std::string where = least == 0 ? nearest + ", in or beside the match"
                                       : fmt::format("{}, {} bytes away", nearest, least);
  out.filters.push_back({.name = "context",
                         .value = where,
                         .limit = fmt::format("one of {} words within {} bytes",
                                              rule.context.size(), rule.context_reach)});
}

void explain_filters(const Rule& rule, const Place& place, Explanation& out) {
  if (rule.min_entropy > 0) {
    out.filters.push_back({.name = "entropy",
                           .value = fmt::format("{:.2f}", out.entropy),
                           .limit = fmt::format("at least {:.2f} bits a byte", rule.min_entropy)});
  }
  if (!rule.stop_words.empty()) {
    out.filters.push_back({.name = "stop words",
                           .value = "none",
                           .limit = fmt::format("none of {}", rule.stop_words.size())});
  }
  if (!rule.context.empty()) explain_context(rule, place, out);
  for (const std::string& name : rule.validators) {
    const Validator* validator = find_validator(name);
    if (validator == nullptr) continue;
    out.filters.push_back(
        {.name = "validator", .value = name, .limit = std::string(validator->meaning)});
  }
}

// Reads the surroundings again as the detector did, until a candidate is the match's secret.
void explain_score(const Rule& rule, const Place& place, Explanation& out) {
  const auto noun = generic::GenericDetector::noun_of_rule(rule.name);
  if (!noun) return;
  const size_t begin = place.secret.begin - std::min(place.secret.begin, kKeywordReach);
  const size_t end = std::min(place.text.size(), place.secret.end + kKeywordReach);
  const std::string around = to_lower(place.text.substr(begin, end - begin));
  std::vector<generic::Candidate> candidates;
  for (const generic::Anchor& anchor : generic::anchors()) {
    const std::string word = to_lower(anchor.text);
    for (size_t at = around.find(word); at != std::string::npos; at = around.find(word, at + 1)) {
      const Span hit{.begin = begin + at, .end = begin + at + word.size()};
      generic::read_hit(place.text, hit, anchor.tool, candidates);
    }
  }
  const generic::Model& model = generic::Model::built_in();
  std::optional<generic::Explanation> best;
  for (const generic::Candidate& candidate : candidates) {
    if (candidate.noun != *noun || candidate.value != place.secret) continue;
    generic::Explanation one = model.explain(place.text, candidate);
    if (best && best->score >= one.score) continue;
    best = std::move(one);
    out.anchor = place.text.substr(candidate.keyword.begin, candidate.keyword.size());
  }
  if (!best) return;
  out.filters.push_back({.name = "value",
                         .value = std::string(generic::value_class_name(best->value_class)),
                         .limit = "what it plainly is"});
  for (const generic::Contribution& one : best->contributions) {
    if (out.features.size() == kMaxFeatures) break;
    out.features.push_back(
        {.name = std::string(one.name), .value = one.value, .contribution = one.contribution});
  }
}

}  // namespace
}  // namespace explaining

Explanation explain(const Engine& engine, std::string_view text, const Match& match) {
  const Rule& rule = engine.rules()[match.rule];
  explaining::Place place = explaining::place_of(engine, text, match);
  if (!place.owned.empty()) place.text = place.owned;
  Explanation out;
  out.id = rule.id;
  out.rule = rule.name;
  out.title = rule.title;
  out.version = rule_version(rule);
  out.severity = severity_name(rule.severity);
  out.found_by = rule.detector.empty() ? "pattern" : rule.detector;
  out.length = place.secret.size();
  out.entropy = match.entropy;
  out.score = match.score;
  if (match.decoded != nullptr) out.decoded = match.decoded->path;
  if (rule.detector.empty()) {
    out.anchor = explaining::anchor_of(rule, place);
  } else {
    explaining::explain_score(rule, place, out);
  }
  explaining::explain_filters(rule, place, out);
  for (const uint32_t other : match.also) out.also.push_back(engine.rules()[other].name);
  return out;
}

}  // namespace spillguard::detect
