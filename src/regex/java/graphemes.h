// Grapheme clusters as java.util.regex of Java 17 tells them apart.
#pragma once

#include <cstddef>
#include <string_view>

namespace spillguard::regex::java {

// The end of the cluster that begins at `at`, which is before the end. The text is valid UTF-8.
size_t grapheme_end(std::string_view text, size_t at);

}  // namespace spillguard::regex::java
