// Whether decoded bytes read as text: UTF-8 without control characters, or UTF-16 of nearly only
// Latin letters. Random bytes fail within a few.
#pragma once

#include <cstddef>
#include <cstdint>

namespace spillguard::detect::decode {

class TextCheck {
 public:
  enum class Kind : uint8_t { kUndecided, kUtf8, kUtf16Little, kUtf16Big };

  // False when the byte can not go on a text; the check is over then.
  bool feed(unsigned char byte) {
    ++fed_;
    if (kind_ == Kind::kUtf8) return feed_utf8(byte, fed_);
    if (kind_ == Kind::kUndecided) return decide(byte);
    return feed_utf16(byte);
  }

  [[nodiscard]] Kind kind() const { return kind_; }
  // Bytes up to the end of the last whole character.
  [[nodiscard]] size_t whole() const { return whole_; }
  // Whether what was fed is a text as a whole: enough of UTF-16 is Latin.
  [[nodiscard]] bool plausible() const {
    return kind_ == Kind::kUtf8 || (kind_ != Kind::kUndecided && foreign_ * 8 <= fed_ / 2);
  }
  // Tab, line feed, carriage return and what is printed, of ASCII.
  static constexpr bool printable(unsigned char byte) {
    return (byte >= 0x20 && byte < 0x7F) || byte == '\t' || byte == '\n' || byte == '\r';
  }

 private:
  // The first two bytes tell: no UTF-8 text of ours holds a NUL or 0xFE or 0xFF.
  bool decide(unsigned char byte) {
    if (fed_ == 1) {
      first_ = byte;
      return printable(byte) || byte == 0 || byte >= 0xC2;
    }
    if ((printable(first_) && byte == 0) || (first_ == 0xFF && byte == 0xFE)) {
      kind_ = Kind::kUtf16Little;
    } else if ((first_ == 0 && printable(byte)) || (first_ == 0xFE && byte == 0xFF)) {
      kind_ = Kind::kUtf16Big;
    } else {
      kind_ = Kind::kUtf8;
      return feed_utf8(first_, 1) && feed_utf8(byte, 2);
    }
    whole_ = 2;
    return true;
  }

  // The shortest form alone, no surrogates, nothing over U+10FFFF.
  bool feed_utf8(unsigned char byte, size_t end) {
    if (wanted_ == 0) {
      if (printable(byte)) {
        whole_ = end;
        return true;
      }
      if (byte < 0xC2 || byte > 0xF4) return false;
      wanted_ = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
      least_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
      most_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
      return true;
    }
    if (byte < least_ || byte > most_) return false;
    least_ = 0x80;
    most_ = 0xBF;
    if (--wanted_ == 0) whole_ = end;
    return true;
  }

  bool feed_utf16(unsigned char byte) {
    if (fed_ % 2 == 1) {
      first_ = byte;
      return true;
    }
    const bool little = kind_ == Kind::kUtf16Little;
    const unsigned char high = little ? byte : first_;
    const unsigned char low = little ? first_ : byte;
    if (high == 0 && !printable(low) && low < 0xA0) return false;
    foreign_ += high != 0 ? 1U : 0U;
    whole_ = fed_;
    return true;
  }

  Kind kind_ = Kind::kUndecided;
  unsigned char first_ = 0;
  uint8_t wanted_ = 0;
  uint8_t least_ = 0x80;
  uint8_t most_ = 0xBF;
  size_t fed_ = 0;
  size_t whole_ = 0;
  size_t foreign_ = 0;
};

}  // namespace spillguard::detect::decode
