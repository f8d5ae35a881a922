// The bytes of generated attachments.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"
#include "sim/files.h"

namespace spillguard::sim {

// Exactly `size` bytes that look like the type: text lines, CSV, a PNG signature with noise behind
// it. The same for the same id.
std::string attachment_content(int64_t id, uint64_t size, std::string_view mime_type);
// The answer with them; large ones are made while they are sent.
http::Response attachment_response(int64_t id, uint64_t size, const std::string& mime_type);
// The answer with the bytes of a file.
http::Response file_response(const FilePtr& file, const std::string& mime_type);

}  // namespace spillguard::sim
