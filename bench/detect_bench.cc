// How fast texts are scanned, against what the machine can do in the same run: memchr, the bare
// search for literals, and that search by an outside library. All figures are by processor time.
// Real tickets and pages when they are there, generated text else.
//
//   detect_bench [--data DIR] [--megabytes N] [--rules N] [--seconds N]
//
// --rules N fills the built-in rules up to N with generated ones, to see how the engine scales.
// --seconds N measures until nothing was quicker than before for so long: a machine that others
// use, too, shows its speed at times only, and both its cores at once more rarely yet.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/padded_row.h"
#include "base/padded_text.h"
#include "base/strings.h"
#include "bench/bench_rules.h"
#include "bench/bench_texts.h"
#include "bench/cycle_counter.h"
#include "bench/outside_search.h"
#include "detect/engine.h"
#include "detect/rule.h"

namespace spillguard {
namespace {

struct Options {
  std::string data = "../shared/data";
  size_t bytes = size_t{64} << 20;
  size_t rules = 0;
  double seconds = 30;
};

// Texts in the form in which they are scanned: long ones each by itself, others in rows.
struct Layout {
  std::vector<PaddedView> texts;
  std::vector<PaddedRow> rows;
  size_t bytes = 0;  // of all, without what is between them
};

// The texts by themselves, in rows as the service scans the parts of an item, only those of 0.5 to
// 8 KB, and all in one.
struct Corpus {
  Layout single;
  Layout documents;
  Layout small;
  PaddedText text;
  Layout whole;
};

void add_single(Layout& layout, PaddedView text) {
  layout.texts.push_back(text);
  layout.bytes += text.size();
}

void add(Layout& layout, PaddedView text) {
  if (text.size() > PaddedRow::kMostSmall) {
    add_single(layout, text);
    return;
  }
  if (layout.rows.empty() || !layout.rows.back().has_room_for(text)) layout.rows.emplace_back();
  layout.rows.back().add(text);
  layout.bytes += text.size();
}

constexpr size_t kSmallLeast = 512;
constexpr size_t kSmallMost = 8192;

Corpus corpus_of(const bench::Texts& texts) {
  Corpus corpus;
  std::string whole;
  whole.reserve(texts.bytes + texts.documents.size());
  for (const PaddedText& document : texts.documents) {
    add_single(corpus.single, document.view());
    add(corpus.documents, document.view());
    if (document.size() >= kSmallLeast && document.size() <= kSmallMost) {
      add(corpus.small, document.view());
    }
    whole += document.text();
    whole += '\n';
  }
  corpus.text = PaddedText(std::move(whole));
  add_single(corpus.whole, corpus.text.view());
  return corpus;
}

// What is done with a text, and with a row of them; both return what they counted.
struct Work {
  std::function<uint64_t(PaddedView)> text;
  std::function<uint64_t(const PaddedRow&)> row;
};
using MakeWork = std::function<Work()>;  // one for each thread

// The contestants' numbers.
enum Who : size_t { kMemchr, kOwn, kEngine, kLibrary };

// One of those that are measured side by side, and its rounds so far.
struct Contestant {
  std::vector<Work> works;      // one for each thread
  std::vector<double> seconds;  // by round
  double cycles = 1e18;         // the best round's, of all threads; 0: not counted
  uint64_t counted = 0;
};

// The engine's, and its ratios to the bare search for the literals.
struct Speed {
  double gigabytes_a_second = 0;
  double of_own = 0;
  double of_library = 0;  // 0: it is not there
};

// What one thread did in a round.
struct Share {
  double seconds = 0;
  std::optional<uint64_t> cycles;
  uint64_t counted = 0;
};

// Each thread takes every n-th of the texts and rows; where there is only one, all threads take it.
bool is_one(const Layout& layout) { return layout.rows.empty() && layout.texts.size() == 1; }

Share run_share(const Layout& layout, size_t thread, size_t threads, const Work& work) {
  const bench::CycleCounter counter;
  const auto cycles = counter.cycles();
  const double start = bench::thread_seconds();
  Share share;
  const size_t first = is_one(layout) ? 0 : thread;
  const auto take = [&](const auto& all, const auto& each) {
    for (size_t i = first; i < all.size(); i += threads) share.counted += each(all[i]);
  };
  take(layout.texts, work.text);
  take(layout.rows, work.row);
  share.seconds = bench::thread_seconds() - start;
  if (const auto now = counter.cycles(); cycles && now) share.cycles = *now - *cycles;
  return share;
}

// The time is that of the thread that was busy longest, by its processor: on a busy machine the
// clock on the wall measures the neighbours.
void run_round(const Layout& layout, Contestant& contestant) {
  const size_t threads = contestant.works.size();
  std::vector<Share> shares(threads);
  const auto run = [&](size_t thread) {
    shares[thread] = run_share(layout, thread, threads, contestant.works[thread]);
  };
  {
    std::vector<std::jthread> running;
    for (size_t thread = 1; thread < threads; ++thread) running.emplace_back(run, thread);
    run(0);
  }
  double seconds = 0;
  uint64_t cycles = 0;
  contestant.counted = 0;
  for (const Share& share : shares) {
    seconds = std::max(seconds, share.seconds);
    cycles += share.cycles.value_or(0);
    contestant.counted += share.counted;
  }
  contestant.seconds.push_back(seconds);
  contestant.cycles = std::min(contestant.cycles, static_cast<double>(cycles));
}

// A line of the table: a layout and all that is measured with it, by a number of threads.
class Line {
 public:
  Line(std::string_view name, const Layout& layout, size_t threads,
       const std::vector<MakeWork>& makers)
      : name_(name), layout_(layout), contestants_(makers.size()) {
    for (size_t i = 0; i < makers.size(); ++i) {
      for (size_t thread = 0; thread < threads; ++thread) {
        contestants_[i].works.push_back(makers[i]());
      }
    }
  }

