// What the program reads of a helper that may be under a stranger's control.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "extract/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  using namespace spillguard::extract;  // NOLINT(google-build-using-namespace): a fuzzer of it
  if (const auto part = unpack_part(bytes)) {
    if (!spillguard::is_valid_utf8(part->text) || !unpack_part(pack_part(*part))) {
      std::abort();
    }
    (void)location_at(*part, size);
  }
  if (const auto outcome = unpack_outcome(bytes);
      outcome && !unpack_outcome(pack_outcome(*outcome))) {
    std::abort();
  }
  Limits limits;
  std::string name;
  (void)unpack_job(bytes, limits, name);
  return 0;
}
