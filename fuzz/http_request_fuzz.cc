// Requests as bytes of a connection: the first byte says in how large pieces they come. However a
// request is cut, the outcome must be the same as in one piece.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "http/request_reader.h"

namespace {

using spillguard::http::RequestReader;

constexpr spillguard::http::RequestLimits kFuzzLimits{
    .max_header_bytes = 4096, .max_target_bytes = 1024, .max_body_bytes = 4096};

void feed_pieces(RequestReader& reader, std::string_view text, size_t step) {
  std::string pending;
  while (!text.empty() && reader.state() == RequestReader::State::kReading) {
    const size_t part = std::min(step, text.size());
    pending += text.substr(0, part);
    text.remove_prefix(part);
    const size_t used = reader.feed(pending);
    SG_CHECK(used <= pending.size());
    pending.erase(0, used);
    (void)reader.take_wants_continue();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  RequestReader whole(kFuzzLimits);
  feed_pieces(whole, text, text.size());
  RequestReader cut(kFuzzLimits);
  feed_pieces(cut, text, data[0] % 64 + 1U);
  // Broken requests may be found out earlier or later, whole ones are whole either way.
  if (whole.state() != RequestReader::State::kDone) return 0;
  SG_CHECK(cut.state() == RequestReader::State::kDone);
  const auto a = whole.take_request();
  const auto b = cut.take_request();
  SG_CHECK(a.method == b.method && a.path == b.path && a.query == b.query && a.body == b.body);
  SG_CHECK(a.headers.fields() == b.headers.fields());
  return 0;
}
