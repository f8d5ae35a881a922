#include "detect/motif_index.h"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace spillguard::detect {
namespace motif_index_detail {
namespace {

using Table = std::array<uint8_t, 16>;

#if defined(__x86_64__)
// Bit i of the answer: byte i is in the set of the tables. Reads 64 bytes.
__attribute__((target("avx2"))) uint64_t answer_avx2(const Table& low, const Table& high,
                                                     const char* bytes) {
  __m128i low_half_table;
  __m128i high_half_table;
  std::memcpy(&low_half_table, low.data(), sizeof(low_half_table));
  std::memcpy(&high_half_table, high.data(), sizeof(high_half_table));
  const __m256i low_table = _mm256_broadcastsi128_si256(low_half_table);
  const __m256i high_table = _mm256_broadcastsi128_si256(high_half_table);
  const __m256i bit_table =
      _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16,
                       32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  const __m256i top = _mm256_set1_epi8(-128);
  const __m256i low_half = _mm256_set1_epi8(0x0F);
  uint64_t out = 0;
  for (unsigned half = 0; half < 2; ++half) {
    __m256i text;
    std::memcpy(&text, bytes + half * sizeof(text), sizeof(text));
    // A shuffle gives zero where the index has its top bit set: so each table answers its half.
    const __m256i lower = _mm256_shuffle_epi8(low_table, text);
    const __m256i upper = _mm256_shuffle_epi8(high_table, _mm256_xor_si256(text, top));
    const __m256i number = _mm256_and_si256(_mm256_srli_epi16(text, 4), low_half);
    const __m256i bit = _mm256_shuffle_epi8(bit_table, number);
    const __m256i in = _mm256_and_si256(_mm256_or_si256(lower, upper), bit);
    const __m256i not_in = _mm256_cmpeq_epi8(in, _mm256_setzero_si256());
    const auto mask = static_cast<uint32_t>(_mm256_movemask_epi8(not_in));
    out |= uint64_t{~mask} << (half * 32U);
  }
  return out;
}

bool has_avx2() {
  static const bool kHas = __builtin_cpu_supports("avx2") != 0;
  return kHas;
}
#endif

uint64_t answer_plain(const regex::ByteSet& set, const char* bytes) {
  uint64_t out = 0;
  for (size_t i = 0; i < MotifIndex::kWord; ++i) {
    out |= uint64_t{set[regex::to_byte(bytes[i])]} << i;
  }
  return out;
}

}  // namespace
}  // namespace motif_index_detail

struct MotifIndex::Answers {
  explicit Answers(size_t classes) : words(classes) {}
  struct Word {
    std::array<uint64_t, 2> bits{};
    std::array<size_t, 2> number = {SIZE_MAX, SIZE_MAX};  // of the word of text they are about
  };
  std::vector<Word> words;
};

uint16_t MotifIndex::class_number(const regex::ByteSet& set) {
  const auto found = std::find_if(classes_.begin(), classes_.end(),
                                  [&](const Class& known) { return known.set == set; });
  if (found != classes_.end()) return static_cast<uint16_t>(found - classes_.begin());
  Class made;
  made.set = set;
  for (size_t b = 0; b < 256; ++b) {
    if (!set[b]) continue;
    std::array<uint8_t, 16>& table = b < 0x80 ? made.low : made.high;
    table[b & 0x0FU] = static_cast<uint8_t>(table[b & 0x0FU] | (1U << ((b >> 4U) & 7U)));
  }
  classes_.push_back(made);
  return static_cast<uint16_t>(classes_.size() - 1);
}

void MotifIndex::add(uint32_t rule, const regex::Motif& motif) {
  SG_CHECK(!motif.sets.empty() && motif.sets.size() <= regex::Motif::kMaxBytes);
  Row row{.rule = rule, .before = motif.before, .begin = static_cast<uint32_t>(steps_.size())};
  for (size_t i = 0; i < motif.sets.size(); ++i) {
    steps_.push_back({.set = class_number(motif.sets[i]), .shift = static_cast<uint16_t>(i)});
  }
  row.end = static_cast<uint32_t>(steps_.size());
  // The smaller the set, the sooner a word without a motif is done.
  std::stable_sort(steps_.begin() + row.begin, steps_.begin() + row.end,
                   [&](const Step& a, const Step& b) {
                     return classes_[a.set].set.count() < classes_[b.set].set.count();
                   });
  motifs_.push_back(row);
}

uint64_t MotifIndex::answer(const Class& set, const char* bytes) const {
#if defined(__x86_64__)
  if (motif_index_detail::has_avx2()) {
    return motif_index_detail::answer_avx2(set.low, set.high, bytes);
  }
#endif
  return motif_index_detail::answer_plain(set.set, bytes);
}

void MotifIndex::scan(PaddedView text, const std::function<void(const Hit&)>& report) const {
  const std::string_view whole = text.text();
  const size_t words = (whole.size() + kWord - 1) / kWord;
  Answers answers(classes_.size());
  const auto bits_of = [&](uint16_t number, size_t word) -> uint64_t {
    if (word >= words) return 0;
    Answers::Word& known = answers.words[number];
    const size_t slot = word & 1U;
    if (known.number[slot] != word) {
      const size_t begin = word * kWord;
      const size_t left = whole.size() - begin;
      const uint64_t there = left >= kWord ? ~uint64_t{0} : (uint64_t{1} << left) - 1;
      known.bits[slot] = answer(classes_[number], whole.data() + begin) & there;
      known.number[slot] = word;
    }
    return known.bits[slot];
  };
  for (size_t word = 0; word < words; ++word) {
    for (const Row& row : motifs_) {
      uint64_t found = ~uint64_t{0};
      for (uint32_t i = row.begin; i < row.end && found != 0; ++i) {
        const Step& step = steps_[i];
        const uint64_t here = bits_of(step.set, word) >> step.shift;
        // What the next word can add matters only where something is left to decide.
        const uint64_t tail = step.shift == 0 ? 0 : ~uint64_t{0} << (kWord - step.shift);
        const uint64_t next =
            (found & tail) == 0 ? 0 : bits_of(step.set, word + 1) << (kWord - step.shift);
        found &= here | next;
      }
      if (found == 0) continue;
      const auto first = static_cast<size_t>(std::countr_zero(found));
      const size_t last = kWord - 1 - static_cast<size_t>(std::countl_zero(found));
      report({.rule = row.rule,
              .before = row.before,
              .first = word * kWord + first,
              .last = word * kWord + last});
    }
  }
}

}  // namespace spillguard::detect
