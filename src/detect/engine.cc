// How a scan goes: the text is searched for all anchors at once; a hit whose
// neighbours fit opens a window for each rule of the anchor, or widens the one that is open; a
// window that no later hit can reach is confirmed with the rule's pattern. All work is linear in
// the text: windows of a rule are merged, and a match of it is tried at most once from each byte.
#include "detect/engine.h"

#include <algorithm>
#include <utility>

#include "detect/engine_state.h"
#include "detect/overlap.h"

namespace spillguard::detect {

bool operator==(const Match& a, const Match& b) {
  const bool same_decoded =
      a.decoded == b.decoded ||
      (a.decoded != nullptr && b.decoded != nullptr && *a.decoded == *b.decoded);
  return a.rule == b.rule && a.match == b.match && a.secret == b.secret && a.entropy == b.entropy &&
         a.also == b.also && a.score == b.score && same_decoded;
}

struct Engine::Scratch::State {
  // The window of a rule that later anchors may still widen.
  struct OpenWindow {
    uint64_t scan = 0;  // the scan that opened it; others have none
    Window window;
    Progress progress;
  };

  State(FindScratch find_scratch, size_t rules)
      : finding(std::move(find_scratch)), windows(rules) {}

  LiteralScratch literals;
  regex::MatchScratch matching;
  generic::GenericScratch generic;
  FindScratch finding;
  std::vector<LiteralHit> hits;
  std::vector<OpenWindow> windows;  // by rule
  std::vector<uint32_t> touched;    // rules with a window in this scan
  uint64_t scan = 0;
  Layers layers;
};

Engine::Scratch::Scratch(std::unique_ptr<State> state) : state_(std::move(state)) {}
Engine::Scratch::~Scratch() = default;
regex::MatchWork Engine::Scratch::work() const { return state_->matching.work(); }
Engine::Scratch::Scratch(Scratch&&) noexcept = default;
Engine::Scratch& Engine::Scratch::operator=(Scratch&&) noexcept = default;

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Engine::~Engine() = default;

Engine::Scratch Engine::make_scratch() const {
  return Scratch(
      std::make_unique<Scratch::State>(state_->finds.make_scratch(), state_->rules.size()));
}

void Engine::scan(PaddedView text, Scratch& scratch, ScanResult& result) const {
  Layers& layers = scratch.state_->layers;
  layers.begin_look();
  scan_plain(text, scratch, result, state_->decode);
  if (state_->decode && layers.look_on(text, text.size())) scan_encoded(text, scratch, result);
}

// Apart, for it is rare and needs much more than the rest of scan().
[[gnu::noinline]] void Engine::scan_encoded(PaddedView text, Scratch& scratch,
                                            ScanResult& result) const {
  const auto scan_text = [&](PaddedView decoded, ScanResult& out) {
    scan_plain(decoded, scratch, out, false);
  };
  scratch.state_->layers.add(text, state_->layer_rules, scan_text, result);
}

std::optional<DecodedText> Engine::decoded_text(PaddedView text, const Match& match) const {
  Scratch scratch = make_scratch();
  const auto scan_text = [&](PaddedView decoded, ScanResult& out) {
    scan_plain(decoded, scratch, out, false);
  };
  return scratch.state_->layers.find(text, state_->layer_rules, scan_text, match);
}

void Engine::scan_plain(PaddedView text, Scratch& scratch, ScanResult& result, bool looks) const {
  const State& engine = *state_;
  Scratch::State& memory = *scratch.state_;
  SG_CHECK(memory.windows.size() == engine.rules.size());
  result.clear();
  memory.touched.clear();
  ++memory.scan;
  generic::GenericDetector::begin(memory.generic);
  const std::string_view whole = text.text();
  engine.finds.begin(whole, memory.finding);

  const auto confirm = [&](uint32_t rule) {
    Scratch::State::OpenWindow& open = memory.windows[rule];
    if (engine.finds.serves(rule)) {
      engine.finds.confirm(rule, open.window, memory.finding, memory.matching, result);
      return;
    }
    engine.compiled[rule].confirm(whole, open.window, open.progress, memory.matching, result);
  };
  const auto wake = [&](uint32_t rule, size_t begin, size_t end) {
    const State::Reach& reach = engine.reach[rule];
    const size_t from = begin - std::min<size_t>(begin, reach.before);
    const size_t to = begin + reach.after;
    Scratch::State::OpenWindow& open = memory.windows[rule];
    if (open.scan != memory.scan) {
      memory.touched.push_back(rule);
      open = {.scan = memory.scan,
              .window = {.begin = from, .last = begin, .reach = to},
              .progress = {}};
      return;
    }
    // Hits come by their ends, so a later one of a longer anchor may begin before this one. Only
    // when even that could not touch the open window, the window is final.
    const size_t reachable = size_t{reach.longest_anchor} + reach.before;
    if (end - std::min(end, reachable) <= open.window.last) {
      open.window.begin = std::min(open.window.begin, from);
      open.window.last = std::max(open.window.last, begin);
      open.window.reach = std::max(open.window.reach, to);
      return;
    }
    confirm(rule);
    open.window = {.begin = from, .last = begin, .reach = to};
  };

  LiteralIndex::begin(memory.literals);
  while (engine.index.next(text, engine.stretch, memory.literals, memory.hits)) {
    // While the cache has them. Of small texts all is looked at in the end.
    const size_t at = LiteralIndex::looked_at(memory.literals);
    if (looks && at < text.size()) [[unlikely]] {
      memory.layers.look_on(text, at);
    }
    for (const LiteralHit& hit : memory.hits) {
      const size_t hit_begin = hit.end - engine.anchors.length(hit.literal);
      if (engine.anchors.may_wake(hit.literal, text, hit_begin, hit.end)) {
        for (const AnchorTable::Hook& hook : engine.anchors.hooks(hit.literal)) {
          if (engine.anchors.passes(hook, text, hit_begin, hit.end)) {
            wake(hook.rule, hit_begin, hit.end);
          }
        }
      }
      const uint32_t keyword = engine.anchors.keyword(hit.literal);
      if (keyword != AnchorTable::kNoKeyword) {
        engine.generic.on_hit(whole, keyword, {hit_begin, hit.end}, memory.generic);
      }
    }
  }
  for (const uint32_t rule : memory.touched) confirm(rule);
  if (!engine.finds.empty()) engine.finds.sweep(text, memory.finding, memory.matching, result);

  engine.generic.finish(memory.generic, result);
  if (!result.matches.empty()) {
    engine.generic.yield_to_patterns(engine.rules, result.matches);
    resolve_overlaps(result.matches, engine.specificity);
  }
  if (result.limits.empty()) return;
  std::sort(result.limits.begin(), result.limits.end(), [](const LimitHit& a, const LimitHit& b) {
    return a.offset != b.offset ? a.offset < b.offset : a.rule < b.rule;
  });
}

uint64_t Engine::count_anchors(PaddedView text, Scratch& scratch) const {
  Scratch::State& memory = *scratch.state_;
  uint64_t count = 0;
  LiteralIndex::begin(memory.literals);
  while (state_->index.next(text, state_->stretch, memory.literals, memory.hits)) {
    count += memory.hits.size();
  }
  return count;
}

const std::vector<Literal>& Engine::literals() const { return state_->anchors.literals(); }
std::span<const Rule> Engine::rules() const { return state_->rules; }
const std::string& Engine::version() const { return state_->version; }
bool Engine::has_prepared_literals() const { return state_->index.is_prepared(); }

}  // namespace spillguard::detect
