#include "detect/literal_index.h"

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <compare>
#include <cstring>
#include <unordered_map>
#include <utility>

namespace spillguard::detect {
namespace {

constexpr uint64_t kCaseBit = 0x20;
constexpr uint64_t kDigitBits = 0xF0;  // what ten digits share, with six others
// The bytes that are compared begin so far in front of a quad: before a quad stands more that tells
// literals apart than behind it, where words end.
constexpr int kBack = 2;
constexpr size_t kFarthest = 32;  // byte behind a literal that is looked at, and one less
constexpr double kRareClass = 1.0 / 16;
static_assert(kFarthest <= PaddedText::kPadding);

static_assert(std::endian::native == std::endian::little, "windows are read as words");

bool is_cased(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

uint64_t bytes_from(const char* place) {
  uint64_t word = 0;
  std::memcpy(&word, place, sizeof word);
  return word;
}

// By class: the bits that all of its bytes have, and those that some have.
struct ClassBits {
  std::array<uint8_t, kTextClasses> all{};
  std::array<uint8_t, kTextClasses> any{};
};

ClassBits bits_of_classes() {
  ClassBits bits;
  bits.all.fill(UINT8_MAX);
  for (unsigned byte = 0; byte < kClassOfByte.size(); ++byte) {
    bits.all[kClassOfByte[byte]] &= static_cast<uint8_t>(byte);
    bits.any[kClassOfByte[byte]] |= static_cast<uint8_t>(byte);
  }
  return bits;
}

// The bits that all bytes of the classes have in common, and what they are.
std::pair<uint64_t, uint64_t> common_bits(ClassSet classes) {
  static const ClassBits kBits = bits_of_classes();
  unsigned all = UINT8_MAX;
  unsigned any = 0;
  for (; classes != 0; classes &= classes - 1) {
    const auto number = static_cast<size_t>(std::countr_zero(classes));
    all &= kBits.all[number];
    any |= kBits.any[number];
  }
  const unsigned mask = ~(all ^ any) & UINT8_MAX;
  return {mask, all & mask};
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

// The upper bits of a product are good.
inline uint32_t LiteralIndex::hash(uint32_t quad) { return quad * 0x9E3779B1U >> (32 - kHashBits); }

// Adds to the blocks that begin with `first_block`, the last ones; 0 begins them.
void LiteralIndex::add_entry(const Literal& literal, uint32_t number, int offset,
                             uint32_t& first_block) {
  if (first_block == 0 || rests_.back().is_used) {
    if (first_block != 0) has_more_.back() = 1;
    if (first_block == 0) first_block = static_cast<uint32_t>(entries_.size());
    entries_.emplace_back();
    has_more_.push_back(0);
    rests_.resize(rests_.size() + Entries::kCount);
  }
  size_t entry = rests_.size() - Entries::kCount;
  while (rests_[entry].is_used) ++entry;
  const Entry bytes = entry_of(literal, offset);
  entries_.back().masks[entry % Entries::kCount] = bytes.mask;
  entries_.back().wants[entry % Entries::kCount] = bytes.want;
  rests_[entry] = rest_of(literal, number, offset);
}

void LiteralIndex::fill(const std::vector<Literal>& literals, const QuadPlan& plan,
                        const QuadHash& quad_hash) {
  // A literal that a quad leads to.
  struct Lead {
    uint32_t hash = 0;  // of the quad
    uint32_t literal = 0;
    int32_t offset = 0;  // of the quad
    auto operator<=>(const Lead&) const = default;
  };
  sieve_ = QuadSieve(quad_hash);
  entries_.emplace_back();
  has_more_.push_back(0);
  rests_.resize(Entries::kCount);
  std::vector<Lead> leads;
  for (uint32_t i = 0; i < literals.size(); ++i) {
    const Literal& literal = literals[i];
    texts_.push_back({.begin = static_cast<uint32_t>(bytes_.size()),
                      .length = static_cast<uint32_t>(literal.bytes.size()),
                      .ignore_case = literal.ignore_case});
    bytes_ += literal.bytes;
    if (plan.offsets()[i].front() == QuadPlan::kNone) continue;
    for (const int8_t offset : plan.offsets()[i]) {
      for (const uint32_t quad : QuadPlan::quads_of(literal, offset)) {
        sieve_.add(quad);
        leads.push_back({.hash = hash(quad), .literal = i, .offset = offset});
      }
    }
  }
  std::sort(leads.begin(), leads.end());
  leads.erase(std::unique(leads.begin(), leads.end()), leads.end());
  // Many ways in which a text may go on behind a short literal lead to the same entries.
  std::unordered_map<std::string, uint32_t> blocks;
  first_block_.resize(size_t{1} << kHashBits);
  for (size_t begin = 0, end = 0; begin < leads.size(); begin = end) {
    std::string group;
    for (; end < leads.size() && leads[end].hash == leads[begin].hash; ++end) {
      const std::array<int32_t, 2> lead = {static_cast<int32_t>(leads[end].literal),
                                           leads[end].offset};
      group.append(reinterpret_cast<const char*>(lead.data()), sizeof lead);
    }
    uint32_t& block = blocks[group];
    if (block == 0) {
      for (size_t i = begin; i < end; ++i) {
        const uint32_t literal = leads[i].literal;
        add_entry(literals[literal], literal, leads[i].offset - kBack, block);
      }
    }
    static_assert(QuadPlan::kMaxQuads < UINT16_MAX);
    first_block_[leads[begin].hash] = static_cast<uint16_t>(block);
  }
  std::vector<uint32_t> pairs;
  std::vector<uint32_t> digits;
  std::vector<uint32_t> alone;
  for (uint32_t i = 0; i < literals.size(); ++i) {
    if (plan.offsets()[i].front() != QuadPlan::kNone) continue;
    const bool is_pair = SideRows::is_pair(literals[i]);
    if (!is_pair && !SideRows::is_digits(literals[i])) {
      alone.push_back(i);
      continue;
    }
    side_.add(literals[i]);
    (is_pair ? pairs : digits).push_back(i);
  }
  for (const uint32_t i : pairs) add_entry(literals[i], i, 0, pairs_block_);
  for (const uint32_t i : digits) add_entry(literals[i], i, 0, digits_block_);
  for (const uint32_t i : alone) {
    add_entry(literals[i], i, 0, alone_block_);
    const Entry entry = entry_of(literals[i], 0);
    for (uint64_t byte = 0; byte < first_bytes_.size(); ++byte) {
      if (((byte ^ entry.want) & entry.mask & UINT8_MAX) == 0) first_bytes_[byte] = true;
    }
  }
}

uint8_t LiteralIndex::class_set_number(ClassSet set) {
  if (class_sets_.empty()) {
    static_assert(kAnyClass == 0);
    class_sets_.push_back(kAllClasses);
    class_set_odds_.push_back(1);
    class_set_numbers_.emplace(kAllClasses, kAnyClass);
  }
  const auto known = class_set_numbers_.find(set);
  if (known != class_set_numbers_.end()) return known->second;
  if (class_sets_.size() > UINT8_MAX) return kAnyClass;  // no test is a safe test
  const auto number = static_cast<uint8_t>(class_sets_.size());
  class_sets_.push_back(set);
  class_set_odds_.push_back(class_odds(set));
  class_set_numbers_.emplace(set, number);
  return number;
}

// Mask and want of the bytes of the literal from an offset on, which may be in front of it, and of
// those behind it, as far as they have bits in common.
LiteralIndex::Entry LiteralIndex::entry_of(const Literal& literal, int offset) {
  Entry entry{.mask = 0, .want = 0};
  for (int byte = 0; byte < static_cast<int>(sizeof entry.mask); ++byte) {
    const int at = offset + byte;
    if (at >= static_cast<int>(literal.bytes.size())) {
      const auto behind = static_cast<size_t>(at) - literal.bytes.size();
      if (behind >= literal.after.size()) break;
      const auto [mask, want] = common_bits(literal.after[behind]);
      entry.mask |= mask << (8 * byte);
      entry.want |= want << (8 * byte);
      continue;
    }
    if (at < 0) continue;
    const char c = literal.bytes[static_cast<size_t>(at)];
    uint64_t mask = 0xFF;
    if (literal.ignore_case && is_cased(c)) mask = 0xFF & ~kCaseBit;
    if (literal.any_digit && c >= '0' && c <= '9') mask = kDigitBits;
    entry.mask |= mask << (8 * byte);
    entry.want |= (static_cast<unsigned char>(c) & mask) << (8 * byte);
  }
  return entry;
}

LiteralIndex::Rest LiteralIndex::rest_of(const Literal& literal, uint32_t number, int offset) {
  constexpr int kBytes = sizeof(uint64_t);
  const auto length = static_cast<int>(literal.bytes.size());
  // Behind the bytes of the entry when there are any, else in front.
  const int more = offset + kBytes < length ? offset + kBytes : std::max(0, offset - kBytes);
  const Entry bytes = entry_of(literal, more);
  const bool to_begin = offset <= 0 || more == 0;
  const bool to_end = offset + kBytes >= length || (more > offset && more + kBytes >= length);
  Rest rest{.mask = bytes.mask,
            .want = bytes.want,
            .literal = number,
            .length = static_cast<uint32_t>(length),
            .offset = static_cast<int8_t>(offset),
            .more = static_cast<int8_t>(more),
            .is_used = true,
            .is_all_known = to_begin && to_end};
  const ClassSet nothing = literal.may_begin_text ? ClassSet{1} << kOutsideClass : 0;
  rest.before = class_set_number(literal.before | nothing);
  if (!literal.after.empty()) rest.after = class_set_number(literal.after.front());
  // Where digits were found by those that follow, they are not looked at again.
  const size_t nearest = SideRows::is_digits(literal) ? SideRows::kSeen - literal.bytes.size() : 1;
  const size_t farthest = std::min(literal.after.size(), kFarthest);
  for (size_t far = nearest < farthest ? nearest : 1; far < farthest; ++far) {
    const uint8_t set = class_set_number(literal.after[far]);
    const double odds = class_set_odds_[set];
    const double least = class_set_odds_[rest.farther];
    // Of equals the nearest; but where one digit is, there are more, so of rare ones the farthest.
    if (odds > least || (odds == least && odds > kRareClass)) continue;
    rest.farther = set;
    rest.how_far = static_cast<uint8_t>(far);
  }
  return rest;
}

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
  const SieveScratch& sieve = *scratch.sieve_;
  LiteralPassed* const passed = scratch.passed_.data();
  const uint16_t* const first_block = first_block_.data();
  const Entries* const entries = entries_.data();
  size_t count = 0;
  for (size_t i = 0; i < sieve.count; ++i) {
    const int32_t place = 2 * int32_t{sieve.places[i]};
    uint32_t quad = 0;
    std::memcpy(&quad, stretch + place, sizeof quad);
    const uint32_t block = first_block[hash(quad | kQuadFold)];
    __builtin_prefetch(entries + block);
    passed[count] = {.block = block, .place = place - kBack};
    count += static_cast<size_t>(block != 0);
  }
  return count;
}

// Of those places, the entries whose bytes stand there.
size_t LiteralIndex::compare_bytes(const char* stretch, int32_t first, size_t passed,
                                   LiteralScratch& scratch) const {
  const Entries* const entries = entries_.data();
  const uint8_t* const has_more = has_more_.data();
  size_t count = 0;
  for (size_t i = 0; i < passed; ++i) {
    auto [block, place] = scratch.passed_.data()[i];
    const uint64_t bytes = bytes_at(stretch, place, first);
    bool more = false;
    do {
      const size_t most = count + Entries::kCount;
      if (scratch.candidates_.size() < most) scratch.candidates_.resize(2 * most);
      LiteralCandidate* const candidates = scratch.candidates_.data();
      for (uint32_t each = 0; each < Entries::kCount; ++each) {
        candidates[count] = {.entry = block * Entries::kCount + each, .place = place};
        count +=
            static_cast<size_t>((bytes & entries[block].masks[each]) == entries[block].wants[each]);
      }
      more = has_more[block++] != 0;
    } while (more);
  }
  return count;
}

// The same by vectors. Most blocks have one at the most: it is written down at any rate.
__attribute__((target("avx2,bmi,popcnt"))) size_t LiteralIndex::compare_by_avx2(
    const char* stretch, int32_t first, size_t passed, LiteralScratch& scratch) const {
  static_assert(Entries::kCount == 4);
  const Entries* const entries = entries_.data();
  const Rest* const rests = rests_.data();
  const uint8_t* const has_more = has_more_.data();
  const LiteralPassed* const places = scratch.passed_.data();
  LiteralCandidate* candidates = scratch.candidates_.data();
  size_t room = scratch.candidates_.size();
  size_t count = 0;
  for (size_t i = 0; i < passed; ++i) {
    auto [block, place] = places[i];
    const __m256i bytes = _mm256_set1_epi64x(static_cast<int64_t>(bytes_at(stretch, place, first)));
    bool more = false;
    do {
      if (room - count < Entries::kCount) [[unlikely]] {
        room = 2 * (count + Entries::kCount);
        scratch.candidates_.resize(room);
        candidates = scratch.candidates_.data();
      }
      const __m256i masks =
          _mm256_load_si256(reinterpret_cast<const __m256i*>(entries[block].masks.data()));
      const __m256i wants =
          _mm256_load_si256(reinterpret_cast<const __m256i*>(entries[block].wants.data()));
      const __m256i same = _mm256_cmpeq_epi64(_mm256_and_si256(bytes, masks), wants);
      auto left = static_cast<uint32_t>(_mm256_movemask_pd(_mm256_castsi256_pd(same)));
      candidates[count] = {.entry = block * Entries::kCount + _tzcnt_u32(left), .place = place};
      __builtin_prefetch(rests + candidates[count].entry);
      count += static_cast<size_t>(left != 0);
      for (left = _blsr_u32(left); left != 0; left = _blsr_u32(left)) [[unlikely]] {
        candidates[count++] = {.entry = block * Entries::kCount + _tzcnt_u32(left), .place = place};
      }
      more = has_more[block++] != 0;
    } while (more);
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
  hits.clear();
  if (scratch.ended_ || texts_.empty()) return false;
  stretch = std::clamp<size_t>(stretch, 2, SieveScratch::kStretch) / 2 * 2;
  const size_t from = scratch.at_;
  const size_t bytes = std::min(stretch, text.size() - from);
  sieve_.look(text, from, bytes, *scratch.sieve_, portable);
  scratch.at_ += bytes;
  scratch.ended_ = scratch.at_ == text.size();
  // What was held back is taken up again.
  hits.swap(scratch.waiting_);
  find(text, from, bytes, scratch, hits, portable);
  if (!std::is_sorted(hits.begin(), hits.end(), ends_earlier)) {
    std::sort(hits.begin(), hits.end(), ends_earlier);
  }
  if (!scratch.ended_) {
    // No literal that is still to be found ends where its quad begins, or its first byte is.
    const auto first = std::find_if(hits.begin(), hits.end(),
                                    [&](const LiteralHit& hit) { return hit.end > scratch.at_; });
    scratch.waiting_.assign(first, hits.end());
    hits.erase(first, hits.end());
  }
  return true;
}

}  // namespace spillguard::detect
