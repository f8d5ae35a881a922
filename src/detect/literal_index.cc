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
constexpr unsigned kTagShift = 16;
constexpr uint64_t kLongKeyMask = 0xFFFFFFFF00;  // of a key of four bytes

static_assert(std::endian::native == std::endian::little, "windows are read as words");

bool is_cased(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The eight bytes from a place of the text on; those before the text are zeros.
uint64_t bytes_from(const char* text, std::ptrdiff_t place) {
  uint64_t word = 0;
  std::memcpy(&word, text + std::max<std::ptrdiff_t>(place, 0), sizeof word);
  return place < 0 ? word << (8U * static_cast<unsigned>(-place)) : word;
}

uint32_t tag_of(uint64_t hash) { return static_cast<uint32_t>(hash >> kTagShift); }

bool ends_earlier(const LiteralHit& a, const LiteralHit& b) {
  return a.end != b.end ? a.end < b.end : a.literal < b.literal;
}

}  // namespace

// The upper bits are good.
inline uint64_t LiteralIndex::hash(uint64_t key) { return key * 0x9E3779B97F4A7C15U; }

// What the bytes of a window of the bucket are looked up by. Those of buckets with long keys are
// told apart by their bytes alone.
inline uint64_t LiteralIndex::bucket_key(uint64_t bytes, uint32_t bucket) const {
  return ((bytes | kFoldAll) & key_masks_[bucket]) + key_salts_[bucket];
}

