// What the generic detector and the search for encoded text cost, by processor time of one core,
// and which anchors of the detector are hit how often to what end.
//
//   generic_bench [--data DIR] [--megabytes N] [--rounds N] [--anchors N] [--only generic|decode]
//
// The hits of the anchors are recorded first, so that the time is that of the detector alone.
#include <fmt/format.h>
#include <x86intrin.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/padded_row.h"
#include "base/padded_text.h"
#include "base/strings.h"
#include "bench/bench_texts.h"
#include "detect/decode/finder.h"
#include "detect/decode/marks.h"
#include "detect/generic/characters.h"
#include "detect/generic/generic_detector.h"
#include "detect/generic/keywords.h"
#include "detect/generic/reader.h"
#include "detect/rule.h"

namespace spillguard {
namespace {

using detect::generic::Anchor;
using detect::generic::GenericDetector;

struct Options {
  std::string data = "../shared/data";
  size_t bytes = size_t{16} << 20U;
  int rounds = 5;
  size_t anchors = 12;
  std::string only;  // "generic" or "decode"; else both
};

struct Hit {
  uint32_t document = 0;
  uint32_t keyword = 0;
  Span span;
};

std::vector<Hit> find_hits(const bench::Texts& texts) {
  const auto anchors = detect::generic::anchors();
  std::array<std::vector<uint32_t>, 256> by_first;
  for (uint32_t i = 0; i < anchors.size(); ++i) {
    by_first.at(static_cast<unsigned char>(anchors[i].text.front())).push_back(i);
  }
  std::vector<Hit> hits;
  for (uint32_t d = 0; d < texts.documents.size(); ++d) {
    const std::string_view text = texts.documents[d].text();
    const size_t first = hits.size();
    for (size_t i = 0; i < text.size(); ++i) {
      const char c = detect::generic::lower(text[i]);
      for (const uint32_t number : by_first[static_cast<unsigned char>(c)]) {
        const std::string_view here = text.substr(i, anchors[number].text.size());
        if (!detect::generic::same_word(here, anchors[number].text)) continue;
        hits.push_back({d, number, {.begin = i, .end = i + here.size()}});
      }
    }
    // As the first stage gives them.
    std::stable_sort(hits.begin() + static_cast<std::ptrdiff_t>(first), hits.end(),
                     [](const Hit& a, const Hit& b) { return a.span.end < b.span.end; });
  }
  return hits;
}

GenericDetector make_detector() {
  GenericDetector detector;
  const detect::RuleSet rules = detect::RuleSet::built_in();
  uint32_t number = 0;
  for (const detect::Rule& rule : rules.rules()) {
    if (rule.detector != detect::generic::kDetectorName) continue;
    const Status added = detector.add_rule(rule, number++);
    if (!added) fmt::print("NOTE: {}\n", added.error().message);
  }
  return detector;
}

// Brings a text to the cache, where the first stage leaves it.
uint64_t touch(std::string_view text) {
  constexpr size_t kLine = 64;
  uint64_t sum = 0;
  for (size_t i = 0; i < text.size(); i += kLine) sum += static_cast<unsigned char>(text[i]);
  return sum;
}

uint64_t touch_all(const bench::Texts& texts) {
  uint64_t sum = 0;
  for (const PaddedText& text : texts.documents) sum += touch(text.text());
  return sum;
}

// One scan of all texts with the recorded hits, as many together as the engine takes of a row; the
// number of findings.
size_t detect_all(const GenericDetector& detector, const bench::Texts& texts,
                  const std::vector<Hit>& hits) {
  detect::generic::GenericScratch scratch;
  detect::ScanResult result;
  std::vector<detect::generic::KeywordHit> row;
  size_t findings = 0;
  size_t next = 0;
  uint64_t touched = 0;
  for (uint32_t first = 0; first < texts.documents.size();) {
    row.clear();
    uint32_t d = first;
    for (size_t bytes = 0; d < texts.documents.size() && bytes < PaddedRow::kMost; ++d) {
      const std::string_view text = texts.documents[d].text();
      bytes += text.size();
      touched += touch(text);
      for (; next < hits.size() && hits[next].document == d; ++next) {
        const Hit& hit = hits[next];
        if (!GenericDetector::may_read(text, hit.keyword, hit.span)) continue;
        row.push_back({.bytes = text, .text = d, .keyword = hit.keyword, .at = hit.span});
      }
    }
    GenericDetector::begin(scratch);
    detector.read(row, scratch);
    for (; first < d; ++first) {
      result.clear();
      GenericDetector::finish(first, scratch, result);
      findings += result.matches.size();
    }
  }
  return touched == 0 ? 0 : findings;
}

struct AnchorCost {
  size_t hits = 0;
  size_t candidates = 0;
  size_t findings = 0;
  uint64_t ticks = 0;
};

void print_anchors(const GenericDetector& detector, const bench::Texts& texts,
                   const std::vector<Hit>& hits, size_t most) {
  const auto anchors = detect::generic::anchors();
  std::vector<AnchorCost> costs(anchors.size());
  detect::generic::GenericScratch scratch;
  detect::ScanResult result;
  std::vector<detect::generic::Candidate> candidates;
  uint64_t ticks = 0;
  uint64_t touched = 0;
  for (const Hit& hit : hits) {
    const std::string_view text = texts.documents[hit.document].text();
    AnchorCost& cost = costs[hit.keyword];
    GenericDetector::begin(scratch);
    touched += touch(text.substr(hit.span.begin - std::min<size_t>(hit.span.begin, 512), 1024));
    const uint64_t start = __rdtsc();
    if (GenericDetector::may_read(text, hit.keyword, hit.span)) {
      const detect::generic::KeywordHit one{.bytes = text, .keyword = hit.keyword, .at = hit.span};
      detector.read({&one, 1}, scratch);
    }
    const uint64_t taken = __rdtsc() - start;
    result.clear();
    GenericDetector::finish(0, scratch, result);
    candidates.clear();
    detect::generic::read_hit(text, hit.span, anchors[hit.keyword].tool, candidates);
    ++cost.hits;
    cost.ticks += taken;
    ticks += taken;
    cost.candidates += candidates.size();
    cost.findings += result.matches.size();
  }
  if (touched == 0) fmt::print("NOTE: all texts are of NUL\n");
  std::vector<size_t> order(anchors.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return costs[a].ticks > costs[b].ticks; });
  const double megabytes = static_cast<double>(texts.bytes) / 1e6;
  fmt::print("{:<16}{:>10}{:>16}{:>14}{:>14}{:>12}\n", "anchor", "hits/MB", "candidates/MB",
             "findings/MB", "ticks a hit", "of time");
  for (const size_t i : order) {
    const AnchorCost& cost = costs[i];
    if (cost.hits == 0 || most-- == 0) break;
    fmt::print("{:<16}{:>10.1f}{:>16.2f}{:>14.2f}{:>14.0f}{:>11.1f}%\n",
               fmt::format("{:?}", anchors[i].text), static_cast<double>(cost.hits) / megabytes,
               static_cast<double>(cost.candidates) / megabytes,
               static_cast<double>(cost.findings) / megabytes,
               static_cast<double>(cost.ticks) / static_cast<double>(cost.hits),
               static_cast<double>(cost.ticks) * 100 / static_cast<double>(ticks));
  }
}

void print_generic(const bench::Texts& texts, const Options& options) {
  const double megabytes = static_cast<double>(texts.bytes) / 1e6;
  const std::vector<Hit> hits = find_hits(texts);
  const GenericDetector detector = make_detector();
  size_t findings = 0;
  uint64_t touched = 0;
  const double touching =
      bench::best_nanoseconds(options.rounds, texts.bytes, [&] { touched += touch_all(texts); });
  const double together = bench::best_nanoseconds(
      options.rounds, texts.bytes, [&] { findings = detect_all(detector, texts, hits); });
  const double nanoseconds = together - (touched == 0 ? 0 : touching);
  fmt::print("generic detector: {:.3f} ns a byte, {:.0f} hits a MB, {:.1f} ns a hit, {} findings\n",
             nanoseconds, static_cast<double>(hits.size()) / megabytes,
             nanoseconds * static_cast<double>(texts.bytes) / static_cast<double>(hits.size()),
             findings);
  if (options.anchors > 0) print_anchors(detector, texts, hits, options.anchors);
}

void print_decoders(const bench::Texts& texts, int rounds) {
  detect::decode::Marks marks;
  detect::decode::Finder finder;
  detect::decode::Level level;
  size_t runs = 0;
  size_t escapes = 0;
  size_t sections = 0;
  uint64_t touched = 0;
  const double touching =
      bench::best_nanoseconds(rounds, texts.bytes, [&] { touched += touch_all(texts); });
  if (touched == 0) fmt::print("NOTE: all texts are of NUL\n");
  const double marking = bench::best_nanoseconds(rounds, texts.bytes, [&] {
    runs = escapes = 0;
    for (const PaddedText& text : texts.documents) {
      touched += touch(text.text());
      marks.clear();
      detect::decode::find_marks(text.view(), marks);
      runs += marks.runs.size();
      escapes += marks.escapes.size();
    }
  });
  const double finding = bench::best_nanoseconds(rounds, texts.bytes, [&] {
    sections = 0;
    for (const PaddedText& text : texts.documents) {
      touched += touch(text.text());
      finder.run(text.view(), {}, text.size() * 4, level);
      sections += level.sections().size();
    }
  });
  const double megabytes = static_cast<double>(texts.bytes) / 1e6;
  fmt::print(
      "decoders: marks {:.3f}, all {:.3f} ns a byte; {:.0f} runs, {:.0f} escapes, {:.0f} "
      "decoded a MB\n",
      marking - touching, finding - touching, static_cast<double>(runs) / megabytes,
      static_cast<double>(escapes) / megabytes, static_cast<double>(sections) / megabytes);
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const auto number = parse_int(argv[i + 1]);
    if (name == "--data") {
      options.data = argv[i + 1];
    } else if (name == "--only") {
      options.only = argv[i + 1];
    } else if (name == "--megabytes" && number && *number > 0) {
      options.bytes = static_cast<size_t>(*number) << 20U;
    } else if (name == "--rounds" && number && *number > 0) {
      options.rounds = static_cast<int>(*number);
    } else if (name == "--anchors" && number && *number >= 0) {
      options.anchors = static_cast<size_t>(*number);
    } else {
      return false;
    }
  }
  return argc % 2 == 1;
}

int run(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    fmt::print(
        "usage: generic_bench [--data DIR] [--megabytes N] [--rounds N] [--anchors N] "
        "[--only generic|decode]\n");
    return 2;
  }
  const bench::Texts texts = bench::load_texts(options.data, options.bytes);
  fmt::print("texts: {}, {} in {} documents\n", texts.real ? "real" : "generated",
             human_bytes(texts.bytes), texts.documents.size());
  if (options.only != "decode") print_generic(texts, options);
  if (options.only != "generic") print_decoders(texts, options.rounds);
  return 0;
}

}  // namespace
}  // namespace spillguard

int main(int argc, char** argv) { return spillguard::run(argc, argv); }
