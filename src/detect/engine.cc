// How a scan goes: the text is searched for all anchors at once; a hit whose
// neighbours fit opens a window for each rule of the anchor, or widens the one that is open; a
// window that no later hit can reach is confirmed with the rule's pattern. All work is linear in
// the text: windows of a rule are merged, and a match of it is tried at most once from each byte.
#include "detect/engine.h"

#include <algorithm>
#include <utility>

#include "detect/encoded_screen.h"
#include "detect/engine_state.h"
#include "detect/hit_sift.h"
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
  HitSift sift;
  std::vector<OpenWindow> windows;  // by rule
  std::vector<uint32_t> touched;    // rules with a window in this scan
  uint64_t scan = 0;
  Layers layers;

  // Of a row of texts, while what is encoded in them is scanned.
  EncodedScreen screen;
  HitSift row_sift;
  generic::GenericScratch row_generic;
  ScanResult row_result;
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

// Bytes of a text whose hits are taken together: what reads them is much code, and the next one
// comes while the cache still has it.
constexpr size_t kTakenAtOnce = 65536;

// The way of one text: begin(), the hits that are left of it by their ends, finish().
class Engine::TextScan {
 public:
  // `words`: has what the keywords gave.
  TextScan(const State& engine, Scratch::State& memory, generic::GenericScratch& words)
      : engine_(engine), memory_(memory), words_(words) {
    SG_CHECK(memory.windows.size() == engine.rules.size());
  }

  // Replaces the result's content. `text` and `result` must stay until finish().
  void begin(PaddedView text, uint32_t number, ScanResult& result) {
    text_ = text;
    number_ = number;
    result_ = &result;
    result.clear();
    memory_.touched.clear();
    ++memory_.scan;
    engine_.finds.begin(text.text(), memory_.finding);
  }

  void wake(const WakingHit& hit) {
    const AnchorTable& anchors = engine_.anchors;
    for (const AnchorTable::Hook& hook : anchors.hooks(hit.literal)) {
      if (anchors.passes(hook, text_, hit.at.begin, hit.at.end)) {
        wake(hook.rule, hit.at.begin, hit.at.end);
      }
    }
  }

  void finish() {
    ScanResult& result = *result_;
    for (const uint32_t rule : memory_.touched) confirm(rule);
    if (!engine_.finds.empty()) {
      engine_.finds.sweep(text_, memory_.finding, memory_.matching, result);
    }
    generic::GenericDetector::finish(number_, words_, result);
    if (!result.matches.empty()) {
      engine_.generic.yield_to_patterns(engine_.rules, result.matches);
      resolve_overlaps(result.matches, engine_.specificity);
    }
    if (result.limits.empty()) return;
    std::sort(result.limits.begin(), result.limits.end(), [](const LimitHit& a, const LimitHit& b) {
      return a.offset != b.offset ? a.offset < b.offset : a.rule < b.rule;
    });
  }

 private:
  void confirm(uint32_t rule) {
    Scratch::State::OpenWindow& open = memory_.windows[rule];
    if (engine_.finds.serves(rule)) {
      engine_.finds.confirm(rule, open.window, memory_.finding, memory_.matching, *result_);
      return;
    }
    engine_.compiled[rule].confirm(text_.text(), open.window, open.progress, memory_.matching,
                                   *result_);
  }

