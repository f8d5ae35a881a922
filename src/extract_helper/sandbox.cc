#include "extract_helper/sandbox.h"

#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "extract_helper/landlock.h"

namespace spillguard::extract {
namespace sandbox {
namespace {

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

// What a program needs that only computes: memory, time, randomness, its open descriptors, its own
// end.
constexpr std::array kComputing = {SCMP_SYS(read),          SCMP_SYS(write),
                                   SCMP_SYS(readv),         SCMP_SYS(writev),
                                   SCMP_SYS(pread64),       SCMP_SYS(lseek),
                                   SCMP_SYS(close),         SCMP_SYS(fstat),
                                   SCMP_SYS(mmap),          SCMP_SYS(munmap),
                                   SCMP_SYS(mremap),        SCMP_SYS(madvise),
                                   SCMP_SYS(brk),           SCMP_SYS(futex),
                                   SCMP_SYS(rt_sigaction),  SCMP_SYS(rt_sigprocmask),
                                   SCMP_SYS(rt_sigreturn),  SCMP_SYS(sigaltstack),
                                   SCMP_SYS(exit),          SCMP_SYS(exit_group),
                                   SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
                                   SCMP_SYS(time),          SCMP_SYS(getrandom),
                                   SCMP_SYS(getpid),        SCMP_SYS(gettid),
                                   SCMP_SYS(sched_yield),   SCMP_SYS(restart_syscall),
                                   SCMP_SYS(getrusage),     SCMP_SYS(clock_nanosleep),
                                   SCMP_SYS(poll),          SCMP_SYS(ppoll)};

// What a program needs besides to start and to read files: which files, Landlock decides.
constexpr std::array kStarting = {SCMP_SYS(execve),
                                  SCMP_SYS(openat),
                                  SCMP_SYS(open),
                                  SCMP_SYS(access),
                                  SCMP_SYS(faccessat),
                                  SCMP_SYS(faccessat2),
                                  SCMP_SYS(stat),
                                  SCMP_SYS(lstat),
                                  SCMP_SYS(newfstatat),
                                  SCMP_SYS(statx),
                                  SCMP_SYS(readlink),
                                  SCMP_SYS(readlinkat),
                                  SCMP_SYS(getdents64),
                                  SCMP_SYS(getcwd),
                                  SCMP_SYS(mprotect),
                                  SCMP_SYS(arch_prctl),
                                  SCMP_SYS(set_tid_address),
                                  SCMP_SYS(set_robust_list),
                                  SCMP_SYS(rseq),
                                  SCMP_SYS(getrlimit),
                                  SCMP_SYS(uname),
                                  SCMP_SYS(sysinfo),
                                  SCMP_SYS(fcntl),
                                  SCMP_SYS(dup),
                                  SCMP_SYS(dup2),
                                  SCMP_SYS(dup3),
                                  SCMP_SYS(ioctl),
                                  SCMP_SYS(getuid),
                                  SCMP_SYS(geteuid),
                                  SCMP_SYS(getgid),
                                  SCMP_SYS(getegid),
                                  SCMP_SYS(fadvise64),
                                  SCMP_SYS(statfs),
                                  SCMP_SYS(fstatfs),
                                  SCMP_SYS(sched_getaffinity),
                                  SCMP_SYS(pipe2)};

tl::unexpected<Error> refused(const std::string& what, int error) {
  return fail(Code::kUnsupported, what + ": " + std::generic_category().message(error));
}

Status limit(int what, uint64_t value) {
  const rlimit both{.rlim_cur = value, .rlim_max = value};
  if (::setrlimit(static_cast<__rlimit_resource_t>(what), &both) != 0) {
    return refused("setrlimit", errno);
  }
  return {};
}

Status limit_resources(const SandboxOptions& options, uint64_t descriptors) {
  SG_TRY(limit(RLIMIT_CPU, options.cpu_seconds));
#ifndef SG_SANITIZED  // Sanitizers reserve terabytes of addresses and use few.
  SG_TRY(limit(RLIMIT_AS, options.memory_bytes));
#endif
  SG_TRY(limit(RLIMIT_FSIZE, 0));
  SG_TRY(limit(RLIMIT_CORE, 0));
  SG_TRY(limit(RLIMIT_NPROC, 0));
  SG_TRY(limit(RLIMIT_MEMLOCK, 0));
  return limit(RLIMIT_NOFILE, descriptors);
}

// Everything that is not named answers EPERM: libraries live with that, and a program that does not
// ends.
Status filter_calls(const std::vector<int>& allowed, bool may_map_code) {
  const Filter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (filter == nullptr) {
    return refused("seccomp", ENOMEM);
  }
  int error = 0;
  for (const int call : allowed) {
    if (error == 0 && (call != SCMP_SYS(mmap) || may_map_code)) {
      error = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0);
    }
  }
  if (may_map_code && error == 0) {
    // Limits may be asked for, never set: a program that root runs could set itself free.
    scmp_arg_cmp no_new_limit{};
    no_new_limit.arg = 2;
    no_new_limit.op = SCMP_CMP_EQ;
    error =
        seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, &no_new_limit);
  }
  if (!may_map_code) {
    // No memory that can be executed: PROT_EXEC is 4.
    scmp_arg_cmp no_code{};
    no_code.arg = 2;
    no_code.op = SCMP_CMP_MASKED_EQ;
    no_code.datum_a = 4;
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
      if (error == 0) {
        error = seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call, 1, &no_code);
      }
    }
    // abort() may end this process and no other.
    scmp_arg_cmp own{};
    own.op = SCMP_CMP_EQ;
    own.datum_a = static_cast<scmp_datum_t>(::getpid());
    if (error == 0) {
      error = seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &own);
    }
  }
  if (error == 0) {
    error = seccomp_load(filter.get());
  }
  return error == 0 ? Status{} : refused("seccomp", -error);
}

