#include "detect/literals/pair_sieve.h"

#include <immintrin.h>

#include <algorithm>
#include <bit>

namespace spillguard::detect {
namespace pair_sieve {

constexpr unsigned kShift = LiteralWindow::kBuckets;  // from the bits of a pair to the next one's
constexpr size_t kVector = 32;                        // bytes of text that become pairs at once
constexpr size_t kBlock = 64;                         // places that are tested at once
constexpr size_t kStreams = 4;  // parts of a stretch that are walked through side by side
constexpr unsigned kOutside = kOutsideClass * kTextClasses + kOutsideClass;

static_assert(3 * kShift <= 63);
static_assert(kStreams * 4 <= SieveScratch::kSlack);

// What may be read behind the text is not of it, but it may be looked at: a window that needs it
// does not pass the comparison that follows.
void pairs_of(const char* text, size_t bytes, uint16_t* pairs) {
  for (size_t i = 0; i < bytes; i += 2) {
    const unsigned first = kClassOfByte[static_cast<unsigned char>(text[i])];
    const unsigned second = kClassOfByte[static_cast<unsigned char>(text[i + 1])];
    pairs[i / 2] = static_cast<uint16_t>(first * kTextClasses + second);
  }
}

uint64_t places_of(const uint64_t* states) {
  uint64_t places = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    places |= static_cast<uint64_t>(SieveScratch::buckets_of(states[i]) != 0) << i;
  }
  return places;
}

using Table = std::array<uint8_t, 16>;

// By the lower half of a byte, the classes of those with one upper half.
constexpr Table row_of(unsigned upper) {
  Table row{};
  for (unsigned lower = 0; lower < row.size(); ++lower) {
    const unsigned byte = upper * 16 + lower;
    uint8_t number = kOtherClass;
    if (byte >= '0' && byte <= '9') number = kDigitClass;
    if (byte == '-') number = 28;
    if (byte == '.') number = 29;
    if (byte == '/') number = 30;
    if (byte == ':') number = 32;
    if (byte == '=') number = 59;
    if (byte == ' ') number = 27;
    if (byte == '"' || byte == '\'') number = 60;
    if (byte == '$') number = 61;
    row[lower] = number;
  }
  return row;
}

constexpr Table kRow2 = row_of(2);
constexpr Table kRow3 = row_of(3);
// By the upper half: the class of all bytes of the row, where they have one.
constexpr Table kWholeRows = {kOutsideClass,
                              kOutsideClass,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              kOtherClass,
                              kOtherClass,
                              kOtherClass,
                              kOtherClass,
                              kOtherClass,
                              kOtherClass,
                              kOtherClass,
                              kOtherClass};
// By the upper half: the bits of the byte that are its class.
constexpr Table kLetterRows = {0, 0, 0, 0, 0x3F, 0x3F, 0x3F, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0};

__attribute__((target("avx2"), always_inline)) inline __m256i both_halves(const Table& table) {
  return _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(table.data())));
}

__attribute__((target("avx2"))) void pairs_by_avx2(const char* text, size_t bytes,
                                                   uint16_t* pairs) {
  const __m256i half = _mm256_set1_epi8(0x0F);
  const __m256i two = _mm256_set1_epi8(2);
  const __m256i three = _mm256_set1_epi8(3);
  const __m256i weights = _mm256_set1_epi16(0x0100 | kTextClasses);  // of the first, the second
  const __m256i row2 = both_halves(kRow2);
  const __m256i row3 = both_halves(kRow3);
  const __m256i whole_rows = both_halves(kWholeRows);
  const __m256i letter_rows = both_halves(kLetterRows);
  for (size_t i = 0; i < bytes; i += kVector) {
    const __m256i chars = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + i));
    const __m256i lower = _mm256_and_si256(chars, half);
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(chars, 4), half);
    const __m256i in_row2 =
        _mm256_and_si256(_mm256_shuffle_epi8(row2, lower), _mm256_cmpeq_epi8(upper, two));
    const __m256i in_row3 =
        _mm256_and_si256(_mm256_shuffle_epi8(row3, lower), _mm256_cmpeq_epi8(upper, three));
    const __m256i letters = _mm256_and_si256(chars, _mm256_shuffle_epi8(letter_rows, upper));
    const __m256i classes =
        _mm256_or_si256(_mm256_or_si256(in_row2, in_row3),
                        _mm256_or_si256(letters, _mm256_shuffle_epi8(whole_rows, upper)));
    const __m256i out = _mm256_maddubs_epi16(classes, weights);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(pairs + i / 2), out);
  }
}

