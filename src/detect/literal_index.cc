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

static_assert(std::endian::native == std::endian::little, "windows are read as words");

bool is_cased(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The eight bytes from a place of the text on; those before the text are zeros.
uint64_t bytes_from(const char* text, std::ptrdiff_t place) {
  uint64_t word = 0;
  std::memcpy(&word, text + std::max<std::ptrdiff_t>(place, 0), sizeof word);
  return place < 0 ? word << (8U * static_cast<unsigned>(-place)) : word;
}

bool ends_earlier(const LiteralHit& a, const LiteralHit& b) {
  return a.end != b.end ? a.end < b.end : a.literal < b.literal;
}

}  // namespace

// The upper bits are good.
uint64_t LiteralIndex::hash(uint64_t key, uint32_t bucket) {
  return (key + bucket) * 0x9E3779B97F4A7C15U;
}

void LiteralIndex::add_slot(uint64_t key, uint32_t bucket, uint32_t first) {
  const uint64_t value = hash(key, bucket);
  const uint64_t bit = value >> (64 - kBloomBits);
  bloom_[bit / 64] |= uint64_t{1} << (bit % 64);
  size_t at = value >> (64 - slot_bits_);
  while (slots_[at].first != kNone) at = (at + 1) % slots_.size();
  slots_[at] = {.tag = static_cast<uint32_t>(value), .first = first};
}

void LiteralIndex::fill(const std::vector<Literal>& literals, const WindowPlan& plan) {
  sieve_ = PairSieve(literals, plan);
  for (uint32_t bucket = 0; bucket < LiteralWindow::kBuckets; ++bucket) {
    for (unsigned i = 0; i < LiteralWindow::kBytes; ++i) {
      if ((plan.key_bytes(bucket) >> i & 1U) != 0) key_masks_[bucket] |= uint64_t{0xFF} << (8 * i);
    }
  }
  std::map<std::pair<uint32_t, uint64_t>, std::vector<Entry>> groups;  // by bucket and key
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
      groups[{place.bucket, (key_bytes | kFoldAll) & key_masks_[place.bucket]}].push_back(entry);
    }
  }
  bloom_.resize((size_t{1} << kBloomBits) / 64);
  slot_bits_ = std::max(4U, static_cast<unsigned>(std::bit_width(groups.size())) + 1);
  slots_.resize(size_t{1} << slot_bits_);
  for (auto& [place, group] : groups) {
    group.back().is_last = true;
    add_slot(place.second, place.first, static_cast<uint32_t>(entries_.size()));
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

// Those whose key is that of some literal, or looks like one. Without a branch, for nobody could
// tell which way it goes.
size_t LiteralIndex::pass_keys(const char* text, const SieveScratch& sieve,
                               LiteralPassed* passed) const {
  const uint64_t* const bloom = bloom_.data();
  const uint64_t* const masks = key_masks_.data();
  size_t count = 0;
  for (size_t i = 0; i < sieve.count; ++i) {
    const SieveHit hit = sieve.hits.data()[i];
    const uint64_t bytes = bytes_from(text, sieve.begin + 2 * std::ptrdiff_t{hit.pair});
    const uint64_t value = hash((bytes | kFoldAll) & masks[hit.bucket], hit.bucket);
    const uint64_t bit = value >> (64 - kBloomBits);
    passed[count] = {.hit = hit,
                     .slot = static_cast<uint32_t>(value >> (64 - slot_bits_)),
                     .tag = static_cast<uint32_t>(value)};
    count += bloom[bit / 64] >> (bit % 64) & 1U;
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
  const SieveScratch& sieve = *scratch.sieve_;
  if (scratch.passed_.size() < sieve.count) scratch.passed_.resize(sieve.count);
  LiteralPassed* const passed = scratch.passed_.data();
  const size_t count = pass_keys(text.data(), sieve, passed);
  const Slot* const slots = slots_.data();
  const Entry* const entries = entries_.data();
  for (size_t i = 0; i < count; ++i) __builtin_prefetch(slots + passed[i].slot);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t first = slots[passed[i].slot].first;
    __builtin_prefetch(entries + (first == kNone ? 0 : first));
  }
  const size_t last_slot = slots_.size() - 1;
  for (size_t i = 0; i < count; ++i) {
    const std::ptrdiff_t place = sieve.begin + 2 * std::ptrdiff_t{passed[i].hit.pair};
    for (size_t at = passed[i].slot; slots[at].first != kNone; at = (at + 1) & last_slot) {
      if (slots[at].tag == passed[i].tag) compare(text, entries + slots[at].first, place, found);
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
