#include "detect/lazy_pattern.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace spillguard::detect {
namespace {

Result<LazyPattern::Ready> compile_pattern(std::string_view text,
                                           const regex::PatternOptions& options) {
  SG_ASSIGN(regex::Pattern pattern, regex::Pattern::compile(text, options));
  if (pattern.can_match_empty()) {
    return fail(Code::kInvalidArgument, "the pattern can match nothing at all");
  }
  uint32_t group = pattern.group_number("secret");
  if (group == 0 && pattern.group_count() > 0) group = 1;
  return LazyPattern::Ready{std::move(pattern), group};
}

}  // namespace

struct LazyPattern::State {
  std::string text;
  regex::PatternOptions options;
  std::once_flag once;
  std::optional<Ready> ready;                // written once, under the flag
  std::atomic<const Ready*> shown{nullptr};  // set behind that; spares the others the flag
};

LazyPattern::LazyPattern(std::unique_ptr<State> state) : state_(std::move(state)) {}
LazyPattern::~LazyPattern() = default;
LazyPattern::LazyPattern(LazyPattern&&) noexcept = default;
LazyPattern& LazyPattern::operator=(LazyPattern&&) noexcept = default;

Result<LazyPattern> LazyPattern::now(std::string_view pattern,
                                     const regex::PatternOptions& options) {
  SG_ASSIGN(Ready compiled, compile_pattern(pattern, options));
  auto state = std::make_unique<State>();
  state->ready = std::move(compiled);
  state->shown = &*state->ready;
  return LazyPattern(std::move(state));
}

LazyPattern LazyPattern::later(std::string_view pattern, const regex::PatternOptions& options) {
  auto state = std::make_unique<State>();
  state->text = pattern;
  state->options = options;
  return LazyPattern(std::move(state));
}

const LazyPattern::Ready* LazyPattern::ready() const {
  State& state = *state_;
  if (const Ready* shown = state.shown.load(std::memory_order_acquire)) return shown;
  std::call_once(state.once, [&] {
    if (auto compiled = compile_pattern(state.text, state.options)) {
      state.ready = std::move(*compiled);
      state.shown.store(&*state.ready, std::memory_order_release);
    }
  });
  return state.shown.load(std::memory_order_acquire);
}

}  // namespace spillguard::detect