// The upper halves of eight states, of which all that matters is in them: all ones where no window
// begins. In the order 0 1 4 5 2 3 6 7.
__attribute__((target("avx2"), always_inline)) inline __m256i empty_of_eight(
    const uint64_t* states) {
  constexpr uint32_t kOthers =
      ~static_cast<uint32_t>(((uint64_t{1} << kShift) - 1) << (2 * kShift - 32));
  constexpr int kUpperHalves = 0xDD;
  const __m256 upper =
      _mm256_shuffle_ps(_mm256_loadu_ps(reinterpret_cast<const float*>(states)),
                        _mm256_loadu_ps(reinterpret_cast<const float*>(states + 4)), kUpperHalves);
  const __m256i bits =
      _mm256_or_si256(_mm256_castps_si256(upper), _mm256_set1_epi32(static_cast<int>(kOthers)));
  return _mm256_cmpeq_epi32(bits, _mm256_set1_epi32(-1));
}

// Of 32 places, those where some window begins.
__attribute__((target("avx2"), always_inline)) inline uint64_t half_block(const uint64_t* states) {
  const __m256i in_order = _mm256_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15, 0,
                                            1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
  constexpr int kMiddleSwapped = 0xD8;
  const __m256i low = _mm256_packs_epi32(empty_of_eight(states), empty_of_eight(states + 8));
  const __m256i high = _mm256_packs_epi32(empty_of_eight(states + 16), empty_of_eight(states + 24));
  const __m256i lanes = _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), kMiddleSwapped);
  const __m256i empty = _mm256_shuffle_epi8(lanes, in_order);
  return ~static_cast<uint32_t>(_mm256_movemask_epi8(empty));
}

__attribute__((target("avx2"), always_inline)) inline uint64_t places_by_avx2(
    const uint64_t* states) {
  return half_block(states) | half_block(states + kBlock / 2) << (kBlock / 2);
}

// Walks through so many pairs, and some more. Each step waits for the one before it, so there are
// some walks side by side; each begins two pairs early.
inline void walk(const uint16_t* pairs, size_t count, const uint64_t* table, uint64_t* states) {
  const size_t part = (count + kStreams - 1) / kStreams;
  std::array<uint64_t, kStreams> state{};
  for (size_t i = 0; i < kStreams; ++i) {
    const uint16_t* const first = pairs + i * part;
    state[i] = table[first[0]] << kShift | table[first[1]];
  }
  for (size_t at = 0; at < part; ++at) {
    for (size_t i = 0; i < kStreams; ++i) {
      state[i] = state[i] << kShift | table[pairs[i * part + at + 2]];
      states[i * part + at] = state[i];
    }
  }
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
  constexpr size_t kAtOnce = 8;
  const auto count = static_cast<size_t>(_mm_popcnt_u64(places));
  for (size_t i = 0; i < kAtOnce; ++i) {
    out[i] = static_cast<uint16_t>(block + _tzcnt_u64(places));
    places = _blsr_u64(places);
  }
  if (count > kAtOnce) [[unlikely]] {
    write_places(places, block, out + kAtOnce);
  }
  return out + count;
}

// What stands behind the last place of a block that is not full is old.
[[gnu::always_inline]] inline uint64_t inside(size_t block, size_t pairs) {
  return pairs - block >= kBlock ? ~uint64_t{0} : (uint64_t{1} << (pairs - block)) - 1;
}

