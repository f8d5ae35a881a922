// From rules to an engine: what every rule needs to run, and the anchors of all in one index.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "detect/engine.h"
#include "detect/engine_state.h"

namespace spillguard::detect {

Result<std::shared_ptr<const Engine>> Engine::build(const RuleSet& rules,
                                                    const EngineOptions& options) {
  if (options.self_check) SG_TRY(LiteralIndex::self_check());
  AnchorTable anchors;
  generic::GenericDetector generic;
  std::vector<CompiledRule> compiled;
  std::vector<Rule> enabled;
  size_t longest = 1;
  for (const Rule& rule : rules.rules()) {
    if (!rule.enabled) continue;
    const auto number = static_cast<uint32_t>(enabled.size());
    if (!rule.detector.empty()) {
      SG_TRY(generic.add_rule(rule, number));
      SG_ASSIGN(CompiledRule ready, CompiledRule::of_detector(rule, number));
      compiled.push_back(std::move(ready));
      enabled.push_back(rule);
      continue;
    }
    SG_ASSIGN(CompiledRule ready, CompiledRule::compile(rule, number));
    const regex::AnchorPlan& plan = ready.plan();
    for (size_t i = 0; i < rule.anchors.size(); ++i) {
      if (plan.guards.empty()) {
        anchors.add(number, rule.anchors[i], rule.ignore_case, {});
      } else if (plan.guards[i].used) {  // no match needs the others
        anchors.add(number, rule.anchors[i], rule.ignore_case, plan.guards[i]);
      }
    }
    longest = std::max<size_t>(longest, ready.longest_anchor());
    compiled.push_back(std::move(ready));
    enabled.push_back(rule);
  }
  if (generic.in_use()) {
    const auto keywords = generic::GenericDetector::keywords();
    for (uint32_t i = 0; i < keywords.size(); ++i) {
      anchors.add_keyword(i, keywords[i]);
      longest = std::max(longest, keywords[i].size());
    }
  }
  SG_ASSIGN(LiteralIndex index, LiteralIndex::build(anchors.literals()));

  auto state = std::make_unique<State>(std::move(index));
  state->rules = std::move(enabled);
  state->version = rules.version();
  state->anchors = std::move(anchors);
  state->generic = generic;
  state->overlap_bytes = longest - 1;
  state->block_bytes = std::clamp(options.block_bytes, longest * 2, LiteralIndex::kMaxBlock);
  for (const CompiledRule& rule : compiled) {
    state->reach.push_back({rule.before(), rule.after(), rule.longest_anchor()});
    state->specificity.push_back(rule.specificity());
  }
  state->compiled = std::move(compiled);
  return std::shared_ptr<const Engine>(new Engine(std::move(state)));
}

}  // namespace spillguard::detect
