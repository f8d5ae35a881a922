// The next bytes of a value in one piece, so that questions about each of them can be asked of many
// at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace spillguard::detect::generic {

// Up to 64 bytes from the begin of a text on, and zeros.
class ValueBlock {
 public:
  static constexpr size_t kSize = 64;

  explicit ValueBlock(std::string_view text) : size_(text.copy(bytes_.data(), kSize)) {}
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] const char* bytes() const { return bytes_.data(); }
  // A bit for each byte that is of the text.
  [[nodiscard]] uint64_t used() const { return size_ == 0 ? 0 : ~uint64_t{0} >> (kSize - size_); }

#if defined(__SSE2__)
  static constexpr size_t kLanes = 16;
  [[nodiscard]] __m128i lanes(size_t i) const {
    return _mm_load_si128(reinterpret_cast<const __m128i*>(bytes_.data() + i));
  }
#endif

 private:
  alignas(16) std::array<char, kSize> bytes_{};
  size_t size_;
};

#if defined(__SSE2__)
// All bits of the bytes of [low, low + count).
inline __m128i in_range(__m128i bytes, char low, char count) {
  const __m128i from_low = _mm_sub_epi8(bytes, _mm_set1_epi8(low));
  const __m128i most = _mm_set1_epi8(static_cast<char>(count - 1));
  return _mm_cmpeq_epi8(_mm_min_epu8(from_low, most), from_low);
}
#endif

}  // namespace spillguard::detect::generic
