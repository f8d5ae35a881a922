#include "detect/generic/name_parts.h"

#include <bit>

#include "detect/generic/characters.h"
#include "detect/generic/kinds.h"

namespace spillguard::detect::generic {
namespace {

// A bit for each byte of a block.
struct NameKinds {
  uint64_t lower = 0;
  uint64_t upper = 0;
  uint64_t digits = 0;
  uint64_t joints = 0;
  uint64_t wide = 0;
};

NameKinds name_kinds(const ValueBlock& block) {
  NameKinds kinds;
#if defined(__SSE2__)
  for (size_t i = 0; i < block.size(); i += ValueBlock::kLanes) {
    const __m128i here = block.lanes(i);
    const auto is = [&](char c) { return _mm_cmpeq_epi8(here, _mm_set1_epi8(c)); };
    const auto bits = [&](__m128i mask) {
      return uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(mask))} << i;
    };
    kinds.lower |= bits(in_range(here, 'a', 26));
    kinds.upper |= bits(in_range(here, 'A', 26));
    kinds.digits |= bits(in_range(here, '0', 10));
    kinds.joints |= bits(_mm_or_si128(is('_'), in_range(here, '-', 2)));
    kinds.wide |= bits(here);
  }
#else
  for (size_t i = 0; i < block.size(); ++i) {
    const uint16_t kind = kind_of(block.bytes()[i]);
    const auto bit = [&](uint16_t of) { return uint64_t{(kind & of) != 0} << i; };
    kinds.lower |= bit(kLowerKind);
    kinds.upper |= bit(kUpperKind);
    kinds.digits |= bit(kDigitKind);
    kinds.joints |= bit(kUnderscoreKind | kJoinKind);
    kinds.wide |= bit(kWideKind);
  }
#endif
  return kinds;
}

}  // namespace

void write_lower(std::string_view from, char* to) {
#if defined(__SSE2__)
  if (from.size() <= ValueBlock::kSize) {
    const ValueBlock block(from);
    __m128i last = _mm_setzero_si128();
    for (size_t i = 0; i < block.size(); i += ValueBlock::kLanes) {
      const __m128i here = block.lanes(i);
      const __m128i before = _mm_or_si128(_mm_slli_si128(here, 1), _mm_srli_si128(last, 15));
      // À … Þ in UTF-8.
      const __m128i wide = _mm_and_si128(_mm_cmpeq_epi8(before, _mm_set1_epi8('\xC3')),
                                         in_range(here, '\x80', 0x1F));
      const __m128i upper = _mm_or_si128(in_range(here, 'A', 26), wide);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i),
                       _mm_or_si128(here, _mm_and_si128(upper, _mm_set1_epi8(0x20))));
      last = here;
    }
    return;
  }
#endif
  char before = '\0';
  for (size_t i = 0; i < from.size(); ++i) {
    const char c = kLower[static_cast<unsigned char>(from[i])];
    const bool wide_upper =
        before == '\xC3' && static_cast<unsigned char>(c) >= 0x80 && c <= '\x9E';
    to[i] = wide_upper ? static_cast<char>(c + 0x20) : c;
    before = c;
  }
}

Cuts cuts_of(const ValueBlock& name) {
  const NameKinds kinds = name_kinds(name);
  const uint64_t hump = kinds.upper & ~(kinds.upper << 1U) & ~(kinds.wide << 1U);
  // The last capital of a row, before two small letters or the last of a name.
  const uint64_t small_behind = kinds.lower >> 1U;
  const uint64_t two_behind = ((kinds.lower | ~name.used()) >> 2U) | (~uint64_t{0} << 62U);
  const uint64_t new_word = kinds.upper & (kinds.upper << 1U) & small_behind & two_behind;
  const uint64_t digits = kinds.digits ^ (kinds.digits << 1U);
  const uint64_t inside = ~kinds.joints & ~(kinds.joints << 1U) & name.used() & ~uint64_t{1};
  return {.begins = (hump | new_word | digits) & inside, .joints = kinds.joints};
}

Parts::Parts(std::string_view text, Span run) : run_(run) {
  if (run.size() > ValueBlock::kSize) {
    cut_long(text);
    return;
  }
  const Cuts cuts = cuts_of(ValueBlock({text.data() + run.begin, run.size()}));
  size_t begin = 0;
  for (uint64_t left = cuts.begins | cuts.joints; left != 0; left &= left - 1) {
    const auto at = static_cast<size_t>(std::countr_zero(left));
    add(begin, at);
    begin = at + (cuts.joints >> at & 1U);
  }
  add(begin, run.size());
}

void Parts::cut_long(std::string_view text) {
  const auto kind_at = [&](size_t i) { return kind_of(text.data()[run_.begin + i]); };
  size_t begin = 0;
  uint16_t before = 0;
  for (size_t i = 0; i < run_.size(); ++i) {
    const uint16_t kind = kind_at(i);
    if (kind == before && (kind & (kLowerKind | kDigitKind | kWideKind)) != 0) continue;
    if ((kind & (kUnderscoreKind | kJoinKind)) != 0) {
      add(begin, i);
      begin = i + 1;
    } else if (i > begin) {
      const bool upper = (kind & kUpperKind) != 0;
      const bool hump = upper && (before & (kUpperKind | kWideKind)) == 0;
      const bool new_word = upper && (before & kUpperKind) != 0 && i + 1 < run_.size() &&
                            (kind_at(i + 1) & kLowerKind) != 0 &&
                            (i + 2 >= run_.size() || (kind_at(i + 2) & kLowerKind) != 0);
      if (hump || new_word || ((kind ^ before) & kDigitKind) != 0) {
        add(begin, i);
        begin = i;
      }
    }
    before = kind;
  }
  add(begin, run_.size());
}

}  // namespace spillguard::detect::generic
