#include "cli/source_text.h"

#include <algorithm>
#include <utility>

#include "base/count_bytes.h"
#include "base/strings.h"

namespace spillguard::cli {
namespace source_text {
namespace {

constexpr size_t kLooked = 8192;

bool has_zeros(std::string_view head) {
  return head.substr(0, kLooked).find('\0') != std::string_view::npos;
}

// Whether bytes without a mark are UTF-16 of mostly Latin text: one byte of each unit is zero in
// most of them, the other byte in none.
bool has_zero_halves(std::string_view head, bool big_endian) {
  constexpr size_t kLeastUnits = 8;
  const std::string_view looked = head.substr(0, kLooked);
  const size_t units = looked.size() / 2;
  if (units < kLeastUnits || (looked.size() < kLooked && looked.size() % 2 != 0)) {
    return false;
  }
  size_t zeros = 0;
  for (size_t i = 0; i < units; ++i) {
    const char high = looked[2 * i + (big_endian ? 0 : 1)];
    const auto low = static_cast<unsigned char>(looked[2 * i + (big_endian ? 1 : 0)]);
    const bool control = low < 0x20 && low != '\t' && low != '\n' && low != '\r';
    if (low == 0 || (high == '\0' && control)) {
      return false;
    }
    zeros += high == '\0' ? 1 : 0;
  }
  return zeros * 4 >= units * 3;
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

constexpr size_t kBlock = 4096;  // bytes between two counts of lines

uint64_t line_ends(std::string_view text) { return count_byte(text, '\n'); }

// Appends the characters of whole units and gives the bytes that it took. `more`: a surrogate at
// the end may find its other half in what follows.
size_t append_utf16(std::string_view bytes, bool big_endian, bool more, std::string& out) {
  const auto unit = [&](size_t i) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<char32_t>(big_endian ? first << 8U | second : second << 8U | first);
  };
  size_t i = 0;
  for (; i + 1 < bytes.size(); i += 2) {
    char32_t character = unit(i);
    if (character >= 0xD800 && character < 0xDC00) {
      if (i + 3 < bytes.size()) {
        const char32_t low = unit(i + 2);
        if (low >= 0xDC00 && low < 0xE000) {
          character = 0x10000 + ((character - 0xD800) << 10U) + (low - 0xDC00);
          i += 2;
        }
      } else if (more) {
        break;
      }
    }
    append_utf8(out, character);
  }
  return i;
}

}  // namespace
}  // namespace source_text

std::optional<std::string> to_text(std::string bytes) {
  const bool marked = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF") ||
                      bytes.starts_with("\xEF\xBB\xBF");
  if (!marked && !source_text::has_zeros(bytes)) {
    return bytes;
  }
  std::string text;
  text.reserve(bytes.size());
  TextStream stream;
  if (!stream.begin(bytes, text)) {
    return std::nullopt;
  }
  stream.finish(text);
  return text;
}

bool TextStream::begin(std::string_view head, std::string& text) {
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) {
    form_ = head[0] == '\xFE' ? Form::kUtf16Big : Form::kUtf16Little;
    head.remove_prefix(2);
  } else if (source_text::has_zeros(head)) {
    if (source_text::has_zero_halves(head, false)) {
      form_ = Form::kUtf16Little;
    } else if (source_text::has_zero_halves(head, true)) {
      form_ = Form::kUtf16Big;
    } else {
      return false;  // a binary
    }
  } else if (head.starts_with("\xEF\xBB\xBF")) {
    head.remove_prefix(3);
  }
  add(head, text);
  return true;
}

void TextStream::add(std::string_view bytes, std::string& text) {
  if (form_ == Form::kBytes) {
    text += bytes;
    return;
  }
  begun_ += bytes;
  begun_.erase(0, source_text::append_utf16(begun_, form_ == Form::kUtf16Big, true, text));
}

void TextStream::finish(std::string& text) {
  (void)source_text::append_utf16(begun_, form_ == Form::kUtf16Big, false, text);
  begun_.clear();
}

Places::Places(std::string_view text, Place start) : text_(text), start_(start) {
  lines_before_.reserve(text.size() / source_text::kBlock + 1);
  uint64_t lines = 0;
  for (size_t at = 0; at <= text.size(); at += source_text::kBlock) {
    lines_before_.push_back(lines);
    lines += source_text::line_ends(text.substr(at, source_text::kBlock));
  }
  column_ = start.column;
}

Place Places::at(size_t offset) {
  offset = std::min(offset, text_.size());
  const size_t block = offset / source_text::kBlock;
  const size_t block_begin = block * source_text::kBlock;
  const uint64_t line = lines_before_[block] +
                        source_text::line_ends(text_.substr(block_begin, offset - block_begin));
  if (line != line_ || offset < offset_) {
    const size_t newline = offset == 0 ? std::string_view::npos : text_.rfind('\n', offset - 1);
    line_ = line;
    offset_ = newline == std::string_view::npos ? 0 : newline + 1;
    column_ = line == 0 ? start_.column : 1;
  }
  // A character counts where it begins: the place inside of one is its own.
  if (offset > offset_) {
    const std::string_view on = text_.substr(offset_ + 1, offset - offset_);
    column_ += offset - offset_ - count_bytes(on, source_text::continues_character);
  }
  offset_ = offset;
  return {.line = start_.line + line, .column = column_};
}

}  // namespace spillguard::cli
