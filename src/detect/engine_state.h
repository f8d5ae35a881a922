// What an engine is made of: engine_build.cc fills it, engine.cc runs on it. Of these two files
// alone. Thread-safety: immutable once built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "detect/anchor_table.h"
#include "detect/compiled_rule.h"
#include "detect/engine.h"
#include "detect/find_rule.h"
#include "detect/generic/generic_detector.h"
#include "detect/layers.h"
#include "detect/literal_index.h"

namespace spillguard::detect {

struct Engine::State {
  // What the hot loop needs of a rule, close together.
  struct Reach {
    uint32_t before = 0;
    uint32_t after = 0;
    uint32_t longest_anchor = 0;
  };

  explicit State(LiteralIndex literal_index) : index(std::move(literal_index)) {}

  std::vector<Rule> rules;
  std::string version;
  std::vector<CompiledRule> compiled;
  std::vector<Reach> reach;
  std::vector<uint64_t> specificity;
  AnchorTable anchors;
  generic::GenericDetector generic;
  FindStage finds;
  LiteralIndex index;
  size_t stretch = 0;  // bytes of text that are searched at a time
  bool decode = true;
  LayerRules layer_rules;
};

// What LiteralIndex prepares for the rules that are on.
Result<std::string> prepare_literals(const RuleSet& rules);

}  // namespace spillguard::detect