void LiteralIndex::add_slot(uint64_t hash, uint32_t first) {
  const uint64_t bit = hash >> (64 - kBloomBits);
  bloom_[bit / 64] |= uint64_t{1} << (bit % 64);
  size_t at = hash >> (64 - slot_bits_);
  while (slots_[at].first != kNone) at = (at + 1) % slots_.size();
  slots_[at] = {.tag = tag_of(hash), .first = first};
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
  // By what is looked up of the hash: few keys, if any, share it, and entries tell them apart.
  std::map<uint64_t, std::vector<Entry>> groups;
  for (uint32_t i = 0; i < literals.size(); ++i) {
    const Literal& literal = literals[i];
    texts_.push_back({.begin = static_cast<uint32_t>(bytes_.size()),
                      .length = static_cast<uint32_t>(literal.bytes.size()),
                      .ignore_case = literal.ignore_case});
    bytes_ += literal.bytes;
    for (const WindowPlan::Place& place : plan.places()[i]) {
      Entry entry{.literal = i, .offset = place.offset};
      uint64_t key_bytes = 0;
      size_t known = 0;
      for (unsigned byte = 0; byte < sizeof entry.mask; ++byte) {
        const int at = place.offset + static_cast<int>(byte);
        if (at < 0 || at >= static_cast<int>(literal.bytes.size())) continue;
        const char c = literal.bytes[static_cast<size_t>(at)];
        const uint64_t value = static_cast<unsigned char>(c);
        const uint64_t mask = literal.ignore_case && is_cased(c) ? 0xFF & ~kCaseBit : 0xFF;
        entry.mask |= mask << (8 * byte);
        entry.want |= (value & mask) << (8 * byte);
        key_bytes |= value << (8 * byte);
        ++known;
      }
      entry.is_all_known = known == literal.bytes.size();
      groups[hash(bucket_key(key_bytes, place.bucket)) >> kTagShift].push_back(entry);
    }
  }
  bloom_.resize((size_t{1} << kBloomBits) / 64);
  slot_bits_ = std::max(4U, static_cast<unsigned>(std::bit_width(groups.size())) + 2);
  slots_.resize(size_t{1} << slot_bits_);
  for (auto& [upper, group] : groups) {
    group.back().is_last = true;
    add_slot(upper << kTagShift, static_cast<uint32_t>(entries_.size()));
    entries_.insert(entries_.end(), group.begin(), group.end());
  }
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

// The places whose keys are those of some literals, or look like it. Without a branch where nobody
// could tell which way it goes.
size_t LiteralIndex::pass_keys(const char* text, SieveScratch& sieve, LiteralPassed* passed) const {
  SievePlace* const places = sieve.places.data();
  const size_t sieved = sieve.count;
  const std::ptrdiff_t begin = sieve.begin;
  const uint64_t* const bloom = bloom_.data();
  const uint32_t long_buckets = long_buckets_;
  size_t count = 0;
  const auto bytes_at = [&](const SievePlace& place) {
    return bytes_from(text, begin + 2 * std::ptrdiff_t{place.pair});
  };
  const auto pass_if = [&](bool wanted, uint64_t key, uint64_t pair) {
    const uint64_t value = hash(key);
    const uint64_t bit = value >> (64 - kBloomBits);
    passed[count] = {.hash = value, .pair = pair};
    count += (bloom[bit / 64] >> (bit % 64)) & static_cast<uint64_t>(wanted);
  };
  size_t others = 0;  // places of short keys
  for (size_t i = 0; i < sieved; ++i) {
    const SievePlace place = places[i];
    pass_if((place.buckets & long_buckets) != 0, (bytes_at(place) | kFoldAll) & kLongKeyMask,
            place.pair);
    const uint32_t left = place.buckets & ~long_buckets;
    places[others] = {.buckets = left, .pair = place.pair};
    others += static_cast<size_t>(left != 0);
  }
  for (size_t i = 0; i < others; ++i) {
    const uint64_t bytes = bytes_at(places[i]);
    uint32_t left = places[i].buckets;
    do {
      const auto bucket = static_cast<uint32_t>(std::countr_zero(left));
      pass_if(true, bucket_key(bytes, bucket), places[i].pair);
      left &= left - 1;
    } while (left != 0);
  }
  return count;
}

// The literals from the entry on that have its key, at a window's place.
void LiteralIndex::compare(PaddedView text, const Entry* entry, std::ptrdiff_t place,
                           std::vector<LiteralHit>& found) const {
  const uint64_t bytes = bytes_from(text.data(), place);
  for (;; ++entry) {
    if ((bytes & entry->mask) == entry->want) {
      const Text& literal = texts_.data()[entry->literal];
      const std::ptrdiff_t begin = place - entry->offset;
      const size_t end = static_cast<size_t>(begin) + literal.length;
      if (begin >= 0 && end <= text.size() &&
          (entry->is_all_known || stands_at(literal, text.data() + begin))) {
        found.push_back({.literal = entry->literal, .end = end});
      }
    }
    if (entry->is_last) return;
  }
}

// In three rounds, so that what a round needs of the memory is there when it comes.
void LiteralIndex::compare_all(PaddedView text, LiteralScratch& scratch,
                               std::vector<LiteralHit>& found) const {
  SieveScratch& sieve = *scratch.sieve_;
  const size_t most = (sieve.count + 1) * LiteralWindow::kBuckets;
  if (scratch.passed_.size() < most) scratch.passed_.resize(most);
  LiteralPassed* const passed = scratch.passed_.data();
  const size_t count = pass_keys(text.data(), sieve, passed);
  const Slot* const slots = slots_.data();
  const Entry* const entries = entries_.data();
  const unsigned shift = 64 - slot_bits_;
  for (size_t i = 0; i < count; ++i) __builtin_prefetch(slots + (passed[i].hash >> shift));
  for (size_t i = 0; i < count; ++i) {
    const uint32_t first = slots[passed[i].hash >> shift].first;
    __builtin_prefetch(entries + (first == kNone ? 0 : first));
  }
  const size_t last_slot = slots_.size() - 1;
  for (size_t i = 0; i < count; ++i) {
    const LiteralPassed pass = passed[i];
    const std::ptrdiff_t place = sieve.begin + 2 * static_cast<std::ptrdiff_t>(pass.pair);
    for (size_t at = pass.hash >> shift; slots[at].first != kNone; at = (at + 1) & last_slot) {
      if (slots[at].tag != tag_of(pass.hash)) continue;
      compare(text, entries + slots[at].first, place, found);
      break;
    }
  }
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
  compare_all(text, scratch, hits);
  if (!std::is_sorted(hits.begin(), hits.end(), ends_earlier)) {
    std::sort(hits.begin(), hits.end(), ends_earlier);
  }
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
