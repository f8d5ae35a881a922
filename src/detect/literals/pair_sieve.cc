#include "detect/literals/pair_sieve.h"

#include <immintrin.h>

#include <algorithm>
#include <bit>

namespace spillguard::detect {
namespace pair_sieve {

constexpr unsigned kShift = LiteralWindow::kBuckets;  // of the words of a window's second pair
constexpr uint64_t kFirstPair = (uint64_t{1} << kShift) - 1;
constexpr size_t kVector = 32;  // bytes of text that become pairs at once
constexpr size_t kBlock = 64;   // places that are tested at once
constexpr unsigned kOutside = kOutsideClass * kTextClasses + kOutsideClass;

static_assert(3 * kShift <= 64);

[[gnu::always_inline]] inline uint64_t buckets_at(const uint64_t* words) {
  return words[0] & (words[1] >> kShift) & (words[2] >> (2 * kShift)) & kFirstPair;
}

// What may be read behind the text is not of it, but it may be looked at: a window that needs it
// does not pass the comparison that follows.
void pairs_of(const char* text, size_t bytes, uint16_t* pairs) {
  for (size_t i = 0; i < bytes; i += 2) {
    const unsigned first = kClassOfByte[static_cast<unsigned char>(text[i])];
    const unsigned second = kClassOfByte[static_cast<unsigned char>(text[i + 1])];
    pairs[i / 2] = static_cast<uint16_t>(first * kTextClasses + second);
  }
}

uint64_t places_of(const uint64_t* words) {
  uint64_t places = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    places |= static_cast<uint64_t>(buckets_at(words + i) != 0) << i;
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
    if (byte >= '0' && byte <= '9') number = 0;
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

__attribute__((target("avx2,bmi,bmi2"), always_inline)) inline __m256i four_words(
    const uint64_t* words) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words));
}

__attribute__((target("avx2,bmi,bmi2"), always_inline)) inline uint64_t places_by_avx2(
    const uint64_t* words) {
  const __m256i first_pair = _mm256_set1_epi64x(kFirstPair);
  uint64_t none = 0;
  for (size_t i = 0; i < kBlock; i += 4) {
    const __m256i second = _mm256_srli_epi64(four_words(words + i + 1), kShift);
    const __m256i third = _mm256_srli_epi64(four_words(words + i + 2), 2 * kShift);
    const __m256i first = _mm256_and_si256(four_words(words + i), first_pair);
    const __m256i all = _mm256_and_si256(first, _mm256_and_si256(second, third));
    const __m256i empty = _mm256_cmpeq_epi64(all, _mm256_setzero_si256());
    none |= static_cast<uint64_t>(_mm256_movemask_pd(_mm256_castsi256_pd(empty))) << i;
  }
  return ~none;
}

// Looks up the words of so many pairs.
inline void look_up(const uint16_t* pairs, size_t count, const uint64_t* table, uint64_t* words) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    words[i] = table[pairs[i]];
    words[i + 1] = table[pairs[i + 1]];
    words[i + 2] = table[pairs[i + 2]];
    words[i + 3] = table[pairs[i + 3]];
  }
  for (; i < count; ++i) words[i] = table[pairs[i]];
}

// Writes down the places of a block.
[[gnu::always_inline]] inline SievePlace* write_places(const uint64_t* words, uint64_t places,
                                                       size_t block, SievePlace* out) {
  for (; places != 0; places &= places - 1) {
    const auto place = static_cast<size_t>(std::countr_zero(places));
    *out++ = {.buckets = static_cast<uint32_t>(buckets_at(words + place)),
              .pair = static_cast<uint32_t>(block + place)};
  }
  return out;
}

// What stands behind the last place of a block that is not full is old.
[[gnu::always_inline]] inline uint64_t inside(size_t block, size_t pairs) {
  return pairs - block >= kBlock ? ~uint64_t{0} : (uint64_t{1} << (pairs - block)) - 1;
}

SievePlace* all_places(const uint64_t* words, size_t pairs, SievePlace* out) {
  for (size_t block = 0; block < pairs; block += kBlock) {
    const uint64_t places = places_of(words + block) & inside(block, pairs);
    out = write_places(words + block, places, block, out);
  }
  return out;
}

__attribute__((target("avx2,bmi,bmi2"))) SievePlace* all_places_by_avx2(const uint64_t* words,
                                                                        size_t pairs,
                                                                        SievePlace* out) {
  for (size_t block = 0; block < pairs; block += kBlock) {
    const uint64_t places = places_by_avx2(words + block) & inside(block, pairs);
    out = write_places(words + block, places, block, out);
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
                           __builtin_cpu_supports("bmi2") != 0;
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
        words_[first * kTextClasses + static_cast<size_t>(std::countr_zero(left))] |= uint64_t{1}
                                                                                      << bit;
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

  if (vectors) {
    pair_sieve::pairs_by_avx2(begin, bytes, scratch.pairs.data());
  } else {
    pair_sieve::pairs_of(begin, bytes, scratch.pairs.data());
  }

  uint64_t* const words = scratch.words.data();
  const uint64_t* const table = words_.data();
  if (from == 0) {
    words[0] = 0;  // no window begins so early that it ends here
    words[1] = table[pair_sieve::kOutside];
  }
  size_t pairs = (bytes + 1) / 2;
  pair_sieve::look_up(scratch.pairs.data(), pairs, table, words + kCarried);
  const bool is_last = from + bytes == text.size();
  if (is_last) {
    words[kCarried + pairs] = words[kCarried + pairs + 1] = table[pair_sieve::kOutside];
    pairs += kCarried;
  }
  SievePlace* const out = scratch.places.data();
  const SievePlace* const end = vectors ? pair_sieve::all_places_by_avx2(words, pairs, out)
                                        : pair_sieve::all_places(words, pairs, out);
  scratch.count = static_cast<size_t>(end - out);
  scratch.begin = static_cast<std::ptrdiff_t>(from) - static_cast<std::ptrdiff_t>(2 * kCarried);
  words[0] = words[pairs];  // for the next stretch
  words[1] = words[pairs + 1];
}

}  // namespace spillguard::detect
