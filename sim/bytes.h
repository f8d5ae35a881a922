// The bytes of generated attachments.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace spillguard::sim {

// Exactly `size` bytes that look like the type: text lines, CSV, a PNG signature with noise behind
// it. The same for the same id.
std::string attachment_content(int64_t id, uint64_t size, std::string_view mime_type);

}  // namespace spillguard::sim
