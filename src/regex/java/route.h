// Which patterns PCRE2 and Java do not agree on although PCRE2 has words for them.
#pragma once

#include "regex/java/parser.h"

namespace spillguard::regex::java {

struct Route {
  bool machine = false;  // PCRE2 would match something else now and then
  // What a match is depends on tries at earlier places that failed: Java keeps captures of theirs.
  bool every_place_counts = false;
};

Route route_of(const Parsed& parsed);

}  // namespace spillguard::regex::java
