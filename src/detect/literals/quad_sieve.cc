#include "detect/literals/quad_sieve.h"

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace spillguard::detect {
namespace quad_sieve {

constexpr size_t kVector = 32;  // bytes of text whose quads are hashed at once
constexpr size_t kBlock = 64;   // places that are tested at once
constexpr size_t kAtOnce = 8;   // looks into the table in a row
constexpr auto kFirstFold = static_cast<uint16_t>(kQuadFold);
constexpr auto kLastFold = static_cast<uint16_t>(kQuadFold >> 16U);

// What is read behind the text is not of it, but it may be looked at: a literal that needs it does
// not pass the comparison that follows.
void hash_quads(const char* text, size_t bytes, const QuadHash& hash, uint16_t* indexes,
                uint8_t* wanted) {
  for (size_t i = 0; i < bytes; i += 2) {
    uint32_t quad = 0;
    std::memcpy(&quad, text + i, sizeof quad);
    quad |= kQuadFold;
    indexes[i / 2] = static_cast<uint16_t>(hash.index(quad));
    wanted[i / 2] = hash.bits(quad);
  }
}

__attribute__((target("avx2"))) void hash_by_avx2(const char* text, size_t bytes,
                                                  const QuadHash& hash, uint16_t* indexes,
                                                  uint8_t* wanted) {
  const __m256i first_fold = _mm256_set1_epi16(static_cast<int16_t>(kFirstFold));
  const __m256i last_fold = _mm256_set1_epi16(static_cast<int16_t>(kLastFold));
  const __m256i first = _mm256_set1_epi16(static_cast<int16_t>(hash.first));
  const __m256i last = _mm256_set1_epi16(static_cast<int16_t>(hash.last));
  const __m256i both = _mm256_set1_epi16(static_cast<int16_t>(hash.both));
  const __m128i patterns =
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(QuadHash::kPatterns.data()));
  for (size_t i = 0; i < bytes; i += kVector) {
    const __m256i begin =
        _mm256_or_si256(first_fold, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + i)));
    const __m256i end = _mm256_or_si256(
        last_fold, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + i + 2)));
    const __m256i index =
        _mm256_add_epi16(_mm256_mullo_epi16(begin, first), _mm256_mullo_epi16(end, last));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(indexes + i / 2),
                        _mm256_srli_epi16(index, 16 - QuadHash::kIndexBits));
    const __m256i sum = _mm256_add_epi16(_mm256_add_epi16(begin, end), _mm256_add_epi16(end, end));
    const __m256i bits =
        _mm256_srli_epi16(_mm256_mullo_epi16(sum, both), 16 - QuadHash::kPatternBits);
    const __m128i packed =
        _mm_packus_epi16(_mm256_castsi256_si128(bits), _mm256_extracti128_si256(bits, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(wanted + i / 2),
                     _mm_shuffle_epi8(patterns, packed));
  }
}

// A processor gathers no faster than this, and some much slower.
void look_up(const uint16_t* indexes, size_t places, const uint8_t* table, uint8_t* found) {
  for (size_t i = 0; i < places; i += kAtOnce) {
    for (size_t j = 0; j < kAtOnce; ++j) found[i + j] = table[indexes[i + j]];
  }
}

uint64_t passed(const uint8_t* found, const uint8_t* wanted) {
  uint64_t places = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    places |= static_cast<uint64_t>((found[i] & wanted[i]) == wanted[i]) << i;
  }
  return places;
}

__attribute__((target("avx2"), always_inline)) inline uint64_t passed_half(const uint8_t* found,
                                                                           const uint8_t* wanted) {
  const __m256i bits = _mm256_load_si256(reinterpret_cast<const __m256i*>(wanted));
  const __m256i both =
      _mm256_and_si256(bits, _mm256_load_si256(reinterpret_cast<const __m256i*>(found)));
  return static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(both, bits)));
}

