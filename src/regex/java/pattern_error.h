// The form of every error about a Java pattern.
#pragma once

#include <string_view>

#include "base/error.h"

namespace spillguard::regex::java {

// "Java pattern, character 5: what", the pattern and a caret below the place. `byte`: where.
tl::unexpected<Error> pattern_error(Code code, std::string_view pattern, size_t byte,
                                    std::string_view what);

}  // namespace spillguard::regex::java
