// The command line: sub-commands, their options and what they need of the world, without a word of
// the library behind it (its header is in one .cc). A command declares its options on a CommandLine
// and gives the function that runs it.
//
//   void add_version(CommandLine& line) {
//     line.run([](Io& io) { io.out << "…"; return kExitNothing; });
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace spillguard::cli {

inline constexpr int kExitNothing = 0;   // done; nothing was found
inline constexpr int kExitFindings = 1;  // done; something was found
inline constexpr int kExitError = 2;     // not done, or not all of it

// The streams of a command. Owned by main() or a test.
struct Io {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
};

class CommandLine {
 public:
  using Runner = std::function<int(Io&)>;
  struct Outcome {
    Runner runner;  // of the command that was asked for
  };

  CommandLine(CLI::App& app, std::shared_ptr<Outcome> outcome);

  // Names as "-q,--quiet"; a flag's "--summary,!--no-summary" has a negative form. The variables
  // must live until the command has run: commands keep them in what their runner captures.
  void flag(const std::string& names, bool& value, const std::string& help);
  void option(const std::string& names, std::string& value, const std::string& help);
  void option(const std::string& names, uint64_t& value, const std::string& help);
  void options(const std::string& names, std::vector<std::string>& values, const std::string& help);
  void choice(const std::string& names, std::string& value, const std::vector<std::string>& choices,
              const std::string& help);
  void positional(const std::string& name, std::string& value, const std::string& help);
  void optional_positional(const std::string& name, std::string& value, const std::string& help);
  // One or more.
  void positionals(const std::string& name, std::vector<std::string>& values,
                   const std::string& help, bool required = true);
  // A command of its own below this one, of which one must be given.
  CommandLine subcommand(const std::string& name, const std::string& help);
  void run(Runner runner);

 private:
  CLI::App& app_;
  std::shared_ptr<Outcome> outcome_;  // shared by the lines of one command line and their callbacks
};

struct Command {
  std::string name;
  std::string help;
  void (*add)(CommandLine& line);
};

// Reads the arguments (without the program's name) and runs what they ask for. Wrong usage is
// kExitError with a message on io.err that names the way to the help.
int run_command_line(const std::vector<std::string>& arguments, std::span<const Command> commands,
                     Io& io);

}  // namespace spillguard::cli
