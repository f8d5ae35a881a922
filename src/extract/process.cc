#include "extract/process.h"

#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <system_error>
#include <utility>

namespace spillguard::extract {
namespace processes {
namespace {

tl::unexpected<Error> failed(const std::string& what, int error) {
  return fail(Code::kIo, what + ": " + std::generic_category().message(error));
}

uint64_t nanoseconds(const timespec& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace
}  // namespace processes

Fd::Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Fd::reset() {
  if (fd_ >= 0) {
    ::close(std::exchange(fd_, -1));
  }
}

Result<Pipe> make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return processes::failed("pipe", errno);
  }
  return Pipe{.read = Fd(ends[0]), .write = Fd(ends[1])};
}

Result<Fd> memory_file(std::string_view bytes) {
  Fd file(::memfd_create("document", MFD_CLOEXEC));
  if (!file) {
    return processes::failed("memfd_create", errno);
  }
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written <= 0) {
      return processes::failed("write to memory", errno);
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0) {
    return processes::failed("lseek", errno);
  }
  return file;
}

Result<Child> Child::spawn(const std::string& program, const std::vector<std::string>& arguments,
                           int standard_input, int standard_output) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, standard_input, 0);
  posix_spawn_file_actions_adddup2(&actions, standard_output, 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  std::string locale = "LC_ALL=C.UTF-8";
  std::string threads = "OMP_THREAD_LIMIT=1";
  std::string home = "HOME=/";  // catdoc crashes without one
  char* environment[] = {locale.data(), threads.data(), home.data(), nullptr};
  pid_t pid = -1;
  const int error =
      ::posix_spawn(&pid, program.c_str(), &actions, &attributes, argv.data(), environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    return processes::failed("can not start " + program, error);
  }
  return Child(pid);
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    kill();
    pid_ = std::exchange(other.pid_, -1);
  }
  return *this;
}

uint64_t Child::cpu_time() const {
  clockid_t clock{};
  timespec time{};
  if (pid_ < 0 || ::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &time) != 0) {
    return 0;
  }
  return processes::nanoseconds(time);
}

void Child::kill() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    (void)wait();
  }
}

bool Child::is_alive() {
  int status = 0;
  if (pid_ > 0 && ::waitpid(pid_, &status, WNOHANG) != 0) {
    pid_ = -1;
  }
  return pid_ > 0;
}

int Child::wait() {
  int status = 0;
  while (pid_ > 0 && ::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

NoBrokenPipeSignal::NoBrokenPipeSignal() {
  sigset_t set;
  sigset_t before;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  if (::pthread_sigmask(SIG_BLOCK, &set, &before) == 0) {
    blocked_ = sigismember(&before, SIGPIPE) == 0;
  }
}

NoBrokenPipeSignal::~NoBrokenPipeSignal() {
  if (!blocked_) {
    return;
  }
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  const timespec now{};
  while (::sigtimedwait(&set, nullptr, &now) > 0) {  // what is pending would come when it is let in
  }
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

uint64_t steady_time() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return processes::nanoseconds(time);
}

}  // namespace spillguard::extract
