#include "extract_helper/attempts.h"

#include <fcntl.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace spillguard::extract {
namespace attempts {
namespace {

constexpr const char* kFile = "/etc/passwd";

long call_fork() { return ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr); }
long call_open() { return ::open(kFile, O_RDONLY); }
long call_create() { return ::open("/tmp/spillguard-attempt", O_CREAT | O_WRONLY, 0600); }
long call_stat() {
  struct stat about{};
  return ::stat(kFile, &about);
}
long call_list() { return ::open("/", O_RDONLY | O_DIRECTORY); }
long call_unlink() {
  return ::unlink("/tmp/spillguard-attempt-that-is-not-there") == 0 || errno == ENOENT ? 0 : -1;
}
long call_socket() { return ::socket(AF_INET, SOCK_STREAM, 0); }
long call_local_socket() { return ::socket(AF_UNIX, SOCK_STREAM, 0); }
long call_exec() {
  char program[] = "/bin/true";
  char* arguments[] = {program, nullptr};
  return ::execv(program, arguments);
}
long call_ptrace() { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }
long call_attach() {
  return ::ptrace(PTRACE_ATTACH, ::getppid() > 1 ? ::getppid() : 1, nullptr, nullptr);
}
long call_kill() { return ::kill(1, 0); }
long call_read_memory() {
  char byte = 0;
  const iovec own{.iov_base = &byte, .iov_len = 1};
  return ::process_vm_readv(1, &own, 1, &own, 1, 0);
}
long call_mount() { return ::mount("none", "/mnt", "tmpfs", 0, nullptr); }
long call_namespace() { return ::unshare(CLONE_NEWUSER); }
long call_uring() {
  io_uring_params parameters{};
  return ::syscall(SYS_io_uring_setup, 1, &parameters);
}
long call_bpf() { return ::syscall(SYS_bpf, 0, nullptr, 0); }
long call_code() {
  return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) == MAP_FAILED
             ? -1
             : 0;
}
long call_prctl() { return ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }
long call_limits() {
  const rlimit more{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
  return ::setrlimit(RLIMIT_AS, &more);
}

struct Attempt {
  std::string_view name;
  long (*run)();
};

constexpr std::array kAttempts = {
    Attempt{"open", call_open},
    Attempt{"create", call_create},
    Attempt{"stat", call_stat},
    Attempt{"list", call_list},
    Attempt{"unlink", call_unlink},
    Attempt{"socket", call_socket},
    Attempt{"local-socket", call_local_socket},
    Attempt{"fork", call_fork},
    Attempt{"exec", call_exec},
    Attempt{"ptrace", call_ptrace},
    Attempt{"attach", call_attach},
    Attempt{"kill", call_kill},
    Attempt{"read-memory", call_read_memory},
    Attempt{"mount", call_mount},
    Attempt{"namespace", call_namespace},
    Attempt{"io-uring", call_uring},
    Attempt{"bpf", call_bpf},
    Attempt{"code", call_code},
    Attempt{"prctl", call_prctl},
    Attempt{"limits", call_limits},
};

}  // namespace
}  // namespace attempts

std::vector<std::string_view> attempt_names() {
  std::vector<std::string_view> names;
  for (const auto& one : attempts::kAttempts) {
    names.push_back(one.name);
  }
  return names;
}

std::string attempt(std::string_view name) {
  for (const auto& one : attempts::kAttempts) {
    if (one.name == name) {
      return one.run() < 0 ? std::string() : std::string(name) + " was possible";
    }
  }
  return "no such attempt";
}

}  // namespace spillguard::extract
