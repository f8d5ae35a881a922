// spillguard-extract: reads documents from strangers for `spillguard`, which starts it. Not for
// people, but `spillguard-extract --check` says which layers of the sandbox this machine has.
#include <iconv.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "extract/tools.h"
#include "extract_helper/attempts.h"
#include "extract_helper/sandbox.h"
#include "extract_helper/serve.h"

namespace {

using spillguard::extract::SandboxOptions;

struct Arguments {
  SandboxOptions sandbox;
  int64_t tool = -1;
  std::string number;
  std::string attempt;
  bool check = false;
};

// False for what it does not know.
bool read_arguments(const std::vector<std::string_view>& words, Arguments& out) {
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--sandbox=required" || word == "--sandbox=best-effort") {
      out.sandbox.required = word == "--sandbox=required";
      continue;
    }
    if (word == "--check") {
      out.check = true;
      continue;
    }
    if (++i == words.size()) {
      return false;
    }
    const auto value = spillguard::parse_int(words[i]);
    if (word == "--try") {
      out.attempt = words[i];
    } else if (!value || *value < 0) {
      return false;
    } else if (word == "--cpu") {
      out.sandbox.cpu_seconds = static_cast<uint64_t>(*value);
    } else if (word == "--memory") {
      out.sandbox.memory_bytes = static_cast<uint64_t>(*value);
    } else if (word == "--tool" && *value < spillguard::extract::kTools) {
      out.tool = *value;
    } else if (word == "--number") {
      out.number = words[i];
    } else {
      return false;
    }
  }
  return true;
}

// Locks itself up and becomes the tool. Comes back only when that fails.
int become_tool(const Arguments& arguments) {
  const auto& program =
      spillguard::extract::tool_program(static_cast<spillguard::extract::Tool>(arguments.tool));
  std::vector<std::string> words = {std::string(program.path)};
  for (const std::string_view word : program.arguments) {
    words.emplace_back(word == "%" ? std::string_view(arguments.number) : word);
  }
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  const auto locked =
      spillguard::extract::lock_tool(arguments.sandbox, program.path, program.readable);
  if (!locked) {
    return 125;
  }
  if (!arguments.attempt.empty()) {
    return spillguard::extract::attempt(arguments.attempt).empty() ? 0 : 1;
  }
  ::execv(words.front().c_str(), argv.data());
  return 126;
}

// The C library's tables for names in archives are files: loaded now, kept open.
void warm_up() {
  (void)std::setlocale(LC_ALL, "C.UTF-8");
  for (const char* charset : {"UTF-16LE", "UTF-16BE", "CP437", "CP850", "CP1252", "SHIFT_JIS",
                              "EUC-JP", "GB18030", "BIG5", "KOI8-R", "ISO-8859-1"}) {
    (void)iconv_open("UTF-8", charset);
  }
}

// Locked up it could not write what it found to a file, so a child locks itself up and says it
// through a pipe.
int check(const SandboxOptions& sandbox) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) {
    std::perror("pipe");
    return 1;
  }
  const pid_t child = ::fork();
  if (child == 0) {
    const auto locked = spillguard::extract::lock_reader(sandbox);
    const std::string& said = locked ? *locked : locked.error().message;
    const bool told = ::write(ends[1], said.data(), said.size()) >= 0;
    ::_exit(locked && told ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  std::array<char, 512> buffer{};
  for (ssize_t got = 0; (got = ::read(ends[0], buffer.data(), buffer.size())) > 0;) {
    said.append(buffer.data(), static_cast<size_t>(got));
  }
  int status = 1;
  if (child < 0 || ::waitpid(child, &status, 0) != child) {
    std::perror("the check of the sandbox");
    return 1;
  }
  std::printf("%s\n", said.c_str());
  return status == 0 ? 0 : 1;
}

}  // namespace

#ifdef SG_SANITIZED
// Looking for leaks takes a process and ptrace, which the sandbox refuses.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#endif

int main(int argc, char** argv) {
  std::vector<std::string_view> words;
  for (int i = 1; i < argc; ++i) {
    words.emplace_back(*std::next(argv, i));
  }
  Arguments arguments;
  if (!read_arguments(words, arguments)) {
    return 2;
  }
  if (arguments.tool >= 0) {
    return become_tool(arguments);
  }
  warm_up();
  if (arguments.check) {
    return check(arguments.sandbox);
  }
  const auto locked = spillguard::extract::lock_reader(arguments.sandbox);
  if (!arguments.attempt.empty()) {
    return locked && spillguard::extract::attempt(arguments.attempt).empty() ? 0 : 1;
  }
  return locked ? spillguard::extract::serve(*locked)
                : spillguard::extract::refuse(locked.error().message);
}
