// The runs of characters in bytes of an unknown kind, as the program strings(1) gives them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "extract/document.h"

namespace spillguard::extract {

struct Strings {
  std::string text;         // a run a line
  std::vector<Mark> marks;  // "offset 0x1f30"
};

// Runs of at least `least` characters: ASCII, valid UTF-8, and UTF-16 of Latin text in both orders.
Strings find_strings(std::string_view bytes, size_t least = 6);

}  // namespace spillguard::extract
