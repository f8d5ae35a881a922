// The character classes that java.util.regex knows by name.
#pragma once

#include <optional>
#include <string_view>

#include "regex/java/set_expr.h"

namespace spillguard::regex::java {

struct PropertyFlags {
  bool ignore_case = false;              // \p{Lu} then means any cased letter
  bool unicode_character_class = false;  // POSIX names then have their Unicode meaning
};

// \p{name}: POSIX, java…, Is…, In…, general categories. nullopt: no such property.
std::optional<SetExpr> named_property(std::string_view name, const PropertyFlags& flags);

// \p{key=value}: script, block, general category and their short keys.
std::optional<SetExpr> keyed_property(std::string_view key, std::string_view value,
                                      const PropertyFlags& flags);

// \d \w \s \h \v by their lower-case letter.
SetExpr predefined_class(char letter, bool unicode_character_class);

}  // namespace spillguard::regex::java
