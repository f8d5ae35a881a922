// A step of the build: reads and analyses the built-in rules and writes them in the form that the
// program starts from. make_catalogue OUT
#include <cstdio>
#include <string_view>

#include "base/embedded.h"
#include "base/file.h"
#include "detect/catalogue.h"
#include "detect/rule.h"

namespace spillguard::embedded {

// There is none yet.
std::string_view rule_catalogue() { return {}; }

}  // namespace spillguard::embedded

int main(int argc, char** argv) {
  using spillguard::detect::RuleSet;
  const auto refuse = [](std::string_view why) {
    std::fprintf(stderr, "make_catalogue: %.*s\n", static_cast<int>(why.size()), why.data());
    return 1;
  };
  if (argc != 2) return refuse("usage: make_catalogue OUT");
  const auto text = spillguard::detect::write_catalogue(RuleSet::from_files());
  if (!text) return refuse(text.error().message);
  const auto written = spillguard::write_file_atomically(argv[1], *text);
  return written ? 0 : refuse(written.error().message);
}
