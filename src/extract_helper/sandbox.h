// How the helper gives away what it does not need. Called once, at the begin, by a process with one
// thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace spillguard::extract {

struct SandboxOptions {
  bool required = true;  // a layer that the kernel refuses is an error
  uint64_t cpu_seconds = 600;
  uint64_t memory_bytes = uint64_t{2} << 30U;
};

// The reader's profile: what it has open it may read and write; no file, socket, process or other
// process's memory any more. Gives what is in force, "rlimits, no_new_privs, landlock 7, seccomp",
// with "(refused: …)" for what is not.
Result<std::string> lock_reader(const SandboxOptions& options);

// The profile of a tool that is to be executed: it may run `program` and nothing else, read the
// system's libraries and `readable`, write nothing, and reach no network and no other process.
Result<std::string> lock_tool(const SandboxOptions& options, std::string_view program,
                              std::span<const std::string_view> readable);

}  // namespace spillguard::extract
