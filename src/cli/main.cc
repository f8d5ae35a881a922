#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "cli/commands.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  spillguard::cli::Io io{.in = std::cin,
                         .out = std::cout,
                         .err = std::cerr,
                         .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                         .err_is_terminal = isatty(STDERR_FILENO) == 1};
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const int code =
      spillguard::cli::run_command_line(arguments, spillguard::cli::all_commands(), io);
  std::cout.flush();
  // What could not be written (a full disk, a closed pipe) was not delivered.
  return std::cout.good() ? code : spillguard::cli::kExitError;
}
