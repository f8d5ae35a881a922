// The sub-commands of `spillguard`, a file each. A new one: its function here, its line in
// commands.cc.
#pragma once

#include <vector>

#include "cli/command_line.h"

namespace spillguard::cli {

void add_scan(CommandLine& line);
void add_rules(CommandLine& line);
void add_serve(CommandLine& line);
void add_coverage(CommandLine& line);
void add_webhooks(CommandLine& line);
void add_admin(CommandLine& line);
void add_check_config(CommandLine& line);
void add_version(CommandLine& line);

std::vector<Command> all_commands();

}  // namespace spillguard::cli
