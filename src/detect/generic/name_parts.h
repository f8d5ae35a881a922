// The words that a name is made of.
// Thread-safety: pure functions; objects are immutable but for join().
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/span.h"
#include "detect/generic/value_block.h"

namespace spillguard::detect::generic {

inline constexpr size_t kMaxParts = 20;
inline constexpr size_t kMaxPart = 40;  // bytes of a part that are looked at

// Writes bytes in lower case, of ASCII and of Latin-1's letters in UTF-8. Up to 15 more are written
// behind the last.
void write_lower(std::string_view from, char* to);

// The bytes of a text from an offset on in lower case.
template <size_t kSize>
class LowerBytes {
 public:
  LowerBytes(std::string_view text, Span span) : size_(std::min(span.size(), kSize)) {
    write_lower({text.data() + span.begin, size_}, bytes_.data());
  }
  [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }
  [[nodiscard]] std::string_view view(size_t begin, size_t size) const {
    return {bytes_.data() + begin, size};
  }

 private:
  std::array<char, kSize + 15> bytes_;
  size_t size_;
};

// A bit for each of up to 64 bytes of a name: where a word may begin at a hump of camelCase or
// beside digits, and which bytes stand between words.
struct Cuts {
  uint64_t begins = 0;
  uint64_t joints = 0;
};
Cuts cuts_of(const ValueBlock& name);

// The words of a run, cut at separators, at humps of camelCase and around digits. A run has up to
// 255 bytes.
class Parts {
 public:
  Parts(std::string_view text, Span run);

  [[nodiscard]] size_t count() const { return count_; }
  [[nodiscard]] Span operator[](size_t i) const {
    return {run_.begin + begins_[i], run_.begin + ends_[i]};
  }
  // The text of a part, of the run's bytes.
  template <size_t kSize>
  [[nodiscard]] std::string_view of(const LowerBytes<kSize>& bytes, size_t i) const {
    return bytes.view(begins_[i], std::min<size_t>(ends_[i] - begins_[i], kMaxPart));
  }
  // Makes one part of a part and the next.
  void join(size_t i) {
    ends_[i] = ends_[i + 1];
    for (size_t k = i + 1; k + 1 < count_; ++k) {
      begins_[k] = begins_[k + 1];
      ends_[k] = ends_[k + 1];
    }
    --count_;
  }

 private:
  void cut_long(std::string_view text);
  // Offsets in the run.
  void add(size_t begin, size_t end) {
    if (begin >= end || count_ == kMaxParts) return;
    begins_[count_] = static_cast<uint8_t>(begin);
    ends_[count_++] = static_cast<uint8_t>(end);
  }

  Span run_;
  std::array<uint8_t, kMaxParts> begins_;
  std::array<uint8_t, kMaxParts> ends_;
  size_t count_ = 0;
};

}  // namespace spillguard::detect::generic
