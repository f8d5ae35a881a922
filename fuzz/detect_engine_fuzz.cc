// Any bytes through the engine with the built-in rules: spans lie in the text and in one another,
// order is kept, and a second scan with used memory, in other blocks, or in a row of the lines,
// gives the same.
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/padded_row.h"
#include "base/padded_text.h"
#include "base/strings.h"
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

// The lines of a text in a row, as far as there is room.
void check_row(const Engine& engine, std::string_view input, Engine::Scratch& scratch,
               Engine::Scratch& single) {
  static PaddedRow row;
  row.clear();
  std::vector<ScanResult> expected;
  for (const std::string_view line : split(input, '\n')) {
    const PaddedText text(line);
    if (!row.has_room_for(text.view())) break;
    row.add(text.view());
    engine.scan(text.view(), single, expected.emplace_back());
  }
  size_t next = 0;
  const auto pass_empty = [&](size_t end) {
    for (; next < end; ++next) SG_CHECK(expected[next].empty());
  };
  engine.scan(row, scratch, [&](size_t text, const ScanResult& result) {
    pass_empty(text);
    SG_CHECK(!result.empty() && result.matches == expected[next++].matches);
  });
  pass_empty(expected.size());
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
  static Engine::Scratch single_scratch = kWhole->make_scratch();
  check_row(*kWhole, input, whole_scratch, single_scratch);
}

}  // namespace
}  // namespace spillguard::detect

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  spillguard::detect::fuzz_one({reinterpret_cast<const char*>(data), size});
  return 0;
}
