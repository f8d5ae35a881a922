// Text that may be read 64 bytes past its end. Scans take text a vector at a time and so read past
// the end of it: scanned text is a type of its own, and no raw buffer can get in.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace spillguard {

// A view into a PaddedText or a PaddedRow, or a part of one: at least kPadding bytes after it are
// readable. Valid while what it came from lives and is not changed.
class PaddedView {
 public:
  PaddedView() = default;

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] const char* data() const { return text_.data(); }
  [[nodiscard]] size_t size() const { return text_.size(); }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  // A part of this view; what follows a part is the rest of the text or its padding.
  [[nodiscard]] PaddedView subview(size_t offset, size_t length) const {
    SG_CHECK(offset <= text_.size());
    return PaddedView(text_.substr(offset, length));
  }

 private:
  friend class PaddedText;
  friend class PaddedRow;
  explicit PaddedView(std::string_view text) : text_(text) {}
  std::string_view text_;
};

// Owns its bytes and the zero padding behind them. Move-only in spirit; copies copy the text.
class PaddedText {
 public:
  static constexpr size_t kPadding = 64;

  PaddedText() : PaddedText(std::string_view{}) {}
  explicit PaddedText(std::string_view text) {
    buffer_.reserve(text.size() + kPadding);
    buffer_.append(text);
    buffer_.append(kPadding, '\0');
  }
  PaddedText(const PaddedText&) = default;
  PaddedText& operator=(const PaddedText&) = default;
  // What was moved from is an empty text, padding and all.
  PaddedText(PaddedText&& other) noexcept : buffer_(std::exchange(other.buffer_, {})) {}
  PaddedText& operator=(PaddedText&& other) noexcept {
    buffer_ = std::exchange(other.buffer_, {});
    return *this;
  }
  ~PaddedText() = default;
  // Takes the string's buffer; grows it by the padding (which may move it once).
  explicit PaddedText(std::string&& text) : buffer_(std::move(text)) {
    buffer_.append(kPadding, '\0');
  }

  // Takes the string's text and leaves it empty, with the buffer that was here: who fills one after
  // the other needs no memory again.
  void take_in_turn(std::string& text) {
    buffer_.swap(text);
    text.clear();
    buffer_.append(kPadding, '\0');
  }

  [[nodiscard]] size_t size() const { return buffer_.empty() ? 0 : buffer_.size() - kPadding; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] std::string_view text() const {
    return {buffer_.empty() ? kNothing.data() : buffer_.data(), size()};
  }
  [[nodiscard]] PaddedView view() const { return PaddedView(text()); }

 private:
  static constexpr std::array<char, kPadding> kNothing{};
  std::string buffer_;  // empty only when moved from
};

}  // namespace spillguard
