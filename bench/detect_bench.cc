// How fast texts are scanned, against what the machine can do in the same run: memchr, and the bare
// search for anchors. All figures are for one core, by processor time. Real tickets and pages when
// they are there, generated text else.
//
//   detect_bench [--data DIR] [--megabytes N] [--rules N] [--rounds N]
//
// --rules N fills the built-in rules up to N with generated ones, to see how the engine scales.
#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/padded_text.h"
#include "base/strings.h"
#include "bench/bench_rules.h"
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

struct Corpus {
  std::vector<PaddedText> documents;
  PaddedText whole;
  size_t bytes = 0;
  bool real = false;

  void add(std::string_view text) {
    if (text.empty()) return;
    documents.emplace_back(text);
    bytes += text.size();
  }
};

void add_string(const boost::json::object& object, std::string_view key, Corpus& corpus) {
  const auto* value = object.if_contains(key);
  if (value != nullptr && value->is_string()) corpus.add(value->get_string());
}

void add_issue(const boost::json::object& issue, Corpus& corpus) {
  const auto* fields = issue.if_contains("fields");
  if (fields == nullptr || !fields->is_object()) return;
  add_string(fields->get_object(), "description", corpus);
  add_string(fields->get_object(), "environment", corpus);
  const auto* comment = fields->get_object().if_contains("comment");
  if (comment == nullptr || !comment->is_object()) return;
  const auto* list = comment->get_object().if_contains("comments");
  if (list == nullptr || !list->is_array()) return;
  for (const auto& entry : list->get_array()) {
    if (entry.is_object()) add_string(entry.get_object(), "body", corpus);
  }
}

void add_page(const boost::json::object& page, Corpus& corpus) {
  const auto* versions = page.if_contains("versions");
  if (versions == nullptr || !versions->is_array() || versions->get_array().empty()) return;
  const auto& newest = versions->get_array().back();
  if (newest.is_object()) add_string(newest.get_object(), "text", corpus);
}

// Half of the bytes from tickets, half from pages.
void load(const Options& options, Corpus& corpus) {
  const auto read = [&](const std::string& name, size_t until, auto&& add) {
    const Status status =
        for_each_line(options.data + "/" + name, [&](std::string_view line) -> Status {
          if (corpus.bytes >= until) return fail(Code::kCancelled, "enough");
          boost::system::error_code error;
          const boost::json::value value = boost::json::parse(line, error);
          if (!error && value.is_object()) add(value.get_object(), corpus);
          return {};
        });
    if (!status && status.error().code != Code::kCancelled) {
      fmt::print("NOTE: {}\n", status.error().message);
    }
  };
  read("jira-issues.jsonl.gz", options.bytes / 2, add_issue);
  read("wiki-pages.jsonl.gz", options.bytes, add_page);
  corpus.real = corpus.bytes > 0;
  if (!corpus.real) {
    fmt::print("NOTE: no texts in {}: measuring generated text, which is easier than real text\n",
               options.data);
    uint64_t seed = 1;
    while (corpus.bytes < options.bytes) corpus.add(bench::generated_text(seed++));
  }
  std::string whole;
  whole.reserve(corpus.bytes + corpus.documents.size());
  for (const PaddedText& document : corpus.documents) {
    whole += document.text();
    whole += '\n';
  }
  corpus.whole = PaddedText(std::move(whole));
}

// Processor time of the whole process, in seconds: on a busy machine the clock on the wall measures
// the neighbours.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// The best of some rounds, in seconds of the processor.
double best_seconds(int rounds, const std::function<void()>& work) {
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) {
    const double start = cpu_seconds();
    work();
    best = std::min(best, cpu_seconds() - start);
  }
  return best;
}

using Work = std::function<uint64_t(PaddedView)>;  // returns what it counted
using MakeWork = std::function<Work()>;            // one for each thread

struct Measured {
  double gigabytes_a_second = 0;  // of one core
  uint64_t counted = 0;
};

Measured measure(const Corpus& corpus, bool as_documents, unsigned threads, int rounds,
                 const MakeWork& make) {
  std::vector<PaddedView> views;
  if (as_documents) {
    for (const PaddedText& document : corpus.documents) views.push_back(document.view());
  } else {
    for (unsigned i = 0; i < threads; ++i) views.push_back(corpus.whole.view());
  }
  size_t bytes = 0;
  for (const PaddedView& view : views) bytes += view.size();
  std::vector<Work> works;
  for (unsigned i = 0; i < threads; ++i) works.push_back(make());
  std::vector<uint64_t> counts(threads);
  const auto run_part = [&](unsigned part) {
    uint64_t count = 0;
    for (size_t i = part; i < views.size(); i += threads) count += works[part](views[i]);
    counts[part] = count;
  };
  const double seconds = best_seconds(rounds, [&] {
    std::vector<std::jthread> running;
    for (unsigned part = 1; part < threads; ++part) running.emplace_back(run_part, part);
    run_part(0);
  });
  uint64_t counted = 0;
  for (const uint64_t count : counts) counted += count;
  return {static_cast<double>(bytes) / seconds / 1e9, counted};
}