// Writes down the places of a block.
uint16_t* write_places(uint64_t places, size_t block, uint16_t* out) {
  for (; places != 0; places &= places - 1) {
    *out++ = static_cast<uint16_t>(block + static_cast<size_t>(std::countr_zero(places)));
  }
  return out;
}

// Most blocks have a few: so many are written at any rate, for nobody could tell how many they are.
__attribute__((target("avx2,bmi,popcnt"), always_inline)) inline uint16_t* write_places_by_bmi(
    uint64_t places, size_t block, uint16_t* out) {
  constexpr size_t kFew = 6;
  const auto count = static_cast<size_t>(_mm_popcnt_u64(places));
  for (size_t i = 0; i < kFew; ++i) {
    out[i] = static_cast<uint16_t>(block + _tzcnt_u64(places));
    places = _blsr_u64(places);
  }
  if (count > kFew) [[unlikely]] {
    write_places(places, block, out + kFew);
  }
  return out + count;
}

// What stands behind the last place of a block that is not full is old.
[[gnu::always_inline]] inline uint64_t inside(size_t block, size_t places) {
  return places - block >= kBlock ? ~uint64_t{0} : (uint64_t{1} << (places - block)) - 1;
}

uint16_t* all_places(const uint8_t* found, const uint8_t* wanted, size_t places, uint16_t* out) {
  for (size_t block = 0; block < places; block += kBlock) {
    out = write_places(passed(found + block, wanted + block) & inside(block, places), block, out);
  }
  return out;
}

__attribute__((target("avx2,bmi,popcnt"))) uint16_t* all_places_by_avx2(const uint8_t* found,
                                                                        const uint8_t* wanted,
                                                                        size_t places,
                                                                        uint16_t* out) {
  for (size_t block = 0; block < places; block += kBlock) {
    constexpr size_t kHalf = kBlock / 2;
    const uint64_t places_passed = passed_half(found + block, wanted + block) |
                                   passed_half(found + block + kHalf, wanted + block + kHalf)
                                       << kHalf;
    out = write_places_by_bmi(places_passed & inside(block, places), block, out);
  }
  return out;
}

// Has the memory bring what the next call will look at. (What stands behind the text does not
// matter: nothing is read.)
void fetch(PaddedView text, size_t from) {
  constexpr size_t kLine = 64;
  const size_t end = std::min(text.size(), from + SieveScratch::kStretch);
  for (size_t at = from; at < end; at += kLine) __builtin_prefetch(text.data() + at);
}

bool has_vectors() {
  static const bool kHas = __builtin_cpu_supports("avx2") != 0 &&
                           __builtin_cpu_supports("bmi") != 0 &&
                           __builtin_cpu_supports("popcnt") != 0;
  return kHas;
}

}  // namespace quad_sieve

void QuadSieve::look(PaddedView text, size_t from, size_t bytes, SieveScratch& scratch,
                     bool portable) const {
  SG_CHECK(from % 2 == 0 && bytes <= SieveScratch::kStretch && bytes <= text.size() - from);
  static_assert(quad_sieve::kVector + 1 + 2 <= PaddedText::kPadding);
  const bool vectors = !portable && quad_sieve::has_vectors();
  const char* const begin = text.data() + from;
  quad_sieve::fetch(text, from == 0 ? 0 : from + bytes);

  uint16_t* const indexes = scratch.indexes.data();
  uint8_t* const wanted = scratch.wanted.data();
  uint8_t* const found = scratch.found.data();
  if (vectors) {
    quad_sieve::hash_by_avx2(begin, bytes, hash_, indexes, wanted);
  } else {
    quad_sieve::hash_quads(begin, bytes, hash_, indexes, wanted);
  }
  const size_t places = (bytes + 1) / 2;
  quad_sieve::look_up(indexes, places, table_.data(), found);
  uint16_t* const out = scratch.places.data();
  const uint16_t* const end = vectors ? quad_sieve::all_places_by_avx2(found, wanted, places, out)
                                      : quad_sieve::all_places(found, wanted, places, out);
  scratch.count = static_cast<size_t>(end - out);
}

}  // namespace spillguard::detect
