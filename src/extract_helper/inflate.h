// Deflate with bounds (RFC 1950, 1951), for formats that pack their own pieces: PDF, PNG, Office.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace spillguard::extract {

enum class Deflated { kZlib, kRaw };

struct Inflated {
  std::string bytes;      // what came out before the end or the error
  bool complete = false;  // the stream ended as it should
  bool too_large = false;
};

// Stops at `most` bytes.
Inflated inflate_bytes(std::string_view packed, Deflated form, uint64_t most);

}  // namespace spillguard::extract
