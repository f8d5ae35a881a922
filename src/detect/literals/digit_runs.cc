#include "detect/literals/digit_runs.h"

#include <immintrin.h>

#include <algorithm>
#include <bit>

namespace spillguard::detect {
namespace digit_runs {

constexpr size_t kBlock = 64;
constexpr size_t kStep = 56;  // places that are told by one block,
constexpr size_t kSeen = 8;   // and bytes from each of them on that are looked at
static_assert(kStep + kSeen <= kBlock);

bool is_digit(char c) { return c >= '0' && c <= '9'; }

uint64_t digits_of(const char* block) {
  uint64_t digits = 0;
  for (size_t i = 0; i < kBlock; ++i) digits |= static_cast<uint64_t>(is_digit(block[i])) << i;
  return digits;
}

__attribute__((target("avx2"), always_inline)) inline uint64_t half_of(const char* half) {
  // The ten digits become the lowest numbers there are.
  const __m256i chars = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(half));
  const __m256i moved = _mm256_add_epi8(chars, _mm256_set1_epi8(0x80 - '0'));
  const __m256i digits = _mm256_cmpgt_epi8(_mm256_set1_epi8(INT8_MIN + 10), moved);
  return static_cast<uint32_t>(_mm256_movemask_epi8(digits));
}

__attribute__((target("avx2"), always_inline)) inline uint64_t digits_by_avx2(const char* block) {
  constexpr size_t kHalf = kBlock / 2;
  return half_of(block) | half_of(block + kHalf) << kHalf;
}

[[gnu::always_inline]] inline uint64_t runs_in(uint64_t digits,
                                               const std::array<uint8_t, 6>& digits_at) {
  uint64_t runs = digits & ((uint64_t{1} << kStep) - 1);
  for (const uint8_t at : digits_at) runs &= digits >> at;
  return runs;
}

void write(uint64_t runs, size_t block, size_t bytes, std::vector<uint32_t>& places) {
  for (; runs != 0; runs &= runs - 1) {
    const size_t place = block + static_cast<size_t>(std::countr_zero(runs));
    if (place < bytes) places.push_back(static_cast<uint32_t>(place));
  }
}

__attribute__((target("avx2"))) void find_by_avx2(const char* text, size_t bytes,
                                                  const std::array<uint8_t, 6>& digits_at,
                                                  std::vector<uint32_t>& places) {
  for (size_t block = 0; block < bytes; block += kStep) {
    const uint64_t runs = runs_in(digits_by_avx2(text + block), digits_at);
    if (runs != 0) [[unlikely]] {
      write(runs, block, bytes, places);
    }
  }
}

}  // namespace digit_runs

bool DigitRuns::serves(const Literal& literal) {
  return literal.any_digit &&
         std::all_of(literal.bytes.begin(), literal.bytes.end(), digit_runs::is_digit);
}

DigitRuns::DigitRuns(const Literal& literal) {
  const ClassSet digits = ClassSet{1} << kDigitClass;
  const size_t length = literal.bytes.size();
  size_t count = 0;
  for (size_t at = 1; at < digit_runs::kSeen && count < digits_at_.size(); ++at) {
    const bool is_digit = at < length || (at - length < literal.after.size() &&
                                          (literal.after[at - length] & ~digits) == 0);
    if (is_digit) digits_at_[count++] = static_cast<uint8_t>(at);
  }
}

void DigitRuns::find(PaddedView text, size_t from, size_t bytes, std::vector<uint32_t>& places,
                     bool portable) const {
  static const bool kHasVectors = __builtin_cpu_supports("avx2") != 0;
  static_assert(digit_runs::kBlock - 1 <= PaddedText::kPadding);
  const char* const begin = text.data() + from;
  if (kHasVectors && !portable) {
    digit_runs::find_by_avx2(begin, bytes, digits_at_, places);
    return;
  }
  for (size_t block = 0; block < bytes; block += digit_runs::kStep) {
    const uint64_t digits = digit_runs::digits_of(begin + block);
    digit_runs::write(digit_runs::runs_in(digits, digits_at_), block, bytes, places);
  }
}

}  // namespace spillguard::detect
