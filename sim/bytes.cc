#include "sim/bytes.h"

#include <fmt/format.h>

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

}  // namespace spillguard::sim
