#include "bench/cycle_counter.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace spillguard::bench {

CycleCounter::CycleCounter() {
  perf_event_attr what{};
  what.size = sizeof what;
  what.type = PERF_TYPE_HARDWARE;
  what.config = PERF_COUNT_HW_CPU_CYCLES;
  what.exclude_kernel = 1;
  what.exclude_hv = 1;
  counter_ = static_cast<int>(syscall(SYS_perf_event_open, &what, 0, -1, -1,
                                      static_cast<unsigned long>(PERF_FLAG_FD_CLOEXEC)));
}

CycleCounter::~CycleCounter() {
  if (counter_ >= 0) close(counter_);
}

std::optional<uint64_t> CycleCounter::cycles() const {
  uint64_t count = 0;
  if (counter_ < 0 || read(counter_, &count, sizeof count) != sizeof count) return std::nullopt;
  return count;
}

}  // namespace spillguard::bench
