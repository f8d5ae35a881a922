// What the first stage looks for.
#pragma once

#include <string>
#include <vector>

#include "detect/literals/text_classes.h"

namespace spillguard::detect {

struct Literal {
  std::string bytes;
  bool ignore_case = false;  // of ASCII letters
  bool any_digit = false;    // each digit stands for all ten, and maybe for others up to 0x3F

  // What must stand beside it, in every hit that anybody wants: others may be left out, or not.
  ClassSet before = kAllClasses;     // the byte in front of it
  bool may_begin_text = true;        // and whether there may be none
  std::vector<ClassSet> after = {};  // the bytes that follow
};

}  // namespace spillguard::detect
