// Cycles of the processor that this thread took: where neighbours slow a machine down, they tell
// more than seconds.
//
// Thread-safety: a counter belongs to the thread that made it.
#pragma once

#include <cstdint>
#include <optional>

namespace spillguard::bench {

class CycleCounter {
 public:
  // Counts nothing where the machine or its settings do not let it (perf_event_open(2)).
  CycleCounter();
  CycleCounter(const CycleCounter&) = delete;
  CycleCounter& operator=(const CycleCounter&) = delete;
  ~CycleCounter();

  // Since it was made, outside of the kernel; nothing where none are counted.
  [[nodiscard]] std::optional<uint64_t> cycles() const;

 private:
  int counter_ = -1;
};

}  // namespace spillguard::bench
