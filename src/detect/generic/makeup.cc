#include "detect/generic/makeup.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "detect/generic/characters.h"
#include "detect/generic/value_block.h"

namespace spillguard::detect::generic {
namespace {

// A bit for each byte of a block.
struct ValueKinds {
  uint64_t lower = 0;
  uint64_t upper = 0;
  uint64_t digits = 0;
  uint64_t spaces = 0;
  uint64_t odd = 0;  // signs that names and file names do not have
  [[nodiscard]] uint64_t letters() const { return lower | upper; }
  // Letters behind another that begin a word of a name in camelCase.
  [[nodiscard]] uint64_t humps() const {
    return upper & (letters() << 1U) & ((lower << 1U) | (lower >> 1U));
  }
};

#if defined(__SSE2__)
ValueKinds value_kinds(const ValueBlock& block) {
  ValueKinds kinds;
  for (size_t i = 0; i < block.size(); i += ValueBlock::kLanes) {
    const __m128i here = block.lanes(i);
    const auto is = [&](char c) { return _mm_cmpeq_epi8(here, _mm_set1_epi8(c)); };
    const auto bits = [&](__m128i mask) {
      return uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(mask))} << i;
    };
    const __m128i lower = in_range(here, 'a', 26);
    const __m128i upper = in_range(here, 'A', 26);
    const __m128i digits = in_range(here, '0', 10);
    const __m128i spaces = _mm_or_si128(is(' '), in_range(here, '\t', 5));
    // "-./", ":", ",", "_", "\", and all beyond ASCII.
    const __m128i plain =
        _mm_or_si128(_mm_or_si128(_mm_or_si128(in_range(here, ',', 4), is(':')),
                                  _mm_or_si128(is('_'), is('\\'))),
                     _mm_or_si128(_mm_or_si128(lower, upper), _mm_or_si128(digits, spaces)));
    kinds.lower |= bits(lower);
    kinds.upper |= bits(upper);
    kinds.digits |= bits(digits);
    kinds.spaces |= bits(spaces);
    kinds.odd |= bits(_mm_or_si128(plain, here));
  }
  kinds.odd = ~kinds.odd;
  const uint64_t used = block.used();
  return {kinds.lower & used, kinds.upper & used, kinds.digits & used, kinds.spaces & used,
          kinds.odd & used};
}
#else
ValueKinds value_kinds(const ValueBlock& block) {
  ValueKinds kinds;
  for (size_t i = 0; i < block.size(); ++i) {
    const char c = block.bytes()[i];
    const auto bit = [&](bool yes) { return uint64_t{yes} << i; };
    kinds.lower |= bit(is_lower(c));
    kinds.upper |= bit(is_upper(c));
    kinds.digits |= bit(is_digit(c));
    kinds.spaces |= bit(is_space(c));
    kinds.odd |= bit(static_cast<unsigned char>(c) < 0x80 && !is_alnum(c) && !is_space(c) &&
                     std::string_view("-_./:,\\").find(c) == std::string_view::npos);
  }
  return kinds;
}
#endif

size_t count(uint64_t bits) { return static_cast<size_t>(std::popcount(bits)); }

}  // namespace

// By bits, not by bytes: nobody can tell what the next character of a secret is.
Makeup make_up(std::string_view value) {
  Makeup out;
  // Of the last byte of the block before.
  uint64_t lower_before = 0;
  uint64_t letter_before = 0;
  uint64_t digit_before = 0;
  for (size_t from = 0; from < value.size(); from += ValueBlock::kSize) {
    const ValueKinds kinds = value_kinds(ValueBlock(value.substr(from)));
    const uint64_t letters = kinds.letters();
    const uint64_t behind_lower = kinds.lower << 1U | lower_before;
    const uint64_t behind_letter = letters << 1U | letter_before;
    const uint64_t behind_digit = kinds.digits << 1U | digit_before;
    out.lower += count(kinds.lower);
    out.upper += count(kinds.upper);
    out.digits += count(kinds.digits);
    out.blanks += count(kinds.spaces);
    out.humps += count(kinds.upper & behind_lower);
    out.digit_runs += count(kinds.digits & ~behind_digit);
    out.changes += count((letters & behind_digit) | (kinds.digits & behind_letter));
    out.odd_signs = out.odd_signs || kinds.odd != 0;
    constexpr unsigned kLast = ValueBlock::kSize - 1;
    lower_before = kinds.lower >> kLast;
    letter_before = letters >> kLast;
    digit_before = kinds.digits >> kLast;
  }
  out.signs = value.size() - out.lower - out.upper - out.digits - out.blanks;
  return out;
}

uint64_t long_words(const ValueBlock& block) {
  const ValueKinds kinds = value_kinds(block);
  const uint64_t letters = kinds.letters();
  const uint64_t begins = letters & (~(letters << 1U) | kinds.humps());
  const uint64_t inner = letters & ~begins;
  return begins & (inner >> 1U) & (inner >> 2U);
}

void find_symbols(const ValueBlock& block, LetterSymbols& symbols) {
  const ValueKinds kinds = value_kinds(block);
  const uint64_t letters = kinds.letters();
  symbols.humps = kinds.humps();
  symbols.letters = count(letters);
  symbols.runs = count((letters & ~(letters << 1U)) | symbols.humps);
#if defined(__SSE2__)
  for (size_t i = 0; i < block.size(); i += ValueBlock::kLanes) {
    const __m128i here = block.lanes(i);
    const __m128i is_letter = in_range(_mm_or_si128(here, _mm_set1_epi8(0x20)), 'a', 26);
    _mm_store_si128(reinterpret_cast<__m128i*>(symbols.of_bytes.data() + i),
                    _mm_and_si128(_mm_and_si128(here, _mm_set1_epi8(0x1F)), is_letter));
  }
#else
  for (size_t i = 0; i < block.size(); ++i) {
    const unsigned letter = letters >> i & 1U;
    symbols.of_bytes[i] =
        static_cast<uint8_t>(static_cast<unsigned char>(block.bytes()[i]) & 0x1FU & (0U - letter));
  }
#endif
}

size_t count_distinct(std::string_view value) {
  std::array<uint64_t, 4> seen{};
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    seen.data()[byte / 64] |= uint64_t{1} << (byte % 64U);
  }
  size_t distinct = 0;
  for (const uint64_t bits : seen) distinct += count(bits);
  return distinct;
}

}  // namespace spillguard::detect::generic
