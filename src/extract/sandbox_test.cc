// What a helper that was taken over can not do: each is tried from inside
// (extract_helper/attempts.h).
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "extract/process.h"

namespace spillguard::extract {
namespace sandbox_testing {
namespace {

std::string helper_path() {
  std::array<char, 4096> buffer{};
  const ssize_t length = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
  std::string path(buffer.data(), length > 0 ? static_cast<size_t>(length) : 0);
  return path.substr(0, path.rfind('/')) + "/spillguard-extract";
}

// 0 when it was refused.
int status_of(const std::vector<std::string>& arguments) {
  auto pipe = make_pipe();
  EXPECT_TRUE(pipe);
  auto child = Child::spawn(helper_path(), arguments, pipe->read.get(), pipe->write.get());
  EXPECT_TRUE(child);
  return child ? child->wait() : -1;
}

class Attempts : public ::testing::TestWithParam<const char*> {};
class ToolAttempts : public ::testing::TestWithParam<const char*> {};

TEST_P(Attempts, IsRefused) {
  EXPECT_EQ(status_of({"--sandbox=required", "--try", GetParam()}), 0);
}

TEST_P(ToolAttempts, IsRefusedToToolsToo) {
  EXPECT_EQ(status_of({"--sandbox=required", "--tool", "0", "--try", GetParam()}), 0);
}

INSTANTIATE_TEST_SUITE_P(Sandbox, Attempts,
                         ::testing::Values("open", "create", "stat", "list", "unlink", "socket",
                                           "local-socket", "fork", "exec", "ptrace", "attach",
                                           "kill", "read-memory", "mount", "namespace", "io-uring",
                                           "bpf", "code", "prctl", "limits"));
INSTANTIATE_TEST_SUITE_P(Sandbox, ToolAttempts,
                         ::testing::Values("open", "create", "list", "unlink", "socket",
                                           "local-socket", "fork", "exec", "ptrace", "attach",
                                           "kill", "read-memory", "mount", "namespace", "io-uring",
                                           "bpf", "prctl", "limits"));

// The test above means something only if an attempt that is not refused is seen.
TEST(Sandbox, AnUnknownAttemptIsNoRefusal) {
  EXPECT_NE(status_of({"--sandbox=required", "--try", "no-such-attempt"}), 0);
}

}  // namespace
}  // namespace sandbox_testing
}  // namespace spillguard::extract
