// From rules to an engine: what every rule needs to run, and the anchors of all in one index.
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/catalogue.h"
#include "detect/engine.h"
#include "detect/engine_state.h"

namespace spillguard::detect {

namespace {

// The rules that are on, ready to run, and what the text is searched for.
struct EngineParts {
  std::vector<Rule> rules;
  std::vector<CompiledRule> compiled;
  generic::GenericDetector generic;
  AnchorTable anchors;
};

Result<EngineParts> gather(std::vector<Rule> rules) {
  EngineParts out;
  out.rules.reserve(rules.size());
  out.compiled.reserve(rules.size());
  for (Rule& rule : rules) {
    if (!rule.enabled) continue;
    const auto number = static_cast<uint32_t>(out.rules.size());
    if (!rule.detector.empty()) {
      SG_TRY(out.generic.add_rule(rule, number));
      SG_ASSIGN(CompiledRule ready, CompiledRule::of_detector(rule, number));
      out.compiled.push_back(std::move(ready));
      out.rules.push_back(std::move(rule));
      continue;
    }
    SG_ASSIGN(CompiledRule ready, CompiledRule::compile(rule, number));
    const regex::AnchorPlan& plan = ready.plan();
    for (size_t i = 0; i < ready.anchors().size(); ++i) {
      if (plan.guards.empty()) {
        out.anchors.add(number, ready.anchors()[i], ready.anchors_ignore_case(), {});
      } else if (plan.guards[i].used) {  // no match needs the others
        out.anchors.add(number, ready.anchors()[i], ready.anchors_ignore_case(), plan.guards[i]);
      }
    }
    out.compiled.push_back(std::move(ready));
    out.rules.push_back(std::move(rule));
  }
  if (out.generic.in_use()) {
    const auto keywords = generic::GenericDetector::keywords();
    for (uint32_t i = 0; i < keywords.size(); ++i) out.anchors.add_keyword(i, keywords[i]);
  }
  out.anchors.seal();
  return out;
}

}  // namespace

Result<std::string> prepare_literals(const RuleSet& rules) {
  SG_ASSIGN(const EngineParts parts, gather(RuleSet(rules).release()));
  return LiteralIndex::prepare(parts.anchors.literals());
}

Result<std::shared_ptr<const Engine>> Engine::build(RuleSet rules, const EngineOptions& options) {
  if (options.self_check) SG_TRY(LiteralIndex::self_check());
  std::string version = rules.version();
  SG_ASSIGN(EngineParts parts, gather(std::move(rules).release()));
  SG_ASSIGN(LiteralIndex index,
            LiteralIndex::build(parts.anchors.literals(),
                                options.prepared ? built_in_literals() : std::string_view()));

  auto state = std::make_unique<State>(std::move(index));
  state->rules = std::move(parts.rules);
  state->version = std::move(version);
  state->anchors = std::move(parts.anchors);
  state->generic = parts.generic;
  state->stretch = options.block_bytes;
  state->finds = FindStage(parts.compiled.size());
  for (const CompiledRule& rule : parts.compiled) {
    if (rule.find_rule()) state->finds.add(rule.find_rule());
    state->reach.push_back({rule.before(), rule.after(), rule.longest_anchor()});
    state->specificity.push_back(rule.specificity());
  }
  state->compiled = std::move(parts.compiled);
  state->decode = options.decode;
  state->layer_rules = LayerRules(state->rules, state->specificity);
  return std::shared_ptr<const Engine>(new Engine(std::move(state)));
}

}  // namespace spillguard::detect
