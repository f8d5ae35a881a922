// A tree of a Java pattern to PCRE2 text.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "regex/java/parser.h"

namespace spillguard::regex::java {

struct Lowered {
  std::string text;
  bool beyond_ascii = false;  // matching needs UTF-8 mode
};

// `attached`: \G matches where the search began; otherwise nowhere. `pattern` is for messages.
Result<Lowered> lower(const Parsed& parsed, std::string_view pattern, bool attached);

}  // namespace spillguard::regex::java
