// Values as PostgreSQL sends and takes them in binary. Internal to the module.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace spillguard::db {

// Numbers of types, as in the server's pg_type.dat.
inline constexpr uint32_t kOidUnknown = 0;  // the server finds out
inline constexpr uint32_t kOidBool = 16;
inline constexpr uint32_t kOidBytea = 17;
inline constexpr uint32_t kOidInt8 = 20;
inline constexpr uint32_t kOidInt2 = 21;
inline constexpr uint32_t kOidInt4 = 23;
inline constexpr uint32_t kOidText = 25;
inline constexpr uint32_t kOidFloat8 = 701;
inline constexpr uint32_t kOidNumeric = 1700;

std::string encode_int8(int64_t value);
std::string encode_float8(double value);
// Text as PostgreSQL can keep it: valid UTF-8 without NUL, each of which becomes U+FFFD.
std::string encode_text(std::string_view text);

// A column's bytes as a number; of a numeric (sums are that) the whole part. 0 for other types.
int64_t decode_integer(uint32_t type, std::string_view bytes);
double decode_number(uint32_t type, std::string_view bytes);

}  // namespace spillguard::db
