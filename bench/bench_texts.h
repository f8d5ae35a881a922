// Real tickets and pages for benchmarks, and the time that work on them takes.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/padded_text.h"

namespace spillguard::bench {

struct Texts {
  std::vector<PaddedText> documents;
  size_t bytes = 0;
  bool real = false;
};

// Half of the bytes from the tickets, half from the pages of the folder; generated text, and a word
// about it, where there are none.
Texts load_texts(const std::string& folder, size_t bytes);

// Processor time of this thread, in seconds: on a busy machine the clock on the wall measures the
// neighbours.
double thread_seconds();
// The best of some rounds, in nanoseconds a byte.
double best_nanoseconds(int rounds, size_t bytes, const std::function<void()>& work);

}  // namespace spillguard::bench
