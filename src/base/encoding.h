// Hexadecimal and base64.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace spillguard {

std::string hex_encode(std::string_view bytes);                // lower case
std::optional<std::string> hex_decode(std::string_view text);  // either case, even length
std::string base64_encode(std::string_view bytes);             // RFC 4648 section 4, padded
std::optional<std::string> base64_decode(
    std::string_view text);                            // standard or URL alphabet, padding optional
std::string base64url_encode(std::string_view bytes);  // RFC 4648 section 5, not padded

}  // namespace spillguard
