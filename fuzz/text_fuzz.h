// What each of the text fuzzers checks: any source gives text, and every byte of it has its place
// in the source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "text/text.h"

namespace spillguard::text {

inline int fuzz_markup(Markup markup, const uint8_t* data, size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const Extracted extracted = extract(markup, source);
  const size_t length = extracted.text.size();
  if ((length == 0) != source.empty()) {
    std::abort();
  }
  for (size_t i = 0; i < length; ++i) {
    const Span place = extracted.map.to_source(Span{i, i + 1});
    if (place.begin >= place.end || place.end > size) {
      std::abort();
    }
  }
  return 0;
}

}  // namespace spillguard::text
