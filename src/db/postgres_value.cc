#include "db/postgres_value.h"

#include <bit>
#include <cstdlib>

#include "base/strings.h"

namespace spillguard::db {
namespace postgres_value_detail {
namespace {

std::string big_endian(uint64_t value) {
  std::string out(8, '\0');
  for (size_t i = 0; i < 8; ++i) out[i] = static_cast<char>(value >> (8 * (7 - i)));
  return out;
}

uint64_t unsigned_at(std::string_view bytes, size_t at, size_t size) {
  uint64_t value = 0;
  for (size_t i = at; i < at + size && i < bytes.size(); ++i) {
    value = value << 8 | static_cast<uint8_t>(bytes[i]);
  }
  return value;
}

// Count of digits (of base 10,000), weight of the first, sign, scale, digits: 16 bits each.
int64_t whole_part(std::string_view bytes) {
  constexpr uint64_t kNegative = 0x4000;
  constexpr int64_t kBase = 10'000;
  const auto digits = static_cast<int64_t>(unsigned_at(bytes, 0, 2));
  const auto weight = static_cast<int16_t>(unsigned_at(bytes, 2, 2));
  const bool negative = unsigned_at(bytes, 4, 2) == kNegative;
  int64_t value = 0;
  for (int64_t place = 0; place <= weight; ++place) {
    const auto digit =
        place < digits ? unsigned_at(bytes, 8 + 2 * static_cast<size_t>(place), 2) : 0;
    value = value * kBase + static_cast<int64_t>(digit);
  }
  return negative ? -value : value;
}

}  // namespace
}  // namespace postgres_value_detail

std::string encode_int8(int64_t value) {
  return postgres_value_detail::big_endian(static_cast<uint64_t>(value));
}

std::string encode_float8(double value) {
  return postgres_value_detail::big_endian(std::bit_cast<uint64_t>(value));
}

std::string encode_text(std::string_view text) {
  std::string out = is_valid_utf8(text) ? std::string(text) : to_valid_utf8(text);
  for (size_t at = out.find('\0'); at != std::string::npos; at = out.find('\0', at)) {
    out.replace(at, 1, "\xEF\xBF\xBD");
  }
  return out;
}

int64_t decode_integer(uint32_t type, std::string_view bytes) {
  using postgres_value_detail::unsigned_at;
  switch (type) {
    case kOidBool:
      return bytes.empty() || bytes[0] == '\0' ? 0 : 1;
    case kOidInt2:
      return static_cast<int16_t>(unsigned_at(bytes, 0, 2));
    case kOidInt4:
      return static_cast<int32_t>(unsigned_at(bytes, 0, 4));
    case kOidInt8:
      return static_cast<int64_t>(unsigned_at(bytes, 0, 8));
    case kOidNumeric:
      return postgres_value_detail::whole_part(bytes);
    case kOidFloat8:
      return static_cast<int64_t>(decode_number(type, bytes));
    case kOidText:
      return parse_int(bytes).value_or(0);
    default:
      return 0;
  }
}

double decode_number(uint32_t type, std::string_view bytes) {
  if (type != kOidFloat8) return static_cast<double>(decode_integer(type, bytes));
  return std::bit_cast<double>(postgres_value_detail::unsigned_at(bytes, 0, 8));
}

}  // namespace spillguard::db
