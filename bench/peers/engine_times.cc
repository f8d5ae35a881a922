// The engine alone over the files of a folder, for bench/peers/run.py: files are read first, then
// each is scanned on one thread. Prints bytes, processor seconds (the best of three) and findings.
//
//   engine_times FOLDER
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/file.h"
#include "base/padded_text.h"
#include "detect/engine.h"
#include "detect/rule.h"

namespace spillguard {
namespace {

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

int run(const char* folder) {
  std::vector<PaddedText> texts;
  size_t bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (!entry.is_regular_file(error)) continue;
    auto text = read_file(entry.path().string());
    if (!text) continue;
    bytes += text->size();
    texts.emplace_back(std::move(*text));
  }
  const auto engine = detect::Engine::build(detect::RuleSet::built_in());
  if (!engine || texts.empty()) {
    fmt::print(stderr, "engine_times: {}\n", engine ? "no files" : engine.error().message);
    return 1;
  }
  detect::Engine::Scratch scratch = (*engine)->make_scratch();
  detect::ScanResult result;
  double best = 1e9;
  size_t findings = 0;
  for (int run = 0; run < 3; ++run) {
    findings = 0;
    const double start = thread_seconds();
    for (const PaddedText& text : texts) {
      (*engine)->scan(text.view(), scratch, result);
      findings += result.matches.size();
    }
    best = std::min(best, thread_seconds() - start);
  }
  fmt::print("{{\"bytes\":{},\"seconds\":{:.6f},\"findings\":{}}}\n", bytes, best, findings);
  return 0;
}

}  // namespace
}  // namespace spillguard

int main(int argc, char** argv) { return argc == 2 ? spillguard::run(argv[1]) : 2; }
