// Runs that nobody reads without decoding them: base64 and hexadecimal digits.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/span.h"
#include "detect/decode/level.h"

namespace spillguard::detect::decode {

// A shorter run holds no secret that anything would recognise: a name, a sign and a value.
inline constexpr size_t kMinBase64 = 20;
inline constexpr size_t kMinHex = 32;

// Adds a section when the bytes from `bounds.begin` on are base64 of a text; returns the end of
// what was read, or 0. Goes over line ends only where lines are wrapped as MIME does: equal, full,
// nothing but base64 after blanks. Binary data is refused; text with binary data behind it is kept
// up to there when it is long enough to be no accident.
size_t decode_base64(std::string_view text, Span bounds, Level& level);

// The same for pairs of hexadecimal digits, with or without 0x in front.
size_t decode_hex(std::string_view text, Span bounds, Level& level);

// The whole section is UTF-16 of a known order; adds its text. False when it is none.
bool decode_utf16(std::string_view text, Span section, Level& level);
// What decode_base64 and decode_hex leave when the bytes are UTF-16: a text for decode_utf16.
bool looks_like_utf16(std::string_view bytes);

}  // namespace spillguard::detect::decode
