// What the fuzzers of attachments' readers share: one reader on any bytes, within small limits;
// texts that come out are valid and their marks lie within them, in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "extract_helper/formats.h"
#include "extract_helper/reading.h"

namespace spillguard::extract {

inline void check_part(const Part& part) {
  if (part.text.empty() || !is_valid_utf8(part.text)) {
    std::abort();
  }
  uint64_t last = 0;
  for (const Mark& mark : part.marks) {
    if (mark.offset < last || mark.offset > part.text.size()) {
      std::abort();
    }
    last = mark.offset;
  }
}

// `reader` is given the bytes whatever they are; tools answer with the bytes themselves.
inline int fuzz_reader(Verdict (*reader)(Reading&, File&), const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Limits limits;
  limits.expanded_bytes = uint64_t{8} << 20U;
  limits.part_bytes = uint64_t{4} << 20U;
  limits.entries = 2000;
  const Output output{.part = check_part,
                      .outcome = [](const Outcome&) {},
                      .tool =
                          [](Tool, uint32_t, std::string_view file) {
                            return ToolAnswer{.reason = Reason::kRead,
                                              .text = std::string(file.substr(0, 4096))};
                          }};
  Reading reading(limits, output);
  File file{.location = {}, .name = "fuzzed", .bytes = bytes};
  (void)reader(reading, file);
  return 0;
}

}  // namespace spillguard::extract
