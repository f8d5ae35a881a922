#include "cli/source_text.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"

namespace spillguard::cli {
namespace source_text {
namespace {

constexpr size_t kLooked = 8192;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::string from_utf16(std::string_view bytes, bool big_endian) {
  const auto unit = [&](size_t i) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<char32_t>(big_endian ? first << 8U | second : second << 8U | first);
  };
  std::string out;
  out.reserve(bytes.size() / 2 + 64);
  for (size_t i = 2; i + 1 < bytes.size(); i += 2) {
    char32_t character = unit(i);
    if (character >= 0xD800 && character < 0xDC00 && i + 3 < bytes.size()) {
      const char32_t low = unit(i + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        character = 0x10000 + ((character - 0xD800) << 10U) + (low - 0xDC00);
        i += 2;
      }
    }
    append_utf8(out, character);
  }
  return out;
}

}  // namespace
}  // namespace source_text

std::optional<std::string> to_text(std::string bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    return source_text::from_utf16(bytes, bytes[0] == '\xFE');
  }
  if (std::string_view(bytes).substr(0, source_text::kLooked).find('\0') != std::string::npos) {
    return std::nullopt;
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.erase(0, 3);
  }
  return bytes;
}

Places::Places(std::string_view text) : text_(text), line_begins_{0} {
  for (size_t i = text.find('\n'); i != std::string_view::npos; i = text.find('\n', i + 1)) {
    line_begins_.push_back(i + 1);
  }
}

Place Places::at(size_t offset) {
  offset = std::min(offset, text_.size());
  const auto next = std::upper_bound(line_begins_.begin(), line_begins_.end(), offset);
  const auto line = static_cast<size_t>(next - line_begins_.begin()) - 1;
  if (line != line_ || offset < offset_) {
    line_ = line;
    offset_ = line_begins_[line];
    column_ = 1;
  }
  // A character counts where it begins: the place inside of one is its own.
  for (size_t i = offset_ + 1; i <= offset; ++i) {
    column_ += i < text_.size() && source_text::continues_character(text_[i]) ? 0 : 1;
  }
  offset_ = offset;
  return {.line = line + 1, .column = column_};
}

}  // namespace spillguard::cli
