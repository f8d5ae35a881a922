// How fast texts are scanned, against what the machine can do in the same run: memchr, the bare
// search for literals, and that search by an outside library. All figures are by processor time.
// Real tickets and pages when they are there, generated text else.
//
//   detect_bench [--data DIR] [--megabytes N] [--rules N] [--rounds N]
//
// --rules N fills the built-in rules up to N with generated ones, to see how the engine scales.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
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
  int rounds = 3;
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

struct Measured {
  double gigabytes_a_second = 0;  // of all threads together, each with a core of its own
  double cycles_a_byte = 0;       // 0: not counted
  uint64_t counted = 0;
};

// The engine's, and its ratios to the bare search for the literals.
struct Speed {
  double gigabytes_a_second = 0;
  double of_own = 0;
  double of_library = 0;  // 0: it is not there
};

// One of those that are measured side by side.
struct Contestant {
  std::vector<Work> works;  // one for each thread
  double seconds = 1e9;     // the best round's
  double cycles = 1e18;     // the best round's, of all threads
  uint64_t counted = 0;
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
  contestant.seconds = std::min(contestant.seconds, seconds);
  contestant.cycles = std::min(contestant.cycles, static_cast<double>(cycles));
}

// All by turns, for the machine's speed changes.
std::vector<Measured> measure(const Layout& layout, size_t threads, int rounds,
                              const std::vector<MakeWork>& makers) {
  std::vector<Contestant> contestants(makers.size());
  for (size_t i = 0; i < makers.size(); ++i) {
    for (size_t thread = 0; thread < threads; ++thread) {
      contestants[i].works.push_back(makers[i]());
    }
  }
  for (int round = 0; round < rounds; ++round) {
    for (Contestant& contestant : contestants) run_round(layout, contestant);
  }
  const size_t copies = is_one(layout) ? threads : 1;
  const auto bytes = static_cast<double>(layout.bytes * copies);
  std::vector<Measured> measured;
  for (const Contestant& contestant : contestants) {
    measured.push_back({.gigabytes_a_second = bytes / contestant.seconds / 1e9,
                        .cycles_a_byte = contestant.cycles / bytes,
                        .counted = contestant.counted / copies});
  }
  return measured;
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

void print_table(const Corpus& corpus, const std::shared_ptr<const detect::Engine>& engine,
                 int rounds) {
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
  const std::optional<MakeWork> outside = outside_search(*engine);
  fmt::print(
      "GB/s of all threads together. own: our first stage alone; {}: the bare search for the same\n"
      "literals by that library{}; ratios: of the engine to either search. Cycles of the\n"
      "processor a byte, 0 where they can not be counted. documents: in rows, as the service "
      "scans\n"
      "the parts of items.\n",
      bench::kOutsideName, outside ? "" : " (not installed: left out)");
  fmt::print("{:<18}{:>8}{:>8}{:>8}{:>11}{:>8}{:>8}{:>14}{:>9}{:>8}{:>10}\n", "texts", "threads",
             "memchr", "own", bench::kOutsideName, "engine", "of own",
             fmt::format("of {}", bench::kOutsideName), "own", "engine", "findings");
  std::vector<MakeWork> makers = {memchr_work, anchor_work, engine_work};
  if (outside) makers.push_back(*outside);
  const auto row = [&](std::string_view name, const Layout& layout) {
    std::array<Speed, 2> speeds;
    if (layout.bytes == 0) return speeds;
    for (const size_t threads : {1U, 2U}) {
      const std::vector<Measured> measured = measure(layout, threads, rounds, makers);
      const Measured& anchors = measured[1];
      const Measured& full = measured[2];
      const Measured library = outside ? measured[3] : Measured{};
      Speed& speed = speeds.at(threads - 1);
      speed.gigabytes_a_second = full.gigabytes_a_second;
      speed.of_own = full.gigabytes_a_second / anchors.gigabytes_a_second;
      if (outside) speed.of_library = full.gigabytes_a_second / library.gigabytes_a_second;
      fmt::print(
          "{:<18}{:>8}{:>8.2f}{:>8.2f}{:>11.2f}{:>8.2f}{:>8.2f}{:>14.2f}{:>9.2f}{:>8.2f}{:>10}\n",
          name, threads, measured[0].gigabytes_a_second, anchors.gigabytes_a_second,
          library.gigabytes_a_second, full.gigabytes_a_second, speed.of_own, speed.of_library,
          anchors.cycles_a_byte, full.cycles_a_byte, full.counted);
    }
    return speeds;
  };
  const auto documents = row("documents", corpus.documents);
  const auto small = row("those of 0.5-8 KB", corpus.small);
  row("each by itself", corpus.single);
  row("one buffer", corpus.whole);
  fmt::print(
      "aims: {:.2f} GB/s on a core (0.80), {:.2f} on two (1.50), {:.2f} on a core for small "
      "ones (0.60)\n",
      documents[0].gigabytes_a_second, documents[1].gigabytes_a_second,
      small[0].gigabytes_a_second);
  fmt::print("      {:.2f} of the bare literal search by {} (0.55); {:.2f} of our own\n",
             documents[0].of_library, bench::kOutsideName, documents[0].of_own);
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
    } else if (name == "--rounds" && number && *number > 0) {
      options.rounds = static_cast<int>(*number);
    } else {
      return false;
    }
  }
  return argc % 2 == 1;
}

int run(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    fmt::print("usage: detect_bench [--data DIR] [--megabytes N] [--rules N] [--rounds N]\n");
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
  print_table(corpus, *engine, options.rounds);
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
