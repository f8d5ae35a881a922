// What can be known of a Java pattern without matching it: as regex::Shape tells it of others.
#pragma once

#include <string_view>

#include "base/error.h"
#include "regex/java/java_pattern.h"
#include "regex/shape.h"

namespace spillguard::regex {

// Any text that the pattern matches, in UTF-8, the shape describes, too; it may describe more.
// In a character's place one byte U+001A may stand, which is how engines read what is no UTF-8.
// ignore_case: letters that the pattern takes in both cases spell anchors that do, as in (?i).
// Fails as JavaPattern::parse() does.
Result<Shape> java_shape(std::string_view pattern, const JavaFlags& flags, bool ignore_case);

}  // namespace spillguard::regex
