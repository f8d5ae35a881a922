// Where the bytes of an attachment are, taken from what a host says of it and checked: the host's
// own base URL may be another than the one that we reach it by, or somebody else's.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace spillguard::hosts {

// Path and query below our base URL, encoded: from `link`, with or without origin and context path,
// what begins with `prefix` ("/secure/attachment/"). kCorrupt for a link that has no such path, or
// one with steps to other folders.
Result<std::string> download_path(std::string_view link, std::string_view prefix);

}  // namespace spillguard::hosts
