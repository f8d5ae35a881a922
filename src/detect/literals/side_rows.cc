#include "detect/literals/side_rows.h"

#include <immintrin.h>

#include <algorithm>
#include <bit>

namespace spillguard::detect {
namespace side_rows {

using Halves = std::array<SideRows::Halves, 2>;

constexpr size_t kBlock = 64;
constexpr size_t kStep = SidePlaces::kBlock;
static_assert(kStep + SideRows::kSeen <= kBlock);
static_assert(kBlock <= PaddedText::kPadding);
constexpr uint64_t kTold = (uint64_t{1} << kStep) - 1;
constexpr unsigned kGroups = 8;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What a block holds: a bit for each byte that is a digit, and where a pair begins.
struct Block {
  uint64_t digits = 0;
  uint64_t pairs = 0;
};

// Where digits begin as asked, of the block's first kStep places. `before`: the byte in front of
// the block is a digit.
[[gnu::always_inline]] inline uint64_t runs_in(uint64_t digits, uint64_t before,
                                               const SideRows::Digits& asked) {
  const uint64_t twos = digits & (digits >> asked.second);
  uint64_t runs = twos & kTold & ~((digits << 1U | before) & asked.in_front);
  for (const uint8_t at : asked.twos) runs &= twos >> at;
  return runs;
}

// Writes down the places of a block; returns how many. Some are written at any rate, for nobody
// could tell how many they are.
[[gnu::always_inline]] inline size_t write(uint64_t bits, size_t block, uint16_t* places) {
  const auto count = static_cast<size_t>(std::popcount(bits));
  for (size_t i = 0; i < SidePlaces::kSlack; ++i, bits &= bits - 1) {
    places[i] = static_cast<uint16_t>(block + static_cast<size_t>(std::countr_zero(bits)));
  }
  for (size_t i = SidePlaces::kSlack; bits != 0; ++i, bits &= bits - 1) {
    places[i] = static_cast<uint16_t>(block + static_cast<size_t>(std::countr_zero(bits)));
  }
  return count;
}

// What is walked over: a stretch of a text, and what is asked of its digits, if anything.
struct Stretch {
  const char* begin;
  size_t bytes;
  bool is_first;  // of the text
  const SideRows::Digits* asked;
};

// A walk over a stretch, block by block: while there is one at(), take() it, and finish().
class Walk {
 public:
  [[gnu::always_inline]] Walk(const Stretch& stretch, SidePlaces& places)
      : begin_(stretch.begin),
        bytes_(stretch.bytes),
        asked_(stretch.asked != nullptr ? *stretch.asked : SideRows::Digits{}),
        wanted_(stretch.asked != nullptr ? kTold : 0),
        before_(!stretch.is_first && is_digit(begin_[-1]) ? 1 : 0),
        places_(places) {}
  [[gnu::always_inline]] bool goes_on() const { return at_ < bytes_; }
  [[gnu::always_inline]] const char* at() const { return begin_ + at_; }
  // Written down at any rate: in sums and ids nobody could tell which block has some.
  [[gnu::always_inline]] void take(const Block& block) {
    const uint64_t runs = runs_in(block.digits, before_, asked_) & wanted_;
    const uint64_t pairs = block.pairs & kTold;
    places_.blocks[blocks_] = {.pairs = pairs, .digits = runs, .at = at_};
    blocks_ += (runs | pairs) != 0 ? 1U : 0U;
    before_ = block.digits >> (kStep - 1) & 1U;
    at_ += kStep;
  }
  [[gnu::always_inline]] void finish() {
    places_.pairs_count = places_.digits_count = 0;
    for (size_t i = 0; i < blocks_; ++i) {
      const auto& [pairs, digits, at] = places_.blocks[i];
      const uint64_t inside = bytes_ - at >= kStep ? kTold : (uint64_t{1} << (bytes_ - at)) - 1;
      places_.pairs_count += write(pairs & inside, at, places_.pairs.data() + places_.pairs_count);
      places_.digits_count +=
          write(digits & inside, at, places_.digits.data() + places_.digits_count);
    }
  }

 private:
  const char* begin_;
  size_t bytes_;
  SideRows::Digits asked_;
  uint64_t wanted_;
  uint64_t before_;
  SidePlaces& places_;
  size_t at_ = 0;
  size_t blocks_ = 0;
};

uint8_t groups_at(const SideRows::Halves& halves, char c) {
  const auto byte = static_cast<unsigned char>(c);
  return halves.lower[byte % 16] & halves.upper[byte / 16];
}

void find(const Stretch& stretch, SidePlaces& places, const Halves& halves) {
  Walk walk(stretch, places);
  while (walk.goes_on()) {
    const char* const at = walk.at();
    Block block;
    for (size_t i = 0; i < kBlock; ++i) {
      const bool pair = (groups_at(halves[0], at[i]) & groups_at(halves[1], at[i + 1])) != 0;
      block.digits |= static_cast<uint64_t>(is_digit(at[i])) << i;
      block.pairs |= static_cast<uint64_t>(pair) << i;
    }
    walk.take(block);
  }
  walk.finish();
}

__attribute__((target("avx2"), always_inline)) inline __m256i load(const char* bytes) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
}

__attribute__((target("avx2"), always_inline)) inline __m256i table(const void* sixteen_bytes) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(static_cast<const __m128i*>(sixteen_bytes)));
}

