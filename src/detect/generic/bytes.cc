#include "detect/generic/bytes.h"

#include <algorithm>

#include "detect/generic/value_block.h"

#if defined(__SSE2__)
#include <emmintrin.h>

#include <bit>
#endif

namespace spillguard::detect::generic {
namespace {

enum class Ends : uint8_t { kLines, kCells, kTags };

template <Ends kEnds>
bool is_end(char c) {
  if constexpr (kEnds == Ends::kTags) return c == '<' || c == '>' || c == '\n';
  return is_kind(c, kEnds == Ends::kLines ? kLineEndKind : kLineEndKind | kDividerKind);
}

#if defined(__SSE2__)
constexpr size_t kVector = 16;

// A bit for each of the bytes from an offset on that ends a line, a cell or a tag.
template <Ends kEnds>
uint32_t ends_at(std::string_view text, size_t offset) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + offset));
  if constexpr (kEnds == Ends::kTags) {
    const __m128i tags = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('<')),
                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8('>')));
    const __m128i lines = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'));
    return static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(tags, lines)));
  }
  __m128i ends = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')),
                                           _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r'))),
                              _mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
  if constexpr (kEnds == Ends::kCells) {
    ends = _mm_or_si128(ends, _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')),
                                           _mm_cmpeq_epi8(bytes, _mm_set1_epi8('|'))));
  }
  return static_cast<uint32_t>(_mm_movemask_epi8(ends));
}

// A bit for each of the bytes from an offset on that is of kWordKind.
uint32_t words_at(std::string_view text, size_t offset) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + offset));
  const __m128i letters = in_range(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 26);
  const __m128i others =
      _mm_or_si128(in_range(bytes, '0', 10), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')));
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(letters, others)));
}

// A bit for each of the bytes that is of kBreakKind.
uint64_t breaks_at(std::string_view text, size_t offset) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + offset));
  const auto is = [&](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
  const __m128i gaps = _mm_or_si128(_mm_or_si128(_mm_or_si128(is(' '), is('\t')), is('\0')),
                                    _mm_or_si128(is('\n'), is('\r')));
  const __m128i ties = _mm_or_si128(_mm_or_si128(is(':'), is('=')), is('|'));
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(gaps, ties)));
}
#endif

template <Ends kEnds>
size_t find_end(std::string_view text, size_t from, size_t end) {
#if defined(__SSE2__)
  while (from < end && text.size() - from >= kVector) {
    if (const uint32_t ends = ends_at<kEnds>(text, from); ends != 0) {
      return std::min(end, from + static_cast<size_t>(std::countr_zero(ends)));
    }
    from += kVector;
  }
  from = std::min(from, end);
#endif
  while (from < end && !is_end<kEnds>(text[from])) ++from;
  return from;
}

template <Ends kEnds>
size_t find_begin(std::string_view text, size_t begin, size_t from) {
#if defined(__SSE2__)
  while (from - begin >= kVector) {
    if (const uint32_t ends = ends_at<kEnds>(text, from - kVector); ends != 0) {
      return from - kVector + static_cast<size_t>(std::bit_width(ends));
    }
    from -= kVector;
  }
#endif
  while (from > begin && !is_end<kEnds>(text[from - 1])) --from;
  return from;
}

}  // namespace

size_t find_line_end(std::string_view text, size_t from, size_t end) {
  return find_end<Ends::kLines>(text, from, end);
}
size_t find_cell_end(std::string_view text, size_t from, size_t end) {
  return find_end<Ends::kCells>(text, from, end);
}
size_t find_line_begin(std::string_view text, size_t begin, size_t from) {
  return find_begin<Ends::kLines>(text, begin, from);
}
size_t find_cell_begin(std::string_view text, size_t begin, size_t from) {
  return find_begin<Ends::kCells>(text, begin, from);
}

size_t find_tag_begin(std::string_view text, size_t begin, size_t from) {
  return find_begin<Ends::kTags>(text, begin, from);
}