uint16_t* all_places(const uint64_t* states, size_t pairs, uint16_t* out) {
  for (size_t block = 0; block < pairs; block += kBlock) {
    const uint64_t places = places_of(states + block) & inside(block, pairs);
    out = write_places(places, block, out);
  }
  return out;
}

__attribute__((target("avx2,bmi,popcnt"))) uint16_t* all_places_by_avx2(const uint64_t* states,
                                                                        size_t pairs,
                                                                        uint16_t* out) {
  for (size_t block = 0; block < pairs; block += kBlock) {
    const uint64_t places = places_by_avx2(states + block) & inside(block, pairs);
    out = write_places_by_bmi(places, block, out);
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

}  // namespace pair_sieve

PairSieve::PairSieve(std::span<const Literal> literals, const WindowPlan& plan) {
  constexpr size_t kBits = 64;
  // By bit of a word and first class, the second classes; then turned around.
  std::vector<std::array<ClassSet, kTextClasses>> rows(kBits);
  for (size_t i = 0; i < literals.size(); ++i) {
    for (const WindowPlan::Place& place : plan.places()[i]) {
      const auto sets = WindowPlan::sets_of(literals[i], place.offset);
      for (size_t pair = 0; pair < LiteralWindow::kPairs; ++pair) {
        auto& row = rows[pair * pair_sieve::kShift + place.bucket];
        for (ClassSet left = sets[2 * pair]; left != 0; left &= left - 1) {
          row[static_cast<size_t>(std::countr_zero(left))] |= sets[2 * pair + 1];
        }
      }
    }
  }
  for (size_t bit = 0; bit < kBits; ++bit) {
    for (size_t first = 0; first < kTextClasses; ++first) {
      for (ClassSet left = rows[bit][first]; left != 0; left &= left - 1) {
        words_[first * kTextClasses + static_cast<size_t>(std::countr_zero(left))] &=
            ~(uint64_t{1} << bit);
      }
    }
  }
}

void PairSieve::look(PaddedView text, size_t from, size_t bytes, SieveScratch& scratch,
                     bool portable) const {
  SG_CHECK(from % 2 == 0 && bytes <= SieveScratch::kStretch && bytes <= text.size() - from);
  constexpr size_t kCarried = SieveScratch::kCarried;
  const bool vectors = !portable && pair_sieve::has_vectors();
  const char* const begin = text.data() + from;
  pair_sieve::fetch(text, from == 0 ? 0 : from + bytes);

  uint16_t* const pairs = scratch.pairs.data();
  if (from == 0) {
    pairs[0] = kNowhere;  // no window begins so early that it ends here
    pairs[1] = pair_sieve::kOutside;
  } else {
    pairs[0] = pairs[scratch.walked];
    pairs[1] = pairs[scratch.walked + 1];
  }
  if (vectors) {
    pair_sieve::pairs_by_avx2(begin, bytes, pairs + kCarried);
  } else {
    pair_sieve::pairs_of(begin, bytes, pairs + kCarried);
  }
  size_t count = (bytes + 1) / 2;
  if (from + bytes == text.size()) {
    pairs[kCarried + count] = pairs[kCarried + count + 1] = pair_sieve::kOutside;
    count += kCarried;
  }
  pair_sieve::walk(pairs, count, words_.data(), scratch.states.data());
  scratch.walked = count;
  uint16_t* const out = scratch.places.data();
  const uint16_t* const end =
      vectors ? pair_sieve::all_places_by_avx2(scratch.states.data(), count, out)
              : pair_sieve::all_places(scratch.states.data(), count, out);
  scratch.count = static_cast<size_t>(end - out);
  scratch.begin = static_cast<std::ptrdiff_t>(from) - static_cast<std::ptrdiff_t>(2 * kCarried);
}

}  // namespace spillguard::detect
