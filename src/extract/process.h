// Child processes of this module: started by posix_spawn with the descriptors that they need and no
// other.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace spillguard::extract {

// A descriptor that closes itself.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept;
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

struct Pipe {
  Fd read;
  Fd write;
};
Result<Pipe> make_pipe();
// A file in memory with these bytes, at its begin.
Result<Fd> memory_file(std::string_view bytes);

// A child; killed and waited for when the object goes.
class Child {
 public:
  // Standard error goes nowhere: what libraries say there may be the document's own words.
  static Result<Child> spawn(const std::string& program, const std::vector<std::string>& arguments,
                             int standard_input, int standard_output);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child() { kill(); }

  [[nodiscard]] pid_t pid() const { return pid_; }
  // Of the processor, in nanoseconds, since it began; 0 when it is gone.
  [[nodiscard]] uint64_t cpu_time() const;
  void kill();
  // False once it has ended.
  [[nodiscard]] bool is_alive();
  // Waits for its end; the status as waitpid() gives it. Once.
  int wait();

 private:
  explicit Child(pid_t pid) : pid_(pid) {}
  pid_t pid_ = -1;
};

// No SIGPIPE in this thread while it lives: a write to a child that is gone is an error like
// others.
class NoBrokenPipeSignal {
 public:
  NoBrokenPipeSignal();
  NoBrokenPipeSignal(const NoBrokenPipeSignal&) = delete;
  NoBrokenPipeSignal& operator=(const NoBrokenPipeSignal&) = delete;
  ~NoBrokenPipeSignal();

 private:
  bool blocked_ = false;
};

// Of the clock that never goes back, in nanoseconds.
uint64_t steady_time();

}  // namespace spillguard::extract
