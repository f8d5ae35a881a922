#include "fuzz/text_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return spillguard::text::fuzz_markup(spillguard::text::Markup::kWiki, data, size);
}
