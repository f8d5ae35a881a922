#include "detect/literals/quad_sieve.h"

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace spillguard::detect {
namespace quad_sieve {

constexpr size_t kHashed = 16;          // quads that are hashed at once
constexpr size_t kBlock = 4 * kHashed;  // places that are tested at once
constexpr auto kFirstFold = static_cast<uint16_t>(kQuadFold);
constexpr auto kLastFold = static_cast<uint16_t>(kQuadFold >> 16U);
// The last place of a text may be the first of those that are hashed at once.
static_assert(2 * kHashed + sizeof(uint32_t) - 2 <= PaddedText::kPadding);

// Writes down the places of a block.
uint16_t* write_places(uint64_t places, size_t block, uint16_t* out) {
  for (; places != 0; places &= places - 1) {
    *out++ = static_cast<uint16_t>(block + static_cast<size_t>(std::countr_zero(places)));
  }
  return out;
}

// What stands behind the last place of a block that is not full is no text. (It may be looked at: a
// literal that needs it does not pass the comparison that follows.)
[[gnu::always_inline]] inline uint64_t inside(size_t block, size_t places) {
  return places - block >= kBlock ? ~uint64_t{0} : (uint64_t{1} << (places - block)) - 1;
}

uint16_t* find(const char* text, size_t places, const QuadHash& hash, const uint8_t* table,
               uint16_t* out) {
  for (size_t i = 0; i < places; ++i) {
    uint32_t quad = 0;
    std::memcpy(&quad, text + 2 * i, sizeof quad);
    quad |= kQuadFold;
    const uint8_t wanted = hash.bits(quad);
    if ((table[hash.index(quad)] & wanted) == wanted) *out++ = static_cast<uint16_t>(i);
  }
  return out;
}

// Sixteen bytes of the table in one register: a processor gathers no faster, and some much slower.
// In two chains, for each byte waits for the one before.
__attribute__((target("avx2"), always_inline)) inline __m128i look_up(const uint16_t* at,
                                                                      const uint8_t* table) {
  __m128i low = _mm_cvtsi32_si128(table[at[0]]);
  __m128i high = _mm_cvtsi32_si128(table[at[8]]);
  low = _mm_insert_epi8(low, table[at[1]], 1);
  high = _mm_insert_epi8(high, table[at[9]], 1);
  low = _mm_insert_epi8(low, table[at[2]], 2);
  high = _mm_insert_epi8(high, table[at[10]], 2);
  low = _mm_insert_epi8(low, table[at[3]], 3);
  high = _mm_insert_epi8(high, table[at[11]], 3);
  low = _mm_insert_epi8(low, table[at[4]], 4);
  high = _mm_insert_epi8(high, table[at[12]], 4);
  low = _mm_insert_epi8(low, table[at[5]], 5);
  high = _mm_insert_epi8(high, table[at[13]], 5);
  low = _mm_insert_epi8(low, table[at[6]], 6);
  high = _mm_insert_epi8(high, table[at[14]], 6);
  low = _mm_insert_epi8(low, table[at[7]], 7);
  high = _mm_insert_epi8(high, table[at[15]], 7);
  return _mm_unpacklo_epi64(low, high);
}

// Most blocks have few: so many are written at any rate, for nobody could tell how many they are.
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

// In two loops: what one vector writes is not yet where its parts are read from.
__attribute__((target("avx2"))) void hash_by_avx2(const char* text, size_t places,
                                                  const QuadHash& hash, SieveScratch& scratch) {
  const __m256i first_fold = _mm256_set1_epi16(static_cast<int16_t>(kFirstFold));
  const __m256i last_fold = _mm256_set1_epi16(static_cast<int16_t>(kLastFold));
  const __m256i first = _mm256_set1_epi16(static_cast<int16_t>(hash.first));
  const __m256i last = _mm256_set1_epi16(static_cast<int16_t>(hash.last));
  const __m256i both = _mm256_set1_epi16(static_cast<int16_t>(hash.both));
  const __m128i patterns =
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(QuadHash::kPatterns.data()));
  for (size_t i = 0; i < places; i += kHashed) {
    const char* const at = text + 2 * i;
    const __m256i begin =
        _mm256_or_si256(first_fold, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)));
    const __m256i end =
        _mm256_or_si256(last_fold, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 2)));
    const __m256i index =
        _mm256_add_epi16(_mm256_mullo_epi16(begin, first), _mm256_mullo_epi16(end, last));
    _mm256_store_si256(reinterpret_cast<__m256i*>(scratch.indexes.data() + i),
                       _mm256_srli_epi16(index, 16 - QuadHash::kIndexBits));
    const __m256i sum = _mm256_add_epi16(_mm256_add_epi16(begin, end), _mm256_add_epi16(end, end));
    const __m256i bits =
        _mm256_srli_epi16(_mm256_mullo_epi16(sum, both), 16 - QuadHash::kPatternBits);
    const __m128i packed =
        _mm_packus_epi16(_mm256_castsi256_si128(bits), _mm256_extracti128_si256(bits, 1));
    _mm_store_si128(reinterpret_cast<__m128i*>(scratch.wanted.data() + i),
                    _mm_shuffle_epi8(patterns, packed));
  }
}

__attribute__((target("avx2,bmi,popcnt"))) uint16_t* test_by_avx2(SieveScratch& scratch,
                                                                  size_t places,
                                                                  const uint8_t* table) {
  uint16_t* out = scratch.places.data();
  const auto passed = [&](size_t at) __attribute__((target("avx2"), always_inline)) {
    const __m128i wanted =
        _mm_load_si128(reinterpret_cast<const __m128i*>(scratch.wanted.data() + at));
    const __m128i found = look_up(scratch.indexes.data() + at, table);
    return static_cast<uint64_t>(
        _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_and_si128(found, wanted), wanted)));
  };
  for (size_t block = 0; block < places; block += kBlock) {
    uint64_t all = passed(block);
    for (size_t i = kHashed; i < kBlock; i += kHashed) all |= passed(block + i) << i;
    out = write_places_by_bmi(all & inside(block, places), block, out);
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
  quad_sieve::fetch(text, from == 0 ? 0 : from + bytes);
  const char* const begin = text.data() + from;
  const size_t places = (bytes + 1) / 2;
  const uint16_t* end = nullptr;
  if (!portable && quad_sieve::has_vectors()) {
    quad_sieve::hash_by_avx2(begin, places, hash_, scratch);
    end = quad_sieve::test_by_avx2(scratch, places, table_.data());
  } else {
    end = quad_sieve::find(begin, places, hash_, table_.data(), scratch.places.data());
  }
  scratch.count = static_cast<size_t>(end - scratch.places.data());
}

}  // namespace spillguard::detect
