// What it costs to look for encoded text and to scan what it stands for, by processor time of one
// core, and how much of real text is encoded.
//
//   decode_bench [FILE.jsonl.gz [MEGABYTES]]
//
// Each string of the file's JSON objects is a text.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/padded_text.h"
#include "base/strings.h"
#include "detect/decode/finder.h"
#include "detect/decode/marks.h"
#include "detect/engine.h"
#include "detect/rule.h"

namespace spillguard {
namespace {

using Texts = std::vector<PaddedText>;

// Adds the strings of a value that are long enough to be of a person.
size_t add_strings(const boost::json::value& value, Texts& texts) {
  constexpr size_t kLeast = 40;
  size_t bytes = 0;
  if (value.is_string() && value.get_string().size() >= kLeast) {
    texts.emplace_back(std::string_view(value.get_string()));
    bytes = value.get_string().size();
  } else if (value.is_array()) {
    for (const auto& entry : value.get_array()) bytes += add_strings(entry, texts);
  } else if (value.is_object()) {
    for (const auto& entry : value.get_object()) bytes += add_strings(entry.value(), texts);
  }
  return bytes;
}

size_t load(const std::string& path, size_t most, Texts& texts) {
  size_t bytes = 0;
  const Status status = for_each_line(path, [&](std::string_view line) -> Status {
    if (bytes >= most) return fail(Code::kCancelled, "enough");
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(line, error);
    if (!error) bytes += add_strings(value, texts);
    return {};
  });
  if (!status && status.error().code != Code::kCancelled) {
    fmt::print("NOTE: {}\n", status.error().message);
  }
  return bytes;
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Prints the best of some rounds; returns nanoseconds a byte.
double measure(const char* name, const Texts& texts, size_t bytes,
               const std::function<void(PaddedView)>& work) {
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const double start = cpu_seconds();
    for (const PaddedText& text : texts) work(text.view());
    best = std::min(best, cpu_seconds() - start);
  }
  const double nanoseconds = best * 1e9 / static_cast<double>(bytes);
  fmt::print("{:<26}{:>8.3f} ns a byte{:>8.2f} GB/s\n", name, nanoseconds, 1 / nanoseconds);
  return nanoseconds;
}

void count_runs(const Texts& texts, size_t bytes) {
  using detect::decode::Encoding;
  detect::decode::Finder finder;
  detect::decode::Level level;
  struct Count {
    size_t runs = 0;
    size_t bytes = 0;
  };
  std::array<Count, detect::decode::kEncodings> counts{};
  for (const PaddedText& text : texts) {
    finder.run(text.view(), {}, text.size() * 4, level);
    for (const auto& section : level.sections()) {
      Count& count = counts.at(static_cast<size_t>(section.encoding));
      ++count.runs;
      count.bytes += section.text.size();
    }
  }
  const double megabytes = static_cast<double>(bytes) / 1e6;
  for (size_t i = 0; i < counts.size(); ++i) {
    fmt::print("  {:<18}{:>10.1f} runs/MB{:>8.2f} % of the text\n",
               detect::decode::encoding_name(static_cast<Encoding>(i)),
               static_cast<double>(counts.at(i).runs) / megabytes,
               static_cast<double>(counts.at(i).bytes) / static_cast<double>(bytes) * 100);
  }
}

int run(const std::string& path, size_t most) {
  Texts texts;
  const size_t bytes = load(path, most, texts);
  if (bytes == 0) return 1;
  fmt::print("{} in {} texts\n", human_bytes(bytes), texts.size());
  detect::decode::Marks marks;
  measure("marks", texts, bytes, [&](PaddedView text) {
    marks.clear();
    detect::decode::find_marks(text, marks);
  });
  measure("marks without vectors", texts, bytes, [&](PaddedView text) {
    marks.clear();
    detect::decode::find_marks_plainly(text, marks);
  });
  detect::decode::Finder finder;
  detect::decode::Level level;
  measure("marks and decoding", texts, bytes,
          [&](PaddedView text) { finder.run(text, {}, text.size() * 4, level); });
  count_runs(texts, bytes);
  double without = 0;
  for (const bool decode : {false, true}) {
    const auto engine = detect::Engine::build(detect::RuleSet::built_in(), {.decode = decode});
    if (!engine) return 1;
    detect::Engine::Scratch scratch = (*engine)->make_scratch();
    detect::ScanResult result;
    size_t findings = 0;
    size_t decoded = 0;
    const double cost =
        measure(decode ? "engine" : "engine without decoders", texts, bytes, [&](PaddedView text) {
          (*engine)->scan(text, scratch, result);
          findings += result.matches.size();
          for (const auto& match : result.matches) {
            decoded += match.decoded != nullptr ? 1 : 0;
          }
        });
    fmt::print("  {:.3f} findings/MB, {} of decoded text\n",
               static_cast<double>(findings) / 5 / static_cast<double>(bytes) * 1e6, decoded / 5);
    if (decode) fmt::print("decoding costs {:.3f} ns a byte\n", cost - without);
    without = cost;
  }
  return 0;
}

}  // namespace
}  // namespace spillguard

int main(int argc, char** argv) {
  const auto megabytes = argc > 2 ? spillguard::parse_int(argv[2]) : 32;
  return spillguard::run(argc > 1 ? argv[1] : "../shared/data/jira-issues.jsonl.gz",
                         static_cast<size_t>(megabytes.value_or(32)) << 20U);
}
