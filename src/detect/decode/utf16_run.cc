#include <cstdint>
#include <string>

#include "base/strings.h"
#include "detect/decode/opaque_run.h"
#include "detect/decode/text_check.h"

namespace spillguard::detect::decode {
namespace utf16_run {
namespace {

constexpr char32_t kMark = 0xFEFF;

TextCheck checked(std::string_view bytes) {
  TextCheck check;
  for (const char c : bytes) {
    if (!check.feed(static_cast<unsigned char>(c))) break;
  }
  return check;
}

bool is_utf16(const TextCheck& check) {
  return check.kind() == TextCheck::Kind::kUtf16Little ||
         check.kind() == TextCheck::Kind::kUtf16Big;
}

}  // namespace
}  // namespace utf16_run

bool looks_like_utf16(std::string_view bytes) {
  return utf16_run::is_utf16(utf16_run::checked(bytes.substr(0, 2)));
}

bool decode_utf16(std::string_view text, Span section, Level& level) {
  const TextCheck check = utf16_run::checked(text.substr(section.begin, section.size()));
  if (!utf16_run::is_utf16(check) || !check.plausible()) return false;
  const bool big = check.kind() == TextCheck::Kind::kUtf16Big;
  const size_t end = section.begin + check.whole();
  const auto unit_at = [&](size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    const auto second = static_cast<unsigned char>(text[at + 1]);
    return static_cast<char32_t>(big ? first << 8U | second : second << 8U | first);
  };
  level.begin(Encoding::kUtf16);
  bool in_stretch = false;
  for (size_t at = section.begin; at + 1 < end; at += 2) {
    char32_t character = unit_at(at);
    if (character < 0x80) {
      if (!in_stretch) level.stretch(Piece::Kind::kPairs, at);
      in_stretch = true;
      level.push(static_cast<char>(character));
      continue;
    }
    in_stretch = false;
    size_t size = 2;
    if (character >= 0xD800 && character < 0xDC00 && at + 3 < end) {
      const char32_t low = unit_at(at + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        character = 0x10000 + ((character - 0xD800) << 10U) + (low - 0xDC00);
        size = 4;
      }
    }
    std::string bytes;
    if (character != utf16_run::kMark) append_utf8(bytes, character);
    level.unit({.begin = at, .end = at + size}, bytes);
    at += size - 2;
  }
  level.commit({.begin = section.begin, .end = end});
  return true;
}

}  // namespace spillguard::detect::decode