// Notes what each layer said; a refusal is an error where all are required.
class Layers {
 public:
  explicit Layers(bool required) : required_(required) {}

  Status add(const std::string& name, const Status& status) {
    if (!status && required_) {
      return fail(Code::kUnsupported,
                  "the kernel refuses a layer of the sandbox for attachments (" + name + ": " +
                      status.error().message +
                      "); with sandbox = best-effort they are opened without it");
    }
    text_ += text_.empty() ? "" : ", ";
    text_ += status ? name : name + " (refused: " + status.error().message + ")";
    return {};
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  bool required_;
  std::string text_;
};

Status no_new_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return refused("prctl", errno);
  }
  return {};
}

Result<std::string> lock(const SandboxOptions& options, const LandlockRules& rules,
                         uint64_t descriptors, const std::vector<int>& allowed, bool may_map_code) {
  Layers layers(options.required);
  (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  SG_TRY(layers.add("no_new_privs", no_new_privileges()));
  const Result<int> landlock = restrict_files(rules);
  SG_TRY(layers.add(landlock ? "landlock " + std::to_string(*landlock) : "landlock",
                    landlock ? Status{} : Status(fail(landlock.error()))));
  SG_TRY(layers.add("rlimits", limit_resources(options, descriptors)));
  SG_TRY(layers.add("seccomp", filter_calls(allowed, may_map_code)));
  return layers.take();
}

}  // namespace
}  // namespace sandbox

Result<std::string> lock_reader(const SandboxOptions& options) {
  return sandbox::lock(options, {}, 3, {sandbox::kComputing.begin(), sandbox::kComputing.end()},
                       false);
}

Result<std::string> lock_tool(const SandboxOptions& options, std::string_view program,
                              std::span<const std::string_view> readable) {
  std::vector<std::string_view> files = {"/lib",       "/lib64",           "/usr/lib",
                                         "/usr/lib64", "/etc/ld.so.cache", "/usr/share/locale",
                                         "/dev/null"};
  files.insert(files.end(), readable.begin(), readable.end());
  const std::array<std::string_view, 3> programs = {program, "/lib64/ld-linux-x86-64.so.2",
                                                    "/lib/ld-linux-aarch64.so.1"};
  std::vector<int> allowed(sandbox::kComputing.begin(), sandbox::kComputing.end());
  allowed.insert(allowed.end(), sandbox::kStarting.begin(), sandbox::kStarting.end());
  return sandbox::lock(options, {.executable = programs, .readable = files}, 64, allowed, true);
}

}  // namespace spillguard::extract
