#include "cli/commands.h"
#include "detect/rule.h"

namespace spillguard::cli {

void add_version(CommandLine& line) {
  line.run([](Io& io) {
    io.out << "spillguard " << SG_VERSION << "\nrules " << detect::RuleSet::built_in().version()
           << '\n';
    return kExitNothing;
  });
}

}  // namespace spillguard::cli
