#include "cli/rule_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/padded_text.h"
#include "base/strings.h"
#include "detect/filters.h"

namespace spillguard::cli {
namespace trial {
namespace {

// The rule with its pattern alone.
detect::Rule without_filters(const detect::Rule& rule) {
  detect::Rule bare = rule;
  bare.enabled = true;
  bare.min_entropy = 0;
  bare.validators.clear();
  bare.stop_words.clear();
  bare.context.clear();
  return bare;
}

Result<detect::ScanResult> scan_with(detect::Rule rule, PaddedView text, bool decode) {
  rule.enabled = true;
  SG_ASSIGN(const auto engine,
            detect::Engine::build(detect::RuleSet::of({std::move(rule)}), {.decode = decode}));
  detect::Engine::Scratch scratch = engine->make_scratch();
  detect::ScanResult result;
  engine->scan(text, scratch, result);
  return result;
}

// One filter of a rule, by itself.
struct Filter {
  std::string refusal;
  detect::CompiledFilters check;
};

Result<std::vector<Filter>> filters_of(const detect::Rule& rule) {
  std::vector<Filter> filters;
  const detect::Rule bare = without_filters(rule);
  const auto add = [&](std::string refusal, auto&& set) -> Status {
    detect::Rule alone = bare;
    set(alone);
    SG_ASSIGN(detect::CompiledFilters check, detect::CompiledFilters::compile(alone));
    filters.push_back({.refusal = std::move(refusal), .check = std::move(check)});
    return {};
  };
  if (rule.min_entropy > 0) {
    SG_TRY(add(fmt::format("its entropy is below {:.2f}", rule.min_entropy),
               [&](detect::Rule& alone) { alone.min_entropy = rule.min_entropy; }));
  }
  for (const std::string& word : rule.stop_words) {
    SG_TRY(add("it holds the stop word " + word,
               [&](detect::Rule& alone) { alone.stop_words = {word}; }));
  }
  if (!rule.context.empty()) {
    SG_TRY(add(fmt::format("no context word stands within {} bytes", rule.context_reach),
               [&](detect::Rule& alone) { alone.context = rule.context; }));
  }
  for (const std::string& name : rule.validators) {
    SG_TRY(add("the validator " + name + " refuses it",
               [&](detect::Rule& alone) { alone.validators = {name}; }));
  }
  return filters;
}

TrialMatch near_match(const detect::Match& match, std::string_view text,
                      const std::vector<Filter>& filters) {
  TrialMatch near{.match = match.match,
                  .secret = match.secret,
                  .entropy = match.entropy,
                  .found = false,
                  .refused = {},
                  .text = std::string(text.substr(match.secret.begin, match.secret.size())),
                  .decoded = {}};
  const detect::Candidate candidate{.text = text, .match = match.match, .secret = match.secret};
  for (const Filter& filter : filters) {
    if (!filter.check.accept(candidate, match.entropy)) {
      near.refused.push_back(filter.refusal);
    }
  }
  if (near.refused.empty()) {
    near.refused.emplace_back("it overlaps another match");
  }
  return near;
}

bool holds_anchor(const detect::Rule& rule, std::string_view text) {
  return std::any_of(rule.anchors.begin(), rule.anchors.end(), [&](const std::string& anchor) {
    return rule.ignore_case ? detect::contains_ignore_case(text, to_lower(anchor))
                            : text.find(anchor) != std::string_view::npos;
  });
}

}  // namespace
}  // namespace trial

Result<RuleTrial> try_rule(const detect::Rule& rule, std::string_view text) {
  const PaddedText padded(text);
  SG_ASSIGN(detect::ScanResult full, trial::scan_with(rule, padded.view(), true));
  SG_ASSIGN(const detect::ScanResult bare,
            trial::scan_with(trial::without_filters(rule), padded.view(), false));
  SG_ASSIGN(const std::vector<trial::Filter> filters, trial::filters_of(rule));
  RuleTrial out;
  out.anchor_stands = trial::holds_anchor(rule, text);
  out.limits = std::move(full.limits);
  for (const detect::Match& match : full.matches) {
    out.matches.push_back(
        {.match = match.match,
         .secret = match.secret,
         .entropy = match.entropy,
         .found = true,
         .refused = {},
         .text = std::string(match.secret_text(text)),
         .decoded = match.decoded == nullptr ? std::string() : match.decoded->path});
  }
  for (const detect::Match& match : bare.matches) {
    const bool found =
        std::any_of(full.matches.begin(), full.matches.end(),
                    [&](const detect::Match& other) { return other.secret == match.secret; });
    if (!found) {
      out.matches.push_back(trial::near_match(match, padded.text(), filters));
    }
  }
  std::stable_sort(out.matches.begin(), out.matches.end(),
                   [](const TrialMatch& a, const TrialMatch& b) { return a.secret < b.secret; });
  return out;
}

}  // namespace spillguard::cli
