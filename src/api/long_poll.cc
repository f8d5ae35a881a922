#include "api/long_poll.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "api/params.h"
#include "base/threads.h"

namespace spillguard::api {
namespace {

constexpr int64_t kLongestSeconds = 60;
constexpr int64_t kLookEveryMs = 100;

// Counts itself among those who wait.
class Waiting {
 public:
  explicit Waiting(std::atomic<int>& count) : count_(count), place_(++count) {}
  ~Waiting() { --count_; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  [[nodiscard]] int place() const { return place_; }

 private:
  std::atomic<int>& count_;
  int place_;
};

}  // namespace

Result<bool> wait_while(const ApiContext& context, const http::Request& request,
                        const std::function<Result<bool>()>& busy) {
  SG_ASSIGN(const auto seconds, number_param(request, "wait", 0));
  SG_ASSIGN(bool still, busy());
  if (!still || seconds.value_or(0) == 0) return still;
  const Waiting waiting(context.shared->waiting);
  if (waiting.place() > context.most_waiting) return still;
  StopFlag* stop = context.host.options().stop;
  const int64_t end = monotonic_ms() + std::min(*seconds, kLongestSeconds) * 1000;
  while (still && monotonic_ms() < end) {
    const int64_t pause = std::clamp<int64_t>(end - monotonic_ms(), 1, kLookEveryMs);
    if (stop == nullptr) {
      std::this_thread::sleep_for(std::chrono::milliseconds(pause));
    } else if (!stop->sleep_ms(pause)) {
      break;
    }
    SG_ASSIGN(still, busy());
  }
  return still;
}

std::string retry_after(int64_t eta_ms) {
  return fmt::format("{}", std::clamp<int64_t>((eta_ms + 999) / 1000, 2, 30));
}

}  // namespace spillguard::api
