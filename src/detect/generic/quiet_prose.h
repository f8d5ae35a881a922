// Hits in plain prose, which most are: "the password is wrong, and the token expired." Told by the
// bytes around them alone, before anything is read.
//
// Thread-safety: pure functions.
#pragma once

#include <string_view>

#include "base/span.h"
#include "detect/generic/keywords.h"

namespace spillguard::detect::generic {

// True when no reader can find a value at the hit of an anchor of this stem: read_hit() would give
// nothing. False says nothing.
[[nodiscard]] bool is_quiet_prose(std::string_view text, Stem stem, Span hit);

}  // namespace spillguard::detect::generic
