// Runs of text with escapes in it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/span.h"
#include "detect/decode/level.h"

namespace spillguard::detect::decode {

// The encoding whose escapes begin with this byte.
std::optional<Encoding> encoding_of_lead(char lead);

// Adds a section for the escape at `at` and what stands around it: the words that it joins, some of
// the line in front of it (names that tell what a value is), and the text up to and around further
// escapes of the kind. It begins at `least` at the earliest, where the last section of the encoding
// ended, and stays in the bounds, whose ends are those of the text. Returns the end of what the
// section covers, or 0 when no escape stands there or none that matters.
size_t decode_escaped(std::string_view text, size_t at, size_t least, Span bounds,
                      Encoding encoding, Level& level);

}  // namespace spillguard::detect::decode
