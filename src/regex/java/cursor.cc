#include "regex/java/cursor.h"

namespace spillguard::regex::java {
namespace {

struct Decoded {
  char32_t c;
  size_t bytes;
};

Decoded decode_utf8(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const char32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const size_t bytes = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t c = lead & (0x7FU >> bytes);
  for (size_t i = 1; i < bytes; ++i) c = (c << 6U) | (byte(i) & 0x3FU);
  return {c, bytes};
}

bool is_comment_space(char32_t c) { return (c >= 0x09 && c <= 0x0D) || c == ' '; }

}  // namespace

Cursor::Cursor(std::string_view pattern, bool literal) {
  bool quoted = literal;
  for (size_t at = 0; at < pattern.size();) {
    const std::string_view rest = pattern.substr(at);
    if (!literal && rest.starts_with(quoted ? "\\E" : "\\Q")) {
      quoted = !quoted;
      at += 2;
      continue;
    }
    const size_t count = !quoted && rest.size() > 1 && rest[0] == '\\' ? 2 : 1;
    for (size_t i = 0; i < count; ++i) {
      const Decoded decoded = decode_utf8(pattern, at);
      units_.push_back(quoted ? decoded.c | kQuoted : decoded.c);
      bytes_.push_back(static_cast<uint32_t>(at));
      at += decoded.bytes;
    }
  }
  length_ = units_.size();
  bytes_.push_back(static_cast<uint32_t>(pattern.size()));
}

size_t Cursor::byte_of(size_t index) const { return bytes_[index < length_ ? index : length_]; }

char32_t Cursor::raw(ptrdiff_t offset) const {
  const ptrdiff_t at = static_cast<ptrdiff_t>(index_) + offset;
  return at >= 0 && at < static_cast<ptrdiff_t>(length_) ? units_[static_cast<size_t>(at)] : 0;
}

bool Cursor::ends_comment(char32_t c) const {
  c &= ~kQuoted;
  if (c == '\n') return true;
  return !flags.unix_lines && (c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029);
}

char32_t Cursor::peek() {
  if (!flags.comments) return raw(0);
  for (;;) {
    while (is_comment_space(raw(0))) ++index_;
    if (raw(0) != '#') return raw(0);
    ++index_;
    while (!at_end() && !ends_comment(raw(0))) ++index_;
  }
}

char32_t Cursor::next() {
  ++index_;
  return peek();
}

char32_t Cursor::next_raw() {
  ++index_;
  return raw(0);
}

char32_t Cursor::skip() {
  const char32_t c = raw(1);
  index_ += 2;
  return c;
}

char32_t Cursor::read() {
  const char32_t c = peek();
  ++index_;
  return c;
}

}  // namespace spillguard::regex::java
