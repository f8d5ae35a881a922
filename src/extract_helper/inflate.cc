#include "extract_helper/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace spillguard::extract {

Inflated inflate_bytes(std::string_view packed, Deflated form, uint64_t most) {
  Inflated result;
  z_stream stream{};
  if (inflateInit2(&stream, form == Deflated::kRaw ? -MAX_WBITS : MAX_WBITS) != Z_OK) {
    return result;
  }
  // zlib's interface takes no const bytes, and does not write to them.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(std::min<size_t>(packed.size(), UINT32_MAX));
  std::array<char, size_t{32} << 10U> block{};
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    status = inflate(&stream, Z_NO_FLUSH);
    const size_t count = block.size() - stream.avail_out;
    if (result.bytes.size() + count > most) {
      result.bytes.append(block.data(), most - result.bytes.size());
      result.too_large = true;
      break;
    }
    result.bytes.append(block.data(), count);
    if (count == 0 && stream.avail_in == 0) {
      break;
    }
  }
  result.complete = status == Z_STREAM_END;
  inflateEnd(&stream);
  return result;
}

}  // namespace spillguard::extract
