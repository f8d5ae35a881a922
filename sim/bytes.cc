#include "sim/bytes.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

#include "sim/prose.h"
#include "sim/random.h"

namespace spillguard::sim {
namespace {

// Makes the noise the pixels of a picture of the same size in bytes. Too small ones stay noise.
void frame_as_png(std::string& bytes) {
  constexpr size_t kFrames = 8 + 25 + 12 + 12;  // signature, IHDR, IDAT's frame, IEND
  if (bytes.size() < kFrames) return;
  const auto big = [](uint64_t number) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) {
      out += static_cast<char>((number >> static_cast<unsigned>(shift)) & 0xFF);
    }
    return out;
  };
  const auto chunk = [&](const std::string& type, const std::string& data) {
    const std::string summed = type + data;
    const auto sum =
        crc32(0, reinterpret_cast<const Bytef*>(summed.data()), static_cast<uInt>(summed.size()));
    return big(data.size()) + summed + big(sum);
  };
  const std::string pixels = bytes.substr(0, bytes.size() - kFrames);
  bytes = "\x89PNG\r\n\x1a\n" +
          chunk("IHDR", big(64) + big(64) + std::string("\x08\x02\0\0\0", 5)) +
          chunk("IDAT", pixels) + chunk("IEND", "");
}

}  // namespace

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
    while (out.size() < wanted) {
      auto bits = random.next();
      for (int i = 0; i < 8; ++i, bits >>= 8) out += static_cast<char>(bits & 0xff);
    }
    out.resize(wanted);
    if (mime_type == "image/png") frame_as_png(out);
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

http::Response file_response(const FilePtr& file, const std::string& mime_type) {
  return http::Response::text(
      200, file->bytes, mime_type.empty() ? std::string("application/octet-stream") : mime_type);
}

}  // namespace spillguard::sim