__attribute__((target("avx2"), always_inline)) inline uint64_t bits_of(__m256i low, __m256i high) {
  return static_cast<uint32_t>(_mm256_movemask_epi8(low)) |
         uint64_t{static_cast<uint32_t>(_mm256_movemask_epi8(high))} << (kBlock / 2);
}

__attribute__((target("avx2"), always_inline)) inline __m256i digits_in(__m256i chars) {
  // The ten digits become the lowest numbers there are.
  const __m256i moved = _mm256_add_epi8(chars, _mm256_set1_epi8(0x80 - '0'));
  return _mm256_cmpgt_epi8(_mm256_set1_epi8(INT8_MIN + 10), moved);
}

__attribute__((target("avx2,bmi,bmi2,popcnt"))) void find_by_avx2(const Stretch& stretch,
                                                                  SidePlaces& places,
                                                                  const Halves& halves) {
  Walk walk(stretch, places);
  const __m256i half = _mm256_set1_epi8(0x0F);
  const __m256i first_lower = table(halves[0].lower.data());
  const __m256i first_upper = table(halves[0].upper.data());
  const __m256i second_lower = table(halves[1].lower.data());
  const __m256i second_upper = table(halves[1].upper.data());
  const auto pairs_at = [&](__m256i first,
                            const char* at) __attribute__((target("avx2"), always_inline)) {
    const __m256i second = load(at + 1);
    const auto upper = [&](__m256i chars) __attribute__((target("avx2"), always_inline)) {
      return _mm256_and_si256(_mm256_srli_epi16(chars, 4), half);
    };
    const __m256i groups = _mm256_and_si256(
        _mm256_and_si256(_mm256_shuffle_epi8(first_lower, _mm256_and_si256(first, half)),
                         _mm256_shuffle_epi8(first_upper, upper(first))),
        _mm256_and_si256(_mm256_shuffle_epi8(second_lower, _mm256_and_si256(second, half)),
                         _mm256_shuffle_epi8(second_upper, upper(second))));
    return _mm256_cmpeq_epi8(groups, _mm256_setzero_si256());
  };
  while (walk.goes_on()) {
    const char* const at = walk.at();
    const __m256i low = load(at);
    const __m256i high = load(at + kBlock / 2);
    walk.take({.digits = bits_of(digits_in(low), digits_in(high)),
               .pairs = ~bits_of(pairs_at(low, at), pairs_at(high, at + kBlock / 2))});
  }
  walk.finish();
}

__attribute__((target("avx2,bmi,bmi2,popcnt"))) void find_one_first(const Stretch& stretch,
                                                                    SidePlaces& places,
                                                                    const SideRows::OneFirst& one) {
  Walk walk(stretch, places);
  const __m256i first = _mm256_set1_epi8(one.first);
  const __m256i seconds = table(one.seconds.data());
  const auto pairs_at = [&](__m256i here,
                            const char* at) __attribute__((target("avx2"), always_inline)) {
    const __m256i next = load(at + 1);
    return _mm256_and_si256(_mm256_cmpeq_epi8(here, first),
                            _mm256_cmpeq_epi8(_mm256_shuffle_epi8(seconds, next), next));
  };
  while (walk.goes_on()) {
    const char* const at = walk.at();
    const __m256i low = load(at);
    const __m256i high = load(at + kBlock / 2);
    walk.take({.digits = bits_of(digits_in(low), digits_in(high)),
               .pairs = bits_of(pairs_at(low, at), pairs_at(high, at + kBlock / 2))});
  }
  walk.finish();
}

// A second byte has the lower half by which it is looked up, and its upper bit is clear: a shuffle
// gives 0 for others.
std::optional<SideRows::OneFirst> one_first_of(const std::vector<std::pair<char, char>>& pairs) {
  SideRows::OneFirst one;
  std::array<bool, 16> taken{};
  for (unsigned i = 0; i < one.seconds.size(); ++i) one.seconds[i] = static_cast<char>(i ^ 1U);
  for (const auto& [first, second] : pairs) {
    const auto byte = static_cast<unsigned char>(second);
    if (first != pairs.front().first || byte >= 0x80 ||
        (taken[byte % 16] && one.seconds[byte % 16] != second)) {
      return std::nullopt;
    }
    one.first = first;
    one.seconds[byte % 16] = second;
    taken[byte % 16] = true;
  }
  return one;
}

}  // namespace side_rows

bool SideRows::is_digits(const Literal& literal) {
  return literal.any_digit &&
         std::all_of(literal.bytes.begin(), literal.bytes.end(), side_rows::is_digit);
}

