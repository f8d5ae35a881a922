// A tree of a Java pattern to PCRE2 text.
#pragma once

#include <string>

#include "base/error.h"
#include "regex/java/parser.h"

namespace spillguard::regex::java {

struct Lowered {
  std::string text;
  bool beyond_ascii = false;  // matching needs UTF-8 mode
};

// `attached`: \G matches where the search began; otherwise nowhere. kUnsupported when PCRE2 has no
// words for it: the pattern is one for the machine then.
Result<Lowered> lower(const Parsed& parsed, bool attached);

}  // namespace spillguard::regex::java
