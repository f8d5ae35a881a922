// Characters by their names, for \N{…}.
#pragma once

#include <optional>
#include <string_view>

namespace spillguard::regex::java {

// As java.lang.Character.codePointOf() does it: names of Unicode, in any case; what has none (the
// ideographs of CJK and Tangut, Hangul syllables, private use) by block and number, as in
// "HANGUL SYLLABLES AC00".
std::optional<char32_t> character_named(std::string_view name);

}  // namespace spillguard::regex::java
