#include "cli/commands.h"

namespace spillguard::cli {

std::vector<Command> all_commands() {
  return {
      {"scan", "Scan files, folders or the standard input", add_scan},
      {"rules", "List, show, check and try the detection rules", add_rules},
      {"serve", "Run the server: API and scans", add_serve},
      {"coverage", "What of the hosts' texts was listed, read and scanned", add_coverage},
      {"webhooks", "Print the addresses at which the hosts may tell of changes", add_webhooks},
      {"admin", "Look after the installation: its key", add_admin},
      {"check-config", "Read and check the configuration of the server", add_check_config},
      {"version", "Print the versions of the program and its rules", add_version},
  };
}

}  // namespace spillguard::cli