  void run() {
    for (Contestant& contestant : contestants_) run_round(layout_, contestant);
  }

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] size_t threads() const { return contestants_.front().works.size(); }
  [[nodiscard]] size_t contestants() const { return contestants_.size(); }
  // Of all threads together, each with a core of its own: of the best round, and of the middle one.
  [[nodiscard]] double best(size_t contestant) const {
    const std::vector<double>& all = contestants_[contestant].seconds;
    return bytes() / *std::min_element(all.begin(), all.end()) / 1e9;
  }
  [[nodiscard]] double median(size_t contestant) const {
    std::vector<double> all = contestants_[contestant].seconds;
    const auto middle = all.begin() + static_cast<ptrdiff_t>(all.size() / 2);
    std::nth_element(all.begin(), middle, all.end());
    return bytes() / *middle / 1e9;
  }
  [[nodiscard]] double cycles_a_byte(size_t contestant) const {
    return contestants_[contestant].cycles / bytes();
  }
  [[nodiscard]] uint64_t counted(size_t contestant) const {
    return contestants_[contestant].counted / copies();
  }

 private:
  [[nodiscard]] size_t copies() const { return is_one(layout_) ? threads() : 1; }
  [[nodiscard]] double bytes() const { return static_cast<double>(layout_.bytes * copies()); }

