#include "detect/literals/byte_pairs.h"

#include <immintrin.h>

#include <algorithm>
#include <bit>

namespace spillguard::detect {
namespace byte_pairs {

constexpr size_t kBlock = 32;
constexpr unsigned kGroups = 8;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

uint8_t groups_at(const BytePairs::Halves& halves, char c) {
  const auto byte = static_cast<unsigned char>(c);
  return halves.lower[byte % 16] & halves.upper[byte / 16];
}

uint32_t block_of(const char* text, const std::array<BytePairs::Halves, 2>& halves) {
  uint32_t places = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    const bool both = (groups_at(halves[0], text[i]) & groups_at(halves[1], text[i + 1])) != 0;
    places |= static_cast<uint32_t>(both) << i;
  }
  return places;
}

void find(const char* text, size_t bytes, const std::array<BytePairs::Halves, 2>& halves,
          std::vector<uint32_t>& places) {
  for (size_t block = 0; block < bytes; block += kBlock) {
    for (uint32_t left = block_of(text + block, halves); left != 0; left &= left - 1) {
      places.push_back(static_cast<uint32_t>(block) +
                       static_cast<uint32_t>(std::countr_zero(left)));
    }
  }
}

__attribute__((target("avx2"), always_inline)) inline __m256i table(
    const std::array<uint8_t, 16>& bytes) {
  return _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data())));
}

__attribute__((target("avx2"))) void find_by_avx2(const char* text, size_t bytes,
                                                  const std::array<BytePairs::Halves, 2>& halves,
                                                  std::vector<uint32_t>& places) {
  const __m256i half = _mm256_set1_epi8(0x0F);
  const __m256i first_lower = table(halves[0].lower);
  const __m256i first_upper = table(halves[0].upper);
  const __m256i second_lower = table(halves[1].lower);
  const __m256i second_upper = table(halves[1].upper);
  for (size_t block = 0; block < bytes; block += kBlock) {
    const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + block));
    const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + block + 1));
    const auto lower_of = [&](__m256i chars) __attribute__((target("avx2"), always_inline)) {
      return _mm256_and_si256(chars, half);
    };
    const auto upper_of = [&](__m256i chars) __attribute__((target("avx2"), always_inline)) {
      return _mm256_and_si256(_mm256_srli_epi16(chars, 4), half);
    };
    const __m256i groups =
        _mm256_and_si256(_mm256_and_si256(_mm256_shuffle_epi8(first_lower, lower_of(first)),
                                          _mm256_shuffle_epi8(first_upper, upper_of(first))),
                         _mm256_and_si256(_mm256_shuffle_epi8(second_lower, lower_of(second)),
                                          _mm256_shuffle_epi8(second_upper, upper_of(second))));
    if (_mm256_testz_si256(groups, groups) != 0) [[likely]] {
      continue;
    }
    const __m256i none = _mm256_cmpeq_epi8(groups, _mm256_setzero_si256());
    for (uint32_t left = ~static_cast<uint32_t>(_mm256_movemask_epi8(none)); left != 0;
         left &= left - 1) {
      places.push_back(static_cast<uint32_t>(block) +
                       static_cast<uint32_t>(std::countr_zero(left)));
    }
  }
}

}  // namespace byte_pairs

// Those that begin alike are in a group, as far as there are groups.
void BytePairs::add(const Literal& literal) {
  const auto group = static_cast<uint8_t>(
      1U << (static_cast<unsigned char>(literal.bytes.front()) % byte_pairs::kGroups));
  for (size_t i = 0; i < halves_.size(); ++i) {
    const char c = literal.bytes[i];
    const auto add_byte = [&](char byte) {
      halves_[i].lower[static_cast<unsigned char>(byte) % 16] |= group;
      halves_[i].upper[static_cast<unsigned char>(byte) / 16] |= group;
    };
    add_byte(c);
    if (literal.ignore_case && byte_pairs::is_letter(c)) add_byte(static_cast<char>(c ^ 0x20));
  }
}

void BytePairs::find(PaddedView text, size_t from, size_t bytes, std::vector<uint32_t>& places,
                     bool portable) const {
  static const bool kHasVectors = __builtin_cpu_supports("avx2") != 0;
  static_assert(byte_pairs::kBlock + 1 <= PaddedText::kPadding);
  const size_t before = places.size();
  if (kHasVectors && !portable) {
    byte_pairs::find_by_avx2(text.data() + from, bytes, halves_, places);
  } else {
    byte_pairs::find(text.data() + from, bytes, halves_, places);
  }
  // What a block has behind the stretch is found again, or is no text.
  while (places.size() > before && places.back() >= bytes) places.pop_back();
}

}  // namespace spillguard::detect
