// The pieces of old Office formats that stand in streams.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "extract_helper/legacy_office.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  using namespace spillguard::extract;  // NOLINT(google-build-using-namespace): a fuzzer of it
  (void)list_old_sheets(bytes);
  (void)is_encrypted_workbook(bytes);
  (void)is_encrypted_word(bytes);
  (void)parse_csv(bytes);
  (void)decompress_rtf(bytes);
  if (vba_source(bytes).size() > size * 4096 + 4096) {
    std::abort();
  }
  if (const auto native = native_file(bytes); native && native->bytes.size() > size) {
    std::abort();
  }
  return 0;
}
