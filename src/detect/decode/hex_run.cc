#include <cstdint>

#include "detect/decode/first_look.h"
#include "detect/decode/opaque_run.h"
#include "detect/decode/text_check.h"

namespace spillguard::detect::decode {
namespace hex_run {
namespace {

constexpr size_t kMinPrefix = 32;  // bytes of a text with binary data behind it

}  // namespace
}  // namespace hex_run

size_t decode_hex(std::string_view text, Span bounds, Level& level) {
  size_t at = bounds.begin;
  const bool marked = bounds.size() > 2 && text[at] == '0' && (text[at + 1] | 0x20) == 'x';
  if (marked) at += 2;
  level.begin(Encoding::kHex);
  level.stretch(Piece::Kind::kPairs, at);
  TextCheck check;
  bool good = true;
  while (at + 1 < bounds.end) {
    const unsigned high = first_look::hex_value(text[at]);
    const unsigned low = first_look::hex_value(text[at + 1]);
    if ((high | low) > 15) break;
    const auto byte = static_cast<unsigned char>(high << 4U | low);
    good = check.feed(byte);
    if (!good) break;
    level.push(static_cast<char>(byte));
    at += 2;
  }
  const size_t least = good ? kMinHex / 2 : hex_run::kMinPrefix;
  if (check.whole() < least || !check.plausible()) {
    level.drop();
    return 0;
  }
  level.shorten(check.whole());
  level.commit({.begin = bounds.begin, .end = at});
  return at;
}

}  // namespace spillguard::detect::decode
