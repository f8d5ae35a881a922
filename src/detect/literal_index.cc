#include "detect/literal_index.h"

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace spillguard::detect {
namespace {

static_assert(std::endian::native == std::endian::little, "windows are read as words");

uint64_t bytes_from(const char* place) {
  uint64_t word = 0;
  std::memcpy(&word, place, sizeof word);
  return word;
}

// The eight bytes from a place on, that may be in front of the first there is.
[[gnu::always_inline]] inline uint64_t bytes_at(const char* stretch, int32_t place, int32_t first) {
  if (place >= first) [[likely]] {
    return bytes_from(stretch + place);
  }
  return bytes_from(stretch + first) << (8U * static_cast<unsigned>(first - place));
}

bool ends_earlier(const LiteralHit& a, const LiteralHit& b) {
  return a.end != b.end ? a.end < b.end : a.literal < b.literal;
}

}  // namespace

bool LiteralIndex::stands_at(const Text& literal, const char* place) const {
  const char* const bytes = bytes_.data() + literal.begin;
  if (!literal.ignore_case) return std::memcmp(place, bytes, literal.length) == 0;
  for (uint32_t i = 0; i < literal.length; ++i) {
    if (place[i] == bytes[i]) continue;
    if (!is_cased(bytes[i]) || (place[i] ^ bytes[i]) != static_cast<char>(kCaseBit)) return false;
  }
  return true;
}

// By classes: what this lets pass may still be refused by who knows the bytes. Behind the text
// stands its padding.
[[gnu::always_inline]] inline bool LiteralIndex::neighbours_fit(const Rest& rest, const char* text,
                                                                size_t begin, size_t end) const {
  const auto class_of = [](char c) { return kClassOfByte[static_cast<unsigned char>(c)]; };
  const ClassSet* const sets = class_sets_.data();
  const unsigned before = begin == 0 ? kOutsideClass : class_of(text[begin - 1]);
  return (sets[rest.before] >> before & sets[rest.after] >> class_of(text[end]) &
          sets[rest.farther] >> class_of(text[end + rest.how_far]) & 1U) != 0;
}

// The places whose quads are maybe those of some entries. Without a branch where nobody could tell
// which way it goes.
size_t LiteralIndex::pass_quads(const char* stretch, LiteralScratch& scratch) const {
  const uint16_t* const places = scratch.sieve_->places.data();
  const uint16_t* const end = places + scratch.sieve_->count;
  LiteralPassed* const passed = scratch.passed_.data();
  const uint16_t* const first_block = first_block_.data();
  const Entries* const entries = entries_.data();
  size_t count = 0;
  for (const uint16_t* at = places; at != end; ++at) {
    const size_t place = size_t{2} * *at;
    uint32_t quad = 0;
    std::memcpy(&quad, stretch + place, sizeof quad);
    const uint32_t block = first_block[hash(quad | kQuadFold)];
    __builtin_prefetch(entries + block);
    passed[count].block = block;
    passed[count].place = static_cast<int32_t>(place) - kBack;
    count += static_cast<size_t>(block != 0);
  }
  return count;
}

// Of a place, the entries of a group whose bytes stand there, from one of its blocks on; there is
// room for those of `places` blocks afterwards.
[[gnu::noinline]] size_t LiteralIndex::compare_group(LiteralPassed passed, uint64_t bytes,
                                                     size_t count, size_t places,
                                                     LiteralScratch& scratch) const {
  auto [block, place] = passed;
  bool more = false;
  do {
    LiteralCandidate* const candidates = scratch.room_for(count + Entries::kCount * (places + 1));
    const Entries& entries = entries_.data()[block];
    for (uint32_t i = 0; i < Entries::kCount; ++i) {
      candidates[count] = {.entry = block * Entries::kCount + i, .place = place};
      count += static_cast<size_t>((bytes & entries.masks[i]) == entries.wants[i]);
    }
    more = has_more_.data()[block++] != 0;
  } while (more);
  return count;
}

size_t LiteralIndex::compare_bytes(const char* stretch, int32_t first, size_t passed,
                                   LiteralScratch& scratch) const {
  size_t count = 0;
  for (size_t i = 0; i < passed; ++i) {
    const LiteralPassed& each = scratch.passed_[i];
    count = compare_group(each, bytes_at(stretch, each.place, first), count, 0, scratch);
  }
  return count;
}

// The same by vectors. Most blocks have one at the most: it is written down at any rate.
__attribute__((target("avx2,bmi,popcnt"))) size_t LiteralIndex::compare_by_avx2(
    const char* stretch, int32_t first, size_t passed, LiteralScratch& scratch) const {
  static_assert(Entries::kCount == 4);
  const Entries* const entries = entries_.data();
  const uint32_t long_from = long_from_;
  const LiteralPassed* const places = scratch.passed_.data();
  // Only the first place of a text has not all of its bytes behind the text's begin.
  size_t i = passed != 0 && places[0].place < first ? 1 : 0;
  size_t count = i != 0 ? compare_bytes(stretch, first, i, scratch) : 0;
  LiteralCandidate* candidates = scratch.room_for(count + Entries::kCount * passed);
  for (; i < passed; ++i) {
    const auto [block, place] = places[i];
    const auto* const at = reinterpret_cast<const __m256i*>(entries + block);
    const __m256i bytes = _mm256_set1_epi64x(static_cast<int64_t>(bytes_from(stretch + place)));
    const __m256i same = _mm256_cmpeq_epi64(_mm256_and_si256(bytes, _mm256_load_si256(at)),
                                            _mm256_load_si256(at + 1));
    auto left = static_cast<uint32_t>(_mm256_movemask_pd(_mm256_castsi256_pd(same)));
    candidates[count].entry = block * Entries::kCount + _tzcnt_u32(left);
    candidates[count].place = place;
    count += static_cast<size_t>(left != 0);
    for (left = _blsr_u32(left); left != 0; left = _blsr_u32(left)) [[unlikely]] {
      candidates[count++] = {.entry = block * Entries::kCount + _tzcnt_u32(left), .place = place};
    }
    if (block >= long_from && has_more_.data()[block] != 0) [[unlikely]] {
      count = compare_group({.block = block + 1, .place = place}, bytes_from(stretch + place),
                            count, passed - i, scratch);
      candidates = scratch.candidates_.data();
    }
  }
  return count;
}

// Adds the places of literals that have no quads.
void LiteralIndex::pass_others(PaddedView text, size_t from, size_t bytes, LiteralScratch& scratch,
                               size_t& passed, bool portable) const {
  LiteralPassed* const out = scratch.passed_.data();
  SidePlaces& side = *scratch.side_;
  side_.find(text, from, bytes, side, portable);
  for (size_t i = 0; i < side.pairs_count; ++i) {
    out[passed++] = {.block = pairs_block_, .place = int32_t{side.pairs[i]}};
  }
  for (size_t i = 0; i < side.digits_count; ++i) {
    out[passed++] = {.block = digits_block_, .place = int32_t{side.digits[i]}};
  }
  if (alone_block_ != 0) {
    for (size_t at = 0; at < bytes; ++at) {
      out[passed] = {.block = alone_block_, .place = static_cast<int32_t>(at)};
      passed +=
          static_cast<size_t>(first_bytes_[static_cast<unsigned char>(text.data()[from + at])]);
    }
  }
}

// Of the candidates, those whose other bytes and neighbours stand there.
[[gnu::always_inline]] inline size_t LiteralIndex::fit_candidates(PaddedView text, size_t from,
                                                                  size_t candidates,
                                                                  LiteralScratch& scratch) const {
  LiteralHit* const fitting = scratch.fitting_.data();
  const LiteralCandidate* const all = scratch.candidates_.data();
  const Rest* const rests = rests_.data();
  const char* const bytes = text.data();
  const size_t size = text.size();
  size_t count = 0;
  for (size_t i = 0; i < candidates; ++i) {
    const LiteralCandidate candidate = all[i];
    const Rest& rest = rests[candidate.entry];
    const std::ptrdiff_t begin = static_cast<std::ptrdiff_t>(from) + candidate.place - rest.offset;
    const size_t end = static_cast<size_t>(begin) + rest.length;
    if (begin < 0 || end > size) [[unlikely]] {
      continue;
    }
    const uint64_t more = bytes_from(bytes + begin + rest.more);
    // Both at any rate: two branches would cost more.
    const bool beside = neighbours_fit(rest, bytes, static_cast<size_t>(begin), end);
    bool fits = (((more & rest.mask) ^ rest.want) | uint64_t{!beside}) == 0;
    if (!rest.is_all_known && fits) [[unlikely]] {
      fits = stands_at(texts_[rest.literal], bytes + begin);
    }
    fitting[count] = {.literal = rest.literal, .end = end};
    count += static_cast<size_t>(fits);
  }
  return count;
}

// The same with shifts that leave the flags alone.
__attribute__((target("avx2,bmi,bmi2"))) size_t LiteralIndex::fit_by_bmi(
    PaddedView text, size_t from, size_t candidates, LiteralScratch& scratch) const {
  return fit_candidates(text, from, candidates, scratch);
}

// In three rounds, for a branch that goes either way costs more than all else.
void LiteralIndex::find(PaddedView text, size_t from, size_t bytes, LiteralScratch& scratch,
                        std::vector<LiteralHit>& found, bool portable) const {
  static const bool kHasVectors =
      __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
      __builtin_cpu_supports("bmi2") != 0 && __builtin_cpu_supports("popcnt") != 0;
  const bool vectors = kHasVectors && !portable;
  const char* const stretch = text.data() + from;
  const int32_t first = from == 0 ? 0 : -kBack;
  size_t passed = pass_quads(stretch, scratch);
  pass_others(text, from, bytes, scratch, passed, portable);
  const size_t candidates = vectors ? compare_by_avx2(stretch, first, passed, scratch)
                                    : compare_bytes(stretch, first, passed, scratch);
  if (scratch.fitting_.size() < candidates) scratch.fitting_.resize(2 * candidates);
  const size_t count = vectors ? fit_by_bmi(text, from, candidates, scratch)
                               : fit_candidates(text, from, candidates, scratch);
  const LiteralHit* const fitting = scratch.fitting_.data();
  found.insert(found.end(), fitting, fitting + count);
}

void LiteralIndex::begin(LiteralScratch& scratch) {
  scratch.at_ = 0;
  scratch.ended_ = false;
  scratch.waiting_.clear();
}

bool LiteralIndex::next(PaddedView text, size_t stretch, LiteralScratch& scratch,
                        std::vector<LiteralHit>& hits, bool portable) const {
  if (scratch.ended_ || texts_.empty()) return false;
  stretch = std::clamp<size_t>(stretch, 2, SieveScratch::kStretch) / 2 * 2;
  const size_t from = scratch.at_;
  const size_t bytes = std::min(stretch, text.size() - from);
  sieve_.look(text, from, bytes, *scratch.sieve_, portable);
  scratch.at_ += bytes;
  scratch.ended_ = scratch.at_ == text.size();
  const auto before = static_cast<std::ptrdiff_t>(hits.size());
  // What was held back is taken up again.
  hits.insert(hits.end(), scratch.waiting_.begin(), scratch.waiting_.end());
  scratch.waiting_.clear();
  find(text, from, bytes, scratch, hits, portable);
  const auto first = hits.begin() + before;
  if (!std::is_sorted(first, hits.end(), ends_earlier)) std::sort(first, hits.end(), ends_earlier);
  if (!scratch.ended_) {
    // No literal that is still to be found ends where its quad begins, or its first byte is.
    const auto late = std::find_if(first, hits.end(),
                                   [&](const LiteralHit& hit) { return hit.end > scratch.at_; });
    scratch.waiting_.assign(late, hits.end());
    hits.erase(late, hits.end());
  }
  return true;
}

}  // namespace spillguard::detect
