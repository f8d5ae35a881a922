#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

namespace spillguard::cli {

CommandLine::CommandLine(CLI::App& app, std::shared_ptr<Outcome> outcome)
    : app_(app), outcome_(std::move(outcome)) {}

void CommandLine::flag(const std::string& names, bool& value, const std::string& help) {
  app_.add_flag(names, value, help);
}

void CommandLine::option(const std::string& names, std::string& value, const std::string& help) {
  app_.add_option(names, value, help);
}

void CommandLine::option(const std::string& names, uint64_t& value, const std::string& help) {
  app_.add_option(names, value, help)->capture_default_str();
}

void CommandLine::options(const std::string& names, std::vector<std::string>& values,
                          const std::string& help) {
  app_.add_option(names, values, help)->allow_extra_args(false);
}

void CommandLine::choice(const std::string& names, std::string& value,
                         const std::vector<std::string>& choices, const std::string& help) {
  app_.add_option(names, value, help)->check(CLI::IsMember(choices))->capture_default_str();
}

void CommandLine::positional(const std::string& name, std::string& value, const std::string& help) {
  app_.add_option(name, value, help)->required();
}

void CommandLine::optional_positional(const std::string& name, std::string& value,
                                      const std::string& help) {
  app_.add_option(name, value, help);
}

void CommandLine::positionals(const std::string& name, std::vector<std::string>& values,
                              const std::string& help, bool required) {
  app_.add_option(name, values, help)->required(required);
}

CommandLine CommandLine::subcommand(const std::string& name, const std::string& help) {
  app_.require_subcommand(1);
  return {*app_.add_subcommand(name, help), outcome_};
}

void CommandLine::run(Runner runner) {
  app_.callback([outcome = outcome_, runner = std::move(runner)] { outcome->runner = runner; });
}

int run_command_line(const std::vector<std::string>& arguments, std::span<const Command> commands,
                     Io& io) {
  CLI::App app("Finds secrets in Jira, Confluence, and files.", "spillguard");
  app.require_subcommand(1);
  const auto outcome = std::make_shared<CommandLine::Outcome>();
  for (const Command& command : commands) {
    CommandLine line(*app.add_subcommand(command.name, command.help), outcome);
    command.add(line);
  }
  try {
    std::vector<std::string> reversed = arguments;  // the order in which the library takes them
    std::reverse(reversed.begin(), reversed.end());
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return app.exit(error, io.out, io.err) == 0 ? kExitNothing : kExitError;
  }
  return outcome->runner ? outcome->runner(io) : kExitError;
}

}  // namespace spillguard::cli
