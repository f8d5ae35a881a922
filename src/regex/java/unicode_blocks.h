// The blocks of Unicode by name, for \p{InGreek}: PCRE2 has no blocks.
#pragma once

#include <optional>
#include <string_view>

#include "regex/java/code_ranges.h"

namespace spillguard::regex::java {

// Case, blanks, hyphens and underscores of the name do not count.
std::optional<CodeRange> unicode_block(std::string_view name);

}  // namespace spillguard::regex::java
