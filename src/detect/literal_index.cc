#include "detect/literal_index.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <utility>

namespace spillguard::detect {
namespace {

constexpr uint64_t kFoldAll = kFoldBit * 0x0101010101010101U;
constexpr uint64_t kCaseBit = 0x20;
constexpr uint64_t kDigitBits = 0xF0;  // what ten digits share, with six others
constexpr size_t kFarthest = 32;       // byte behind a literal that is looked at, and one less
constexpr double kRareClass = 1.0 / 16;
static_assert(kFarthest <= PaddedText::kPadding);
constexpr uint64_t kLongKeyMask = 0xFFFFFFFF00;  // of a key of four bytes

static_assert(std::endian::native == std::endian::little, "windows are read as words");

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_cased(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The eight bytes from a place of the text on; those before the text are zeros.
uint64_t bytes_from(const char* text, std::ptrdiff_t place) {
  uint64_t word = 0;
  if (place < 0) [[unlikely]] {
    std::memcpy(&word, text, sizeof word);
    return word << (8U * static_cast<unsigned>(-place));
  }
  std::memcpy(&word, text + place, sizeof word);
  return word;
}

bool ends_earlier(const LiteralHit& a, const LiteralHit& b) {
  return a.end != b.end ? a.end < b.end : a.literal < b.literal;
}

}  // namespace

// The upper bits of a product are good.
inline uint32_t LiteralIndex::hash(uint64_t key) {
  return static_cast<uint32_t>(key * 0x9E3779B97F4A7C15U >> (64 - kHashBits));
}

// What the bytes of a window of the bucket are looked up by. Those of buckets with long keys are
// told apart by their bytes alone.
inline uint64_t LiteralIndex::bucket_key(uint64_t bytes, uint32_t bucket) const {
  return ((bytes | kFoldAll) & key_masks_[bucket]) + key_salts_[bucket];
}

void LiteralIndex::fill(const std::vector<Literal>& literals, const WindowPlan& plan) {
  sieve_ = PairSieve(literals, plan);
  for (uint32_t bucket = 0; bucket < LiteralWindow::kBuckets; ++bucket) {
    for (unsigned i = 0; i < LiteralWindow::kBytes; ++i) {
      if ((plan.key_bytes(bucket) >> i & 1U) != 0) key_masks_[bucket] |= uint64_t{0xFF} << (8 * i);
    }
    if (key_masks_[bucket] == kLongKeyMask) {
      long_buckets_ |= uint32_t{1} << bucket;
    } else {
      key_salts_[bucket] = bucket + 1;
    }
  }
  // By hash: few keys share it, and entries tell them apart.
  std::map<uint32_t, std::vector<std::pair<uint32_t, int8_t>>> groups;
  for (uint32_t i = 0; i < literals.size(); ++i) {
    const Literal& literal = literals[i];
    texts_.push_back({.begin = static_cast<uint32_t>(bytes_.size()),
                      .length = static_cast<uint32_t>(literal.bytes.size()),
                      .ignore_case = literal.ignore_case});
    bytes_ += literal.bytes;
    for (const WindowPlan::Place& place : plan.places()[i]) {
      uint64_t key_bytes = 0;
      for (int byte = 0; byte < static_cast<int>(sizeof key_bytes); ++byte) {
        const int at = place.offset + byte;
        if (at < 0 || at >= static_cast<int>(literal.bytes.size())) continue;
        const auto value = static_cast<unsigned char>(literal.bytes[static_cast<size_t>(at)]);
        key_bytes |= uint64_t{value} << (8 * byte);
      }
      groups[hash(bucket_key(key_bytes, place.bucket))].emplace_back(i, place.offset);
    }
  }
  has_key_.resize((size_t{1} << kHashBits) / 64);
  groups_.resize(size_t{1} << kGroupBits);
  for (const auto& [hash, group] : groups) {
    has_key_[hash / 64] |= uint64_t{1} << (hash % 64);
    Group& place = groups_[hash >> (kHashBits - kGroupBits)];
    // Groups come by their hashes: one with the same upper bits is the last.
    if (place.first == place.end) place.first = place.end = static_cast<uint32_t>(entries_.size());
    for (size_t i = 0; i < group.size(); ++i) {
      const auto& [number, offset] = group[i];
      if (i % Entries::kCount == 0) {
        entries_.emplace_back();
        rests_.resize(rests_.size() + Entries::kCount);
        ++place.end;
      }
      entries_.back().entry[i % Entries::kCount] = entry_of(literals[number], offset);
      rests_[rests_.size() - Entries::kCount + i % Entries::kCount] =
          rest_of(literals[number], number, offset);
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

// Mask and want of the bytes of the literal from an offset on, which may be in front of it.
LiteralIndex::Entry LiteralIndex::entry_of(const Literal& literal, int offset) {
  Entry entry{.mask = 0, .want = 0};
  for (int byte = 0; byte < static_cast<int>(sizeof entry.mask); ++byte) {
    const int at = offset + byte;
    if (at < 0 || at >= static_cast<int>(literal.bytes.size())) continue;
    const char c = literal.bytes[static_cast<size_t>(at)];
    uint64_t mask = 0xFF;
    if (literal.ignore_case && is_cased(c)) mask = 0xFF & ~kCaseBit;
    if (literal.any_digit && is_digit(c)) mask = kDigitBits;
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
            .is_all_known = to_begin && to_end};
  const ClassSet nothing = literal.may_begin_text ? ClassSet{1} << kOutsideClass : 0;
  rest.before = class_set_number(literal.before | nothing);
  if (!literal.after.empty()) rest.after = class_set_number(literal.after.front());
  for (size_t far = 1; far < std::min(literal.after.size(), kFarthest); ++far) {
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
inline bool LiteralIndex::neighbours_fit(const Rest& rest, const char* text, size_t begin,
                                         size_t end) const {
  const auto class_of = [](char c) { return kClassOfByte[static_cast<unsigned char>(c)]; };
  const ClassSet* const sets = class_sets_.data();
  const unsigned before = begin == 0 ? kOutsideClass : class_of(text[begin - 1]);
  return (sets[rest.before] >> before & sets[rest.after] >> class_of(text[end]) &
          sets[rest.farther] >> class_of(text[end + rest.how_far]) & 1U) != 0;
}

// The places whose keys are those of some literals. Without a branch where nobody could tell which
// way it goes.
size_t LiteralIndex::pass_keys(const char* text, LiteralScratch& scratch) const {
  SieveScratch& sieve = *scratch.sieve_;
  const size_t most = (sieve.count + 1) * LiteralWindow::kBuckets;
  if (scratch.passed_.size() < most) scratch.passed_.resize(most);
  LiteralPassed* const passed = scratch.passed_.data();
  uint16_t* const places = sieve.places.data();
  const uint64_t* const has_key = has_key_.data();
  size_t count = 0;
  const auto bytes_at = [&](size_t place) {
    return bytes_from(text, sieve.begin + 2 * static_cast<std::ptrdiff_t>(place));
  };
  const auto pass_if = [&](bool wanted, uint64_t key, size_t place) {
    const uint32_t value = hash(key);
    passed[count] = {.hash = value, .pair = static_cast<uint32_t>(place)};
    count += (has_key[value / 64] >> (value % 64)) & static_cast<uint64_t>(wanted);
  };
  size_t others = 0;  // places of other than long keys
  for (size_t i = 0; i < sieve.count; ++i) {
    const size_t place = places[i];
    const uint32_t buckets = sieve.buckets(place);
    pass_if((buckets & long_buckets_) != 0, (bytes_at(place) | kFoldAll) & kLongKeyMask, place);
    places[others] = static_cast<uint16_t>(place);
    others += static_cast<size_t>((buckets & ~long_buckets_) != 0);
  }
  for (size_t i = 0; i < others; ++i) {
    const size_t place = places[i];
    const uint64_t bytes = bytes_at(place);
    uint32_t left = sieve.buckets(place) & ~long_buckets_;
    do {
      const auto bucket = static_cast<uint32_t>(std::countr_zero(left));
      pass_if(true, bucket_key(bytes, bucket), place);
      left &= left - 1;
    } while (left != 0);
  }
  return count;
}

// Of the groups of the places that passed, the entries whose bytes stand there.
size_t LiteralIndex::compare_bytes(const char* text, size_t passed, LiteralScratch& scratch) const {
  const std::ptrdiff_t begin = scratch.sieve_->begin;
  const Group* const groups = groups_.data();
  const Entries* const entries = entries_.data();
  const auto group_of = [&](size_t i) -> const Group& {
    return groups[scratch.passed_.data()[i].hash >> (kHashBits - kGroupBits)];
  };
  for (size_t i = 0; i < passed; ++i) __builtin_prefetch(entries + group_of(i).first);
  size_t count = 0;
  for (size_t i = 0; i < passed; ++i) {
    const uint32_t pair = scratch.passed_.data()[i].pair;
    const Group group = group_of(i);
    const size_t most = count + size_t{group.end - group.first} * Entries::kCount;
    if (scratch.candidates_.size() < most) scratch.candidates_.resize(2 * most);
    LiteralCandidate* const candidates = scratch.candidates_.data();
    const uint64_t bytes = bytes_from(text, begin + 2 * std::ptrdiff_t{pair});
    for (uint32_t some = group.first; some < group.end; ++some) {
      for (uint32_t each = 0; each < Entries::kCount; ++each) {
        const Entry& entry = entries[some].entry[each];
        candidates[count] = {.entry = some * Entries::kCount + each, .pair = pair};
        count += static_cast<size_t>((bytes & entry.mask) == entry.want);
      }
    }
  }
  return count;
}

// In three rounds, for a branch that goes either way costs more than all else.
void LiteralIndex::find(PaddedView text, LiteralScratch& scratch,
                        std::vector<LiteralHit>& found) const {
  const size_t passed = pass_keys(text.data(), scratch);
  const size_t candidates = compare_bytes(text.data(), passed, scratch);
  if (scratch.fitting_.size() < candidates) scratch.fitting_.resize(2 * candidates);
  LiteralHit* const fitting = scratch.fitting_.data();
  const Rest* const rests = rests_.data();
  size_t count = 0;
  for (size_t i = 0; i < candidates; ++i) {
    const LiteralCandidate candidate = scratch.candidates_.data()[i];
    const Rest& rest = rests[candidate.entry];
    const std::ptrdiff_t place = scratch.sieve_->begin + 2 * std::ptrdiff_t{candidate.pair};
    const std::ptrdiff_t begin = place - rest.offset;
    const size_t end = static_cast<size_t>(begin) + rest.length;
    if (begin < 0 || end > text.size()) continue;
    uint64_t more = 0;
    std::memcpy(&more, text.data() + begin + rest.more, sizeof more);
    // Both at any rate: two branches would cost more.
    const bool beside = neighbours_fit(rest, text.data(), static_cast<size_t>(begin), end);
    bool fits = (((more & rest.mask) ^ rest.want) | uint64_t{!beside}) == 0;
    if (!rest.is_all_known && fits) {
      fits = stands_at(texts_[rest.literal], text.data() + begin);
    }
    fitting[count] = {.literal = rest.literal, .end = end};
    count += static_cast<size_t>(fits);
  }
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
  const size_t bytes = std::min(stretch, text.size() - scratch.at_);
  sieve_.look(text, scratch.at_, bytes, *scratch.sieve_, portable);
  scratch.at_ += bytes;
  scratch.ended_ = scratch.at_ == text.size();
  // What was held back is taken up again.
  hits.swap(scratch.waiting_);
  find(text, scratch, hits);
  if (!std::is_sorted(hits.begin(), hits.end(), ends_earlier)) {
    std::sort(hits.begin(), hits.end(), ends_earlier);
  }
  // Two keys of one place may lead to one group.
  hits.erase(std::unique(hits.begin(), hits.end()), hits.end());
  if (!scratch.ended_) {
    // No window that is still to come begins before `at` - 4, and none of their literals ends where
    // its window begins.
    const auto first = std::find_if(hits.begin(), hits.end(), [&](const LiteralHit& hit) {
      return hit.end + 3 >= scratch.at_;
    });
    scratch.waiting_.assign(first, hits.end());
    hits.erase(first, hits.end());
  }
  return true;
}

}  // namespace spillguard::detect