  void wake(uint32_t rule, size_t begin, size_t end) {
    const State::Reach& reach = engine_.reach[rule];
    const size_t from = begin - std::min<size_t>(begin, reach.before);
    const size_t to = begin + reach.after;
    Scratch::State::OpenWindow& open = memory_.windows[rule];
    if (open.scan != memory_.scan) {
      memory_.touched.push_back(rule);
      open = {.scan = memory_.scan,
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
  }

  const State& engine_;
  Scratch::State& memory_;
  generic::GenericScratch& words_;
  PaddedView text_;
  uint32_t number_ = 0;
  ScanResult* result_ = nullptr;
};

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
  TextScan scan(engine, memory, memory.generic);
  generic::GenericDetector::begin(memory.generic);
  scan.begin(text, 0, result);
  LiteralIndex::begin(memory.literals);
  std::vector<LiteralHit>& hits = memory.hits;
  bool goes_on = true;
  while (goes_on) {
    hits.clear();
    const size_t until = LiteralIndex::looked_at(memory.literals) + kTakenAtOnce;
    do {
      goes_on = engine.index.next(text, engine.stretch, memory.literals, hits);
    } while (goes_on && LiteralIndex::looked_at(memory.literals) < until);
    // While the cache has them. Of small texts all is looked at in the end.
    const size_t at = LiteralIndex::looked_at(memory.literals);
    if (looks && at < text.size()) [[unlikely]] {
      memory.layers.look_on(text, at);
    }
    memory.sift.begin(hits.size());
    memory.sift.take(engine.anchors, text, 0, {.begin = 0, .end = text.size()}, hits.data(),
                     hits.data() + hits.size());
    memory.sift.finish();
    for (const WakingHit& hit : memory.sift.waking()) scan.wake(hit);
    engine.generic.read(memory.sift.keywords(), memory.generic);
  }
  scan.finish();
}

// First the hits of all texts, while the row comes from memory, then what is encoded in them, then
// text by text.
void Engine::scan(const PaddedRow& row, Scratch& scratch,
                  const std::function<void(size_t, ScanResult&)>& found) const {
  if (row.texts() == 0) return;
  const State& engine = *state_;
  Scratch::State& memory = *scratch.state_;
  std::vector<LiteralHit>& hits = memory.hits;
  hits.clear();
  LiteralIndex::begin(memory.literals);
  while (engine.index.next(row.whole(), engine.stretch, memory.literals, hits)) {
  }
  memory.row_sift.begin(hits.size());
  const LiteralHit* hit = hits.data();
  const LiteralHit* const end = hit + hits.size();
  for (uint32_t i = 0; hit != end && i < row.texts(); ++i) {
    const Span& place = row.place(i);
    if (hit->end > place.end) continue;
    hit = memory.row_sift.take(engine.anchors, row.text(i), i, place, hit, end);
  }
  memory.row_sift.finish();
  EncodedScreen& screen = memory.screen;
  if (engine.decode) {
    screen.look(row,
                {.index = engine.index,
                 .anchors = engine.anchors,
                 .stretch = engine.stretch,
                 .is_all = engine.finds.empty()},
                memory.layers, memory.literals);
  }
  generic::GenericScratch& words = memory.row_generic;
  generic::GenericDetector::begin(words);
  engine.generic.read(memory.row_sift.keywords(), words);
  TextScan scan(engine, memory, words);
  ScanResult& result = memory.row_result;
  std::span<const WakingHit> waking = memory.row_sift.waking();
  for (uint32_t i = 0; i < row.texts(); ++i) {
    const bool wakes = !waking.empty() && waking.front().text == i;
    const bool named = generic::GenericDetector::found_in(i, words);
    const auto encoded = engine.decode ? screen.holds(i) : EncodedScreen::Holds::kNothing;
    const bool is_plain = encoded != EncodedScreen::Holds::kMaybe;
    if (!wakes && !named && is_plain && engine.finds.empty()) continue;  // most texts
    const PaddedView text = row.text(i);
    scan.begin(text, i, result);
    for (; !waking.empty() && waking.front().text == i; waking = waking.subspan(1)) {
      scan.wake(waking.front());
    }
    scan.finish();
    // A match may be opaque: what is encoded in it does not count then, and other things may.
    const bool is_told = is_plain && (encoded == EncodedScreen::Holds::kNothing || result.empty());
    if (!is_told && memory.layers.look(text)) scan_encoded(text, scratch, result);
    if (!result.empty()) found(i, result);
  }
}

uint64_t Engine::count_anchors(PaddedView text, Scratch& scratch) const {
  Scratch::State& memory = *scratch.state_;
  uint64_t count = 0;
  LiteralIndex::begin(memory.literals);
  memory.hits.clear();
  while (state_->index.next(text, state_->stretch, memory.literals, memory.hits)) {
    count += memory.hits.size();
    memory.hits.clear();
  }
  return count;
}

const std::vector<Literal>& Engine::literals() const { return state_->anchors.literals(); }
std::span<const Rule> Engine::rules() const { return state_->rules; }
const std::string& Engine::version() const { return state_->version; }
bool Engine::has_prepared_literals() const { return state_->index.is_prepared(); }

}  // namespace spillguard::detect