void print_table(const Corpus& corpus, const std::shared_ptr<const detect::Engine>& engine,
                 int rounds) {
  const MakeWork memchr_work = [] {
    return [](PaddedView text) -> uint64_t {
      return std::memchr(text.data(), '\xFF', text.size()) != nullptr ? 1 : 0;
    };
  };
  const MakeWork anchor_work = [engine] {
    auto scratch = std::make_shared<detect::Engine::Scratch>(engine->make_scratch());
    return [engine, scratch](PaddedView text) { return engine->count_anchors(text, *scratch); };
  };
  const MakeWork engine_work = [engine] {
    auto scratch = std::make_shared<detect::Engine::Scratch>(engine->make_scratch());
    auto result = std::make_shared<detect::ScanResult>();
    return [engine, scratch, result](PaddedView text) -> uint64_t {
      engine->scan(text, *scratch, *result);
      return result->matches.size();
    };
  };
  fmt::print("{:<14}{:>8}{:>14}{:>15}{:>14}{:>12}{:>13}{:>12}\n", "texts", "threads", "memchr GB/s",
             "anchors GB/s", "engine GB/s", "of anchors", "anchors/MB", "findings");
  for (const bool as_documents : {true, false}) {
    for (const unsigned threads : {1U, 2U}) {
      const Measured reference = measure(corpus, as_documents, threads, rounds, memchr_work);
      const Measured anchors = measure(corpus, as_documents, threads, rounds, anchor_work);
      const Measured full = measure(corpus, as_documents, threads, rounds, engine_work);
      const double copies = as_documents ? 1 : threads;
      fmt::print(
          "{:<14}{:>8}{:>14.2f}{:>15.2f}{:>14.2f}{:>12.2f}{:>13.0f}{:>12}\n",
          as_documents ? "documents" : "one buffer", threads, reference.gigabytes_a_second,
          anchors.gigabytes_a_second, full.gigabytes_a_second,
          full.gigabytes_a_second / anchors.gigabytes_a_second,
          static_cast<double>(anchors.counted) / copies / (static_cast<double>(corpus.bytes) / 1e6),
          static_cast<uint64_t>(static_cast<double>(full.counted) / copies));
    }
  }
}

// Which rules find most, to see what is noise.
void print_loudest(const Corpus& corpus, const detect::Engine& engine) {
  std::vector<std::pair<uint64_t, std::string>> counts;
  for (const detect::Rule& rule : engine.rules()) counts.emplace_back(0, rule.name);
  detect::Engine::Scratch scratch = engine.make_scratch();
  detect::ScanResult result;
  uint64_t all = 0;
  uint64_t limits = 0;
  for (const PaddedText& document : corpus.documents) {
    engine.scan(document.view(), scratch, result);
    all += result.matches.size();
    limits += result.limits.size();
    for (const detect::Match& match : result.matches) ++counts[match.rule].first;
  }
  fmt::print("findings: {}, {:.2f} a MB, undecided places: {}\n", all,
             static_cast<double>(all) / (static_cast<double>(corpus.bytes) / 1e6), limits);
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
  const double seconds = best_seconds(1, [&] { engine = detect::Engine::build(rules); });
  if (!engine) {
    fmt::print("{}\n", engine.error().message);
    return 1;
  }
  fmt::print("rules: {} built in, {} generated; engine built in {:.0f} ms\n", own,
             rules.rules().size() - own, seconds * 1e3);
  Corpus corpus;
  load(options, corpus);
  fmt::print("texts: {}, {} in {} documents, {} each\n", corpus.real ? "real" : "generated",
             human_bytes(corpus.bytes), corpus.documents.size(),
             human_bytes(corpus.bytes / std::max<size_t>(1, corpus.documents.size())));
  print_table(corpus, *engine, options.rounds);
  print_loudest(corpus, **engine);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("peak memory: {} (texts are held twice)\n",
             human_bytes(static_cast<uint64_t>(usage.ru_maxrss) * 1024));
  return 0;
}

}  // namespace
}  // namespace spillguard

int main(int argc, char** argv) { return spillguard::run(argc, argv); }