size_t find_word_end(std::string_view text, size_t from, size_t end) {
#if defined(__SSE2__)
  constexpr uint32_t kAll = (uint32_t{1} << kVector) - 1;
  while (from < end && text.size() - from >= kVector) {
    if (const uint32_t others = ~words_at(text, from) & kAll; others != 0) {
      return std::min(end, from + static_cast<size_t>(std::countr_zero(others)));
    }
    from += kVector;
  }
  from = std::min(from, end);
#endif
  while (from < end && is_kind(text[from], kWordKind)) ++from;
  return from;
}

size_t find_word_begin(std::string_view text, size_t begin, size_t from) {
#if defined(__SSE2__)
  constexpr uint32_t kAll = (uint32_t{1} << kVector) - 1;
  while (from >= kVector && from > begin) {
    if (const uint32_t others = ~words_at(text, from - kVector) & kAll; others != 0) {
      return std::max(begin, from - kVector + static_cast<size_t>(std::bit_width(others)));
    }
    from -= kVector;
  }
  from = std::max(from, begin);
#endif
  while (from > begin && is_kind(text[from - 1], kWordKind)) --from;
  return from;
}

uint64_t find_breaks(std::string_view text, size_t offset) {
  constexpr size_t kBits = 64;
  uint64_t breaks = 0;
  size_t bit = 0;
#if defined(__SSE2__)
  for (; bit < kBits && text.size() >= offset + bit + kVector; bit += kVector) {
    breaks |= breaks_at(text, offset + bit) << bit;
  }
#endif
  for (; bit < kBits; ++bit) {
    breaks |= uint64_t{is_kind(at(text, offset + bit), kBreakKind)} << bit;
  }
  return breaks;
}

uint64_t find_byte(std::string_view text, size_t offset, char byte) {
  constexpr size_t kBits = 64;
  uint64_t found = 0;
  size_t bit = 0;
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8(byte);
  for (; bit < kBits && text.size() >= offset + bit + kVector; bit += kVector) {
    const __m128i bytes =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + offset + bit));
    found |= uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)))}
             << bit;
  }
#endif
  for (; bit < kBits && offset + bit < text.size(); ++bit) {
    found |= uint64_t{text[offset + bit] == byte} << bit;
  }
  return found;
}

bool is_wide_letter(std::string_view text, size_t offset) {
  // The lead byte of the character that the byte belongs to.
  size_t begin = offset;
  while (begin > 0 && offset - begin < 3 &&
         (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) {
    --begin;
  }
  const auto lead = static_cast<unsigned char>(text[begin]);
  const auto next = static_cast<unsigned char>(at(text, begin + 1));
  if (lead < 0xC3) return false;                   // no-break blank, « » and the like; no UTF-8
  if (lead == 0xE2 && next <= 0xAF) return false;  // dashes, quotes, arrows, boxes
  if (lead == 0xE3 && next == 0x80) return false;  // ideographic marks
  if (lead == 0xEF && next >= 0xBB) return false;  // byte order mark, full-width marks
  return lead < 0xF0;                              // pictures are no letters
}

size_t skip_space(std::string_view text, size_t from, size_t limit) {
  const size_t end = std::min(text.size(), from + limit);
  while (from < end && is_gap(text[from])) ++from;
  return from;
}

size_t line_end(std::string_view text, size_t from, size_t limit) {
  const size_t end = std::min(text.size(), from + limit);
  return from < end ? find_line_end(text, from, end) : from;
}

Span line_around(std::string_view text, size_t offset) {
  const size_t first = offset - std::min(offset, kReach);
  return {find_line_begin(text, first, offset), line_end(text, offset)};
}

bool matches_lower(std::string_view text, size_t offset, std::string_view lower_case) {
  if (text.size() - offset < lower_case.size()) return false;
  return std::equal(lower_case.begin(), lower_case.end(),
                    text.begin() + static_cast<std::ptrdiff_t>(offset),
                    [](char expected, char c) { return expected == lower(c); });
}

}  // namespace spillguard::detect::generic
