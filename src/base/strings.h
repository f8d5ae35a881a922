// Small string functions that the standard library lacks. All byte-wise and ASCII unless said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace spillguard {

std::string_view trim(std::string_view text);  // ASCII white space at both ends
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
bool equals_ignore_case(std::string_view a, std::string_view b);
bool starts_with_ignore_case(std::string_view text, std::string_view prefix);

// Parts between the separators; an empty text gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

// A whole decimal number, nothing before or after it.
std::optional<int64_t> parse_int(std::string_view text);
std::optional<double> parse_double(std::string_view text);
// true/false, yes/no, on/off, 1/0 in any case (clients of the API send Python's "False").
std::optional<bool> parse_bool(std::string_view text);

// %XX for all but unreserved characters (RFC 3986); for one path segment or one query value.
std::string percent_encode(std::string_view text);
// Refuses broken escapes. plus_is_space: as in application/x-www-form-urlencoded.
Result<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

bool is_valid_utf8(std::string_view text);
// Valid UTF-8: every broken byte becomes U+FFFD.
std::string to_valid_utf8(std::string_view text);
// Appends the UTF-8 form of a code point (surrogates and values over 0x10FFFF become U+FFFD).
void append_utf8(std::string& out, char32_t code_point);

// The first and last characters with stars between, for people: "AKIA…***…MPLE" style masking that
// shows at most a quarter of the text and never more than four bytes at an end.
std::string mask(std::string_view secret);

// "1.2 MB": decimal units, one digit after the point.
std::string human_bytes(uint64_t bytes);

}  // namespace spillguard
