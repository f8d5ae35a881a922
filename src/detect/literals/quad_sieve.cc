#include "detect/literals/quad_sieve.h"

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace spillguard::detect {
namespace quad_sieve {

constexpr size_t kHashed = 32;  // quads that are hashed at once
constexpr size_t kTested = 16;  // and tested
constexpr size_t kBlock = 64;   // places that are written down at once
constexpr auto kFirstFold = static_cast<uint16_t>(kQuadFold);
constexpr auto kLastFold = static_cast<uint16_t>(kQuadFold >> 16U);
// The last place of a text, where two bytes of it are, may be the first of those that are hashed at
// once.
static_assert(2 * kHashed + sizeof(uint32_t) - 2 <= PaddedText::kPadding + 2);

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

// Two bytes of the table behind each other, by two indexes that are read as one.
template <int kAt>
__attribute__((target("avx2"), always_inline)) inline __m128i look_up_two(__m128i chain,
                                                                          const uint16_t* at,
                                                                          const uint8_t* table) {
  uint32_t two = 0;
  std::memcpy(&two, at + kAt, sizeof two);
  const auto first = static_cast<uint16_t>(two);
  chain = kAt == 0 ? _mm_cvtsi32_si128(table[first]) : _mm_insert_epi8(chain, table[first], kAt);
  return _mm_insert_epi8(chain, table[two >> 16U], kAt + 1);
}

// Sixteen bytes of the table in one register: a processor gathers no faster, and some much slower.
// In two chains, for each byte waits for the one before.
__attribute__((target("avx2"), always_inline)) inline __m128i look_up(const uint16_t* at,
                                                                      const uint8_t* table) {
  __m128i low = look_up_two<0>(_mm_setzero_si128(), at, table);
  __m128i high = look_up_two<0>(_mm_setzero_si128(), at + 8, table);
  low = look_up_two<2>(low, at, table);
  high = look_up_two<2>(high, at + 8, table);
  low = look_up_two<4>(low, at, table);
  high = look_up_two<4>(high, at + 8, table);
  low = look_up_two<6>(low, at, table);
  high = look_up_two<6>(high, at + 8, table);
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

// What a quad's bytes are hashed with.
struct HashFactors {
  __m256i first;
  __m256i last;
  __m256i both;
};

// Writes down the indexes of sixteen quads and gives the numbers of their patterns.
__attribute__((target("avx2"), always_inline)) inline __m256i hash_sixteen(
    const char* at, const HashFactors& factors, uint16_t* indexes) {
  const __m256i begin = _mm256_or_si256(_mm256_set1_epi16(static_cast<int16_t>(kFirstFold)),
                                        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)));
  const __m256i end = _mm256_or_si256(_mm256_set1_epi16(static_cast<int16_t>(kLastFold)),
                                      _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 2)));
  const __m256i last = _mm256_mullo_epi16(end, factors.last);
  const __m256i index = _mm256_add_epi16(_mm256_mullo_epi16(begin, factors.first), last);
  _mm256_store_si256(reinterpret_cast<__m256i*>(indexes),
                     _mm256_srli_epi16(index, 16 - QuadHash::kIndexBits));
  return _mm256_srli_epi16(_mm256_mullo_epi16(_mm256_add_epi16(begin, last), factors.both),
                           16 - QuadHash::kPatternBits);
}

// In two loops: what one vector writes is not yet where its parts are read from.
__attribute__((target("avx2"))) void hash_by_avx2(const char* text, size_t places,
                                                  const QuadHash& hash, SieveScratch& scratch) {
  const HashFactors factors = {.first = _mm256_set1_epi16(static_cast<int16_t>(hash.first)),
                               .last = _mm256_set1_epi16(static_cast<int16_t>(hash.last)),
                               .both = _mm256_set1_epi16(static_cast<int16_t>(hash.both))};
  const __m256i patterns = _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(QuadHash::kPatterns.data())));
  for (size_t i = 0; i < places; i += kHashed) {
    uint16_t* const indexes = scratch.indexes.data() + i;
    const __m256i low = hash_sixteen(text + 2 * i, factors, indexes);
    const __m256i high = hash_sixteen(text + 2 * i + kHashed, factors, indexes + kHashed / 2);
    // The halves of both come out by turns.
    const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi16(low, high), 0xD8);
    _mm256_store_si256(reinterpret_cast<__m256i*>(scratch.wanted.data() + i),
                       _mm256_shuffle_epi8(patterns, packed));
  }
}

__attribute__((target("avx2,bmi,popcnt"))) uint16_t* test_by_avx2(SieveScratch& scratch,
                                                                  size_t places,
                                                                  const uint8_t* table,
                                                                  const char* ahead) {
  uint16_t* out = scratch.places.data();
  const auto passed = [&](size_t at) __attribute__((target("avx2"), always_inline)) {
    const __m128i wanted =
        _mm_load_si128(reinterpret_cast<const __m128i*>(scratch.wanted.data() + at));
    const __m128i found = look_up(scratch.indexes.data() + at, table);
    return static_cast<uint64_t>(
        _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_and_si128(found, wanted), wanted)));
  };
  for (size_t block = 0; block < places; block += kBlock) {
    // What the next call will look at: line by line, for a burst waits. (What stands behind the
    // text does not matter: nothing is read.)
    __builtin_prefetch(ahead + 2 * block);
    __builtin_prefetch(ahead + 2 * block + 64);
    uint64_t all = passed(block);
    for (size_t i = kTested; i < kBlock; i += kTested) all |= passed(block + i) << i;
    out = write_places_by_bmi(all & inside(block, places), block, out);
  }
  return out;
}

// Has the memory bring the first stretch of a text.
void fetch_first(PaddedView text) {
  constexpr size_t kLine = 64;
  const size_t end = std::min(text.size(), SieveScratch::kStretch);
  for (size_t at = 0; at < end; at += kLine) __builtin_prefetch(text.data() + at);
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
  if (from == 0) quad_sieve::fetch_first(text);
  const char* const begin = text.data() + from;
  const size_t places = bytes / 2;
  const uint16_t* end = nullptr;
  if (!portable && quad_sieve::has_vectors()) {
    quad_sieve::hash_by_avx2(begin, places, hash_, scratch);
    end = quad_sieve::test_by_avx2(scratch, places, table_.data(), begin + bytes);
  } else {
    end = quad_sieve::find(begin, places, hash_, table_.data(), scratch.places.data());
  }
  scratch.count = static_cast<size_t>(end - scratch.places.data());
}

}  // namespace spillguard::detect
