// Any bytes through the engine with the built-in rules: spans lie in the text and in one another,
// order is kept, and a second scan with used memory, or in other blocks, gives the same.
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/padded_text.h"
#include "detect/engine.h"
#include "detect/rule.h"

namespace spillguard::detect {
namespace {

std::shared_ptr<const Engine> engine_of(const EngineOptions& options) {
  auto engine = Engine::build(RuleSet::built_in(), options);
  SG_CHECK(engine.has_value());
  return *engine;
}

void check_result(const Engine& engine, const ScanResult& result, size_t size) {
  const Match* previous = nullptr;
  for (const Match& match : result.matches) {
    SG_CHECK(match.rule < engine.rules().size());
    SG_CHECK(match.match.begin < match.match.end && match.match.end <= size);
    SG_CHECK(match.secret.begin < match.secret.end && match.match.contains(match.secret));
    SG_CHECK(match.entropy >= 0 && match.entropy <= 8);
    for (const uint32_t other : match.also)
      SG_CHECK(other != match.rule && other < engine.rules().size());
    SG_CHECK(previous == nullptr || previous->secret < match.secret);
    previous = &match;
  }
}

void fuzz_one(std::string_view input) {
  static const std::shared_ptr<const Engine> kWhole = engine_of({});
  static const std::shared_ptr<const Engine> kBlocks =
      engine_of({.block_bytes = 1, .self_check = false});
  static Engine::Scratch whole_scratch = kWhole->make_scratch();
  static Engine::Scratch blocks_scratch = kBlocks->make_scratch();
  const PaddedText text(input);
  ScanResult first;
  ScanResult second;
  kWhole->scan(text.view(), whole_scratch, first);
  check_result(*kWhole, first, text.size());
  kWhole->scan(text.view(), whole_scratch, second);
  SG_CHECK(first.matches == second.matches);
  kBlocks->scan(text.view(), blocks_scratch, second);
  SG_CHECK(first.matches == second.matches);
}

}  // namespace
}  // namespace spillguard::detect

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  spillguard::detect::fuzz_one({reinterpret_cast<const char*>(data), size});
  return 0;
}
