// Upper and lower case as Java 17 has them for single characters.
#pragma once

#include "regex/java/set_expr.h"

namespace spillguard::regex::java {

// Character.toUpperCase() and toLowerCase() of a code point.
char32_t java_upper(char32_t c);
char32_t java_lower(char32_t c);
// What UNICODE_CASE compares.
inline char32_t java_fold(char32_t c) { return java_lower(java_upper(c)); }

// Whether a back reference takes one for the other.
bool same_folded(char32_t a, char32_t b, Folding folding);

// What matches a character of the pattern under CASE_INSENSITIVE | UNICODE_CASE. Java compares one
// that stands alone otherwise than those of a string (`in_string`): "ß" finds no capital, "aß"
// does.
CodeRanges case_variants(char32_t c, bool in_string);
// The same of a range in a class.
CodeRanges case_variants(CodeRange range);

}  // namespace spillguard::regex::java
