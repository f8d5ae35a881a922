#include "sim/bytes.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/prose.h"
#include "sim/random.h"

namespace spillguard::sim {

std::string attachment_content(int64_t id, uint64_t size, std::string_view mime_type) {
  Random random(0xa77ac4, "attachment", static_cast<uint64_t>(id));
  const auto wanted = static_cast<size_t>(size);
  std::string out;
  out.reserve(wanted + 256);
  if (mime_type.starts_with("text/")) {
    const bool csv = mime_type == "text/csv";
    if (csv) out = "id;name;remark\n";
    for (int row = 1; out.size() < wanted; ++row) {
      out += csv ? fmt::format("{};{};{}\n", row, make_name(random), make_sentence(random))
                 : make_sentence(random) + "\n";
    }
  } else {
    if (mime_type == "image/png") out = std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    while (out.size() < wanted) {
      auto bits = random.next();
      for (int i = 0; i < 8; ++i, bits >>= 8) out += static_cast<char>(bits & 0xff);
    }
  }
  out.resize(wanted);
  return out;
}

http::Response attachment_response(int64_t id, uint64_t size, const std::string& mime_type) {
  static constexpr uint64_t kPiece = 1 << 20;
  auto type = mime_type.empty() ? std::string("application/octet-stream") : mime_type;
  if (size <= kPiece)
    return http::Response::text(200, attachment_content(id, size, mime_type), std::move(type));
  auto response = http::Response::text(200, {}, std::move(type));
  response.stream = [id, size, mime_type](http::BodyWriter& writer) -> Status {
    int64_t piece = 0;
    for (uint64_t left = size; left > 0; ++piece) {
      const auto part = std::min(left, kPiece);
      SG_TRY(writer.write(attachment_content(id + piece, part, mime_type)));
      left -= part;
    }
    return {};
  };
  return response;
}

}  // namespace spillguard::sim
