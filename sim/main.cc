// spillguard-sim: a Jira and a Confluence to test against.
#include <malloc.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "sim/options.h"
#include "sim/simulator.h"

int main(int argc, char** argv) {
  namespace sim = spillguard::sim;
  const auto options = sim::parse_options(std::vector<std::string>(argv + 1, argv + argc));
  if (!options) {
    std::fprintf(stderr, "spillguard-sim: %s\n", options.error().message.c_str());
    return 2;
  }
  if (options->help) {
    std::fputs(sim::usage().c_str(), stdout);
    return 0;
  }
  // Answers of ten megabytes come and go on many threads: give their memory back instead of keeping
  // it in an arena for each thread.
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_ARENA_MAX, 4);
  // Blocked before any thread starts, so that only the wait below gets them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const auto simulator = sim::Simulator::start(*options);
  if (!simulator) {
    std::fprintf(stderr, "spillguard-sim: %s\n", simulator.error().message.c_str());
    return 1;
  }
  std::printf("%s\n", (*simulator)->summary().c_str());
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  return 0;
}