void SideRows::add(const Literal& literal) {
  if (is_pair(literal)) {
    add_pair(literal);
  } else {
    add_digits(literal);
  }
}

// Those that begin alike are in a group, as far as there are groups.
void SideRows::add_pair(const Literal& literal) {
  has_pairs_ = true;
  const auto group = static_cast<uint8_t>(
      1U << (static_cast<unsigned char>(literal.bytes.front()) % side_rows::kGroups));
  std::array<std::vector<char>, 2> bytes;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const char c = literal.bytes[i];
    bytes[i].push_back(c);
    if (literal.ignore_case && side_rows::is_letter(c))
      bytes[i].push_back(static_cast<char>(c ^ 0x20));
    for (const char byte : bytes[i]) {
      halves_[i].lower[static_cast<unsigned char>(byte) % 16] |= group;
      halves_[i].upper[static_cast<unsigned char>(byte) / 16] |= group;
    }
  }
  for (const char first : bytes[0]) {
    for (const char second : bytes[1]) added_.emplace_back(first, second);
  }
  one_first_ = side_rows::one_first_of(added_);
}

void SideRows::add_digits(const Literal& literal) {
  const ClassSet digits = ClassSet{1} << kDigitClass;
  const size_t length = literal.bytes.size();
  unsigned at = 0;
  for (size_t i = 0; i < kSeen; ++i) {
    const bool is_digit = i < length || (i - length < literal.after.size() &&
                                         (literal.after[i - length] & ~digits) == 0);
    at |= static_cast<unsigned>(is_digit) << i;
  }
  digits_at_ = static_cast<uint8_t>(digits_at_ & at);
  if ((literal.before & digits) != 0) digits_.in_front = 0;
  // Twos that cover what is asked for; where the first has no second, digits by themselves.
  digits_.second = digits_at_ >> 1U & 1U;
  digits_.twos.fill(0);
  size_t count = 0;
  const unsigned begins = digits_at_ & (digits_at_ >> digits_.second);
  unsigned covered = digits_.second != 0 ? 3 : 1;
  for (unsigned i = 1; i < kSeen && count < digits_.twos.size(); ++i) {
    const unsigned two = 1U << i | 1U << (i + digits_.second);
    // What is new of this two may be the first of the next.
    const bool later = (covered >> i & begins >> (i + 1) & 1U) != 0;
    if ((begins >> i & 1U) == 0 || later || (two & ~covered) == 0) continue;
    covered |= two;
    digits_.twos[count++] = static_cast<uint8_t>(i);
  }
  has_digits_ = true;
  ask_farther(literal);
}

void SideRows::ask_farther(const Literal& literal) {
  const size_t length = literal.bytes.size();
  const ClassSet digits = ClassSet{1} << kDigitClass;
  farther_.fill({});
  size_t asked = 0;
  for (size_t i = 0; i < kLookedAt; ++i) {
    const bool is_told = i < length || i - length < literal.after.size();
    classes_[i] |= !is_told ? kAllClasses : i < length ? digits : literal.after[i - length];
    const bool is_seen = i < kSeen && (digits_at_ >> i & 1U) != 0;
    if (!is_seen && classes_[i] != kAllClasses && asked < farther_.size()) {
      farther_[asked++] = {.at = static_cast<uint8_t>(i), .classes = classes_[i]};
    }
  }
}

// Of the places of digits, those that are of the classes which are asked for farther on. Random
// digits are in every text, as sums and ids.
void SideRows::keep_fitting(const char* stretch, SidePlaces& places) const {
  static_assert(kLookedAt <= PaddedText::kPadding);
  size_t kept = 0;
  for (size_t i = 0; i < places.digits_count; ++i) {
    const uint16_t place = places.digits[i];
    uint64_t fits = 1;
    for (const Asked& asked : farther_) {
      fits &= asked.classes >> kClassOfByte[static_cast<unsigned char>(stretch[place + asked.at])];
    }
    places.digits[kept] = place;
    kept += fits & 1U;
  }
  places.digits_count = kept;
}

void SideRows::find(PaddedView text, size_t from, size_t bytes, SidePlaces& places,
                    bool portable) const {
  static const bool kHasVectors =
      __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
      __builtin_cpu_supports("bmi2") != 0 && __builtin_cpu_supports("popcnt") != 0;
  const side_rows::Stretch stretch{.begin = text.data() + from,
                                   .bytes = bytes,
                                   .is_first = from == 0,
                                   .asked = has_digits_ ? &digits_ : nullptr};
  if (!has_pairs_ && !has_digits_) {
    places.pairs_count = places.digits_count = 0;
  } else if (!kHasVectors || portable) {
    side_rows::find(stretch, places, halves_);
  } else if (one_first_) {
    side_rows::find_one_first(stretch, places, *one_first_);
  } else {
    side_rows::find_by_avx2(stretch, places, halves_);
  }
  if (places.digits_count != 0) keep_fitting(stretch.begin, places);
}

}  // namespace spillguard::detect
