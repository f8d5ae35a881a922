// What Java 17 knows of characters, as sets of them.
#pragma once

#include <optional>
#include <string_view>

#include "regex/java/set_expr.h"

namespace spillguard::regex::java {

// Whether Java has a script of this name, long or short, in any case.
bool is_script_name(std::string_view name);

// Whether the code point is assigned in Java's Unicode.
bool is_assigned(char32_t c);

// The members of a property by the name that SetExpr has for it, without surrogates; nullopt when
// there is none of that name.
std::optional<CodeRanges> property_members(std::string_view name);

// The members of a set.
CodeRanges members_of(const SetExpr& set);

}  // namespace spillguard::regex::java