  std::string_view name_;
  const Layout& layout_;
  std::vector<Contestant> contestants_;
};

// All lines and contestants by turns, for the machine's speed changes: until none of the engine's
// best rounds was beaten for so many seconds.
void measure(std::vector<Line>& lines, double seconds) {
  constexpr int kLeastRounds = 3;
  constexpr double kBeaten = 1.01;  // by less is noise
  constexpr int kMostTimes = 6;     // the seconds, in all
  using Clock = std::chrono::steady_clock;
  const std::chrono::duration<double> quiet(seconds);
  const auto start = Clock::now();
  auto beaten = start;
  std::vector<double> best(lines.size(), 0);
  for (int round = 0; round < kLeastRounds ||
                      (Clock::now() < beaten + quiet && Clock::now() < start + kMostTimes * quiet);
       ++round) {
    for (size_t i = 0; i < lines.size(); ++i) {
      lines[i].run();
      if (lines[i].best(kEngine) <= best[i] * kBeaten) continue;
      best[i] = lines[i].best(kEngine);
      beaten = Clock::now();
    }
  }
}

// What takes a row as one text.
Work on_whole_rows(const std::function<uint64_t(PaddedView)>& text) {
  return {.text = text, .row = [text](const PaddedRow& row) { return text(row.whole()); }};
}

// The same literals by an outside library; nothing where it was not installed when this was built.
std::optional<MakeWork> outside_search(const detect::Engine& engine) {
  std::shared_ptr<bench::OutsideSearch> search = bench::make_outside_search(engine.literals());
  if (search == nullptr) return std::nullopt;
  return [search]() -> Work {
    auto scratch = search->make_scratch();
    return on_whole_rows(
        [search, scratch](PaddedView text) { return search->count(text, *scratch); });
  };
}

std::vector<MakeWork> makers_of(const std::shared_ptr<const detect::Engine>& engine) {
  const MakeWork memchr_work = [] {
    return on_whole_rows([](PaddedView text) -> uint64_t {
      return std::memchr(text.data(), '\xFF', text.size()) != nullptr ? 1 : 0;
    });
  };
  const MakeWork anchor_work = [engine] {
    auto scratch = std::make_shared<detect::Engine::Scratch>(engine->make_scratch());
    return on_whole_rows(
        [engine, scratch](PaddedView text) { return engine->count_anchors(text, *scratch); });
  };
  const MakeWork engine_work = [engine] {
    auto scratch = std::make_shared<detect::Engine::Scratch>(engine->make_scratch());
    auto result = std::make_shared<detect::ScanResult>();
    const auto text = [engine, scratch, result](PaddedView each) -> uint64_t {
      engine->scan(each, *scratch, *result);
      return result->matches.size();
    };
    const auto row = [engine, scratch](const PaddedRow& each) {
      uint64_t count = 0;
      engine->scan(each, *scratch, [&](size_t /*text*/, const detect::ScanResult& found) {
        count += found.matches.size();
      });
      return count;
    };
    return Work{.text = text, .row = row};
  };
  std::vector<MakeWork> makers = {memchr_work, anchor_work, engine_work};
  if (auto outside = outside_search(*engine)) makers.push_back(*std::move(outside));
  return makers;
}

void print_line(const Line& line, const Speed& speed) {
  const bool library = line.contestants() > kLibrary;
  fmt::print(
      "{:<18}{:>8}{:>8.2f}{:>8.2f}{:>11.2f}{:>8.2f}{:>8.2f}{:>8.2f}{:>14.2f}{:>9.2f}{:>8.2f}{:>10}"
      "\n",
      line.name(), line.threads(), line.best(kMemchr), line.best(kOwn),
      library ? line.best(kLibrary) : 0, line.best(kEngine), line.median(kEngine), speed.of_own,
      speed.of_library, line.cycles_a_byte(kOwn), line.cycles_a_byte(kEngine),
      line.counted(kEngine));
}

void print_table(const Corpus& corpus, const std::shared_ptr<const detect::Engine>& engine,
                 double seconds) {
  const std::vector<MakeWork> makers = makers_of(engine);
  const std::pair<std::string_view, const Layout&> layouts[] = {{"documents", corpus.documents},
                                                                {"those of 0.5-8 KB", corpus.small},
                                                                {"each by itself", corpus.single},
                                                                {"one buffer", corpus.whole}};
  std::vector<Line> lines;
  for (const auto& [name, layout] : layouts) {
    if (layout.bytes == 0) continue;
    for (const size_t threads : {1U, 2U}) lines.emplace_back(name, layout, threads, makers);
  }
  measure(lines, seconds);
  fmt::print(
      "GB/s of all threads together, of the best round; and of the middle one, for the engine.\n"
      "own: our first stage alone; {}: the bare search for the same literals by that\n"
      "library{}; ratios: of the engine's best to either search's. Cycles of the processor a\n"
      "byte, 0 where they can not be counted. documents: in rows, as the service scans the parts\n"
      "of items.\n",
      bench::kOutsideName, makers.size() > kLibrary ? "" : " (not installed: left out)");
  fmt::print("{:<18}{:>8}{:>8}{:>8}{:>11}{:>8}{:>8}{:>8}{:>14}{:>9}{:>8}{:>10}\n", "texts",
             "threads", "memchr", "own", bench::kOutsideName, "engine", "middle", "of own",
             fmt::format("of {}", bench::kOutsideName), "own", "engine", "findings");
  std::map<std::pair<std::string_view, size_t>, Speed> speeds;
  for (const Line& line : lines) {
    Speed& speed = speeds[{line.name(), line.threads()}];
    speed.gigabytes_a_second = line.best(kEngine);
    speed.of_own = line.best(kEngine) / line.best(kOwn);
    if (line.contestants() > kLibrary) {
      speed.of_library = line.best(kEngine) / line.best(kLibrary);
    }
    print_line(line, speed);
  }
  const Speed& one = speeds[{layouts[0].first, 1}];
  fmt::print(
      "aims: {:.2f} GB/s on a core (0.80), {:.2f} on two (1.50), {:.2f} on a core for small "
      "ones (0.60)\n",
      one.gigabytes_a_second, speeds[{layouts[0].first, 2}].gigabytes_a_second,
      speeds[{layouts[1].first, 1}].gigabytes_a_second);
  fmt::print("      {:.2f} of the bare literal search by {} (0.55); {:.2f} of our own\n",
             one.of_library, bench::kOutsideName, one.of_own);
}

// Which rules find most, to see what is noise.
void print_loudest(const Corpus& corpus, const detect::Engine& engine) {
  std::vector<std::pair<uint64_t, std::string>> counts;
  for (const detect::Rule& rule : engine.rules()) counts.emplace_back(0, rule.name);
  detect::Engine::Scratch scratch = engine.make_scratch();
  detect::ScanResult result;
  uint64_t all = 0;
  uint64_t limits = 0;
  for (const PaddedView& document : corpus.single.texts) {
    engine.scan(document, scratch, result);
    all += result.matches.size();
    limits += result.limits.size();
    for (const detect::Match& match : result.matches) ++counts[match.rule].first;
  }
  fmt::print("findings: {}, {:.2f} a MB, undecided places: {}\n", all,
             static_cast<double>(all) / (static_cast<double>(corpus.single.bytes) / 1e6), limits);
  std::sort(counts.rbegin(), counts.rend());
  for (size_t i = 0; i < std::min<size_t>(8, counts.size()) && counts[i].first > 0; ++i) {
    fmt::print("  {:>7}  {}\n", counts[i].first, counts[i].second);
  }
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const auto number = parse_int(argv[i + 1]);
    if (name == "--data") {
      options.data = argv[i + 1];
    } else if (name == "--megabytes" && number && *number > 0) {
      options.bytes = static_cast<size_t>(*number) << 20;
    } else if (name == "--rules" && number && *number >= 0) {
      options.rules = static_cast<size_t>(*number);
    } else if (name == "--seconds" && number && *number >= 0) {
      options.seconds = static_cast<double>(*number);
    } else {
      return false;
    }
  }
  return argc % 2 == 1;
}

