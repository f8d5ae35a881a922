#include "extract/tool_run.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <vector>

#include "extract/process.h"

namespace spillguard::extract {
namespace tool_running {
namespace {

constexpr int kTick = 200;  // milliseconds
constexpr uint64_t kSecond = 1'000'000'000;

// Reads all that the child writes, within the limits.
Reason collect(const Child& child, int from, const Limits& limits, std::string& text) {
  const uint64_t begin = steady_time();
  std::array<char, size_t{64} << 10U> block{};
  for (;;) {
    pollfd polled{.fd = from, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&polled, 1, kTick);
    if (ready <= 0) {
      if (child.cpu_time() > limits.tool_cpu_seconds * kSecond ||
          steady_time() - begin > limits.wall_seconds * kSecond) {
        return Reason::kTime;
      }
      continue;
    }
    const ssize_t count = ::read(from, block.data(), block.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return Reason::kRead;
    }
    if (text.size() + static_cast<size_t>(count) > limits.tool_output_bytes) {
      return Reason::kTooLarge;
    }
    text.append(block.data(), static_cast<size_t>(count));
  }
}

}  // namespace
}  // namespace tool_running

ToolResult run_tool(const std::string& helper, bool sandbox_required, const Limits& limits,
                    Tool tool, uint32_t number, std::string_view file) {
  ToolResult result;
  if (!is_installed(tool)) {
    result.reason = Reason::kToolMissing;
    return result;
  }
  result.reason = Reason::kToolFailed;
  auto input = memory_file(file);
  auto output = make_pipe();
  if (!input || !output) {
    return result;
  }
  const std::vector<std::string> arguments = {
      "--tool",
      std::to_string(static_cast<int>(tool)),
      "--number",
      std::to_string(number),
      "--cpu",
      std::to_string(limits.tool_cpu_seconds),
      "--memory",
      std::to_string(limits.memory_bytes),
      sandbox_required ? "--sandbox=required" : "--sandbox=best-effort"};
  auto child = Child::spawn(helper, arguments, input->get(), output->write.get());
  if (!child) {
    return result;
  }
  output->write.reset();
  const Reason collected = tool_running::collect(*child, output->read.get(), limits, result.text);
  if (collected != Reason::kRead) {
    result.reason = collected;
    return result;
  }
  const int status = child->wait();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    result.reason = Reason::kRead;
  } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
    result.reason = Reason::kTime;
  }
  return result;
}

}  // namespace spillguard::extract
