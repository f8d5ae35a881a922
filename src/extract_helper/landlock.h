// Landlock (Linux 5.13 and newer): which files a process may still reach. Thin, over the system
// calls.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace spillguard::extract {

struct LandlockRules {
  std::span<const std::string_view> executable;  // files
  std::span<const std::string_view> readable;    // files and folders; what is not there is left out
};

// Everything that the running kernel's version knows is denied but for these: files, and TCP and
// signals to others where it can. The version in force; kUnsupported when there is none.
Result<int> restrict_files(const LandlockRules& rules);

}  // namespace spillguard::extract