int run(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    fmt::print("usage: detect_bench [--data DIR] [--megabytes N] [--rules N] [--seconds N]\n");
    return 2;
  }
  const size_t own = detect::RuleSet::built_in().rules().size();
  const detect::RuleSet rules = bench::filled_up(detect::RuleSet::built_in(), options.rules);
  Result<std::shared_ptr<const detect::Engine>> engine = fail(Code::kInternal, "not built");
  const double start = bench::thread_seconds();
  engine = detect::Engine::build(rules);
  const double seconds = bench::thread_seconds() - start;
  if (!engine) {
    fmt::print("{}\n", engine.error().message);
    return 1;
  }
  fmt::print("rules: {} built in, {} generated; engine built in {:.0f} ms\n", own,
             rules.rules().size() - own, seconds * 1e3);
  const bench::Texts texts = bench::load_texts(options.data, options.bytes);
  const Corpus corpus = corpus_of(texts);
  fmt::print("texts: {}, {} in {} documents, {} each\n", texts.real ? "real" : "generated",
             human_bytes(texts.bytes), texts.documents.size(),
             human_bytes(texts.bytes / std::max<size_t>(1, texts.documents.size())));
  print_table(corpus, *engine, options.seconds);
  print_loudest(corpus, **engine);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("peak memory: {} (texts are held three times)\n",
             human_bytes(static_cast<uint64_t>(usage.ru_maxrss) * 1024));
  return 0;
}

}  // namespace
}  // namespace spillguard

int main(int argc, char** argv) { return spillguard::run(argc, argv); }
