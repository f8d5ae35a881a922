// What java.util.regex's nodes say of their lengths. It decides which look-behinds Java refuses,
// how far the others look and how groups are repeated, so it is Java's arithmetic, with its
// overflows.
#pragma once

#include <cstdint>

#include "regex/java/program.h"

namespace spillguard::regex::java {

struct Study {
  int32_t min = 0;
  int32_t max = 0;
  bool max_known = true;
  bool deterministic = true;
};

// Of the steps from `step` on; adds to what is in `study`. The result says whether a group of these
// steps is repeated with each round settled at once.
bool study_steps(const Program& program, uint32_t step, Study& study);

}  // namespace spillguard::regex::java
