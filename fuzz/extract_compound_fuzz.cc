#include "fuzz/extract_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return spillguard::extract::fuzz_reader(spillguard::extract::read_compound, data, size);
}
