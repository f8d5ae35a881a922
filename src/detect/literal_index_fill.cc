// How an index is built: which entries there are, where they are compared, and what is looked at
// where their bytes stand.
#include <algorithm>
#include <bit>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "detect/literal_index.h"
#include "detect/literals/group_blocks.h"

namespace spillguard::detect {
namespace {

constexpr uint64_t kDigitBits = 0xF0;  // what ten digits share, with six others
constexpr size_t kFarthest = 32;       // byte behind a literal that is looked at, and one less
constexpr double kRareClass = 1.0 / 16;
static_assert(kFarthest <= PaddedText::kPadding);

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

}  // namespace

uint32_t LiteralIndex::add_block() {
  entries_.emplace_back();
  has_more_.push_back(0);
  rests_.resize(rests_.size() + Entries::kCount);
  return static_cast<uint32_t>(entries_.size() - 1);
}

void LiteralIndex::set_entry(uint32_t block, size_t place, const Literal& literal,
                             const Lead& lead) {
  const Entry bytes = entry_of(literal, lead.offset);
  entries_[block].masks[place] = bytes.mask;
  entries_[block].wants[place] = bytes.want;
  rests_[block * Entries::kCount + place] = rest_of(literal, lead.literal, lead.offset);
}

// In blocks of their own, one behind the other.
uint32_t LiteralIndex::add_apart(const std::vector<Literal>& literals,
                                 const std::vector<Lead>& leads) {
  uint32_t first = 0;
  for (size_t i = 0; i < leads.size(); ++i) {
    if (i != 0 && i % Entries::kCount == 0) has_more_.back() = 1;
    if (i % Entries::kCount == 0) add_block();
    const auto block = static_cast<uint32_t>(entries_.size() - 1);
    if (i == 0) first = block;
    set_entry(block, i % Entries::kCount, literals[leads[i].literal], leads[i]);
  }
  return first;
}

// Many ways in which a text may go on behind a short literal lead to the same entries: a group. In
// the order of their hashes, so that groups that are compared together have nothing in common.
void LiteralIndex::add_groups(const std::vector<Literal>& literals,
                              std::vector<HashedLead> hashed) {
  std::sort(hashed.begin(), hashed.end());
  hashed.erase(std::unique(hashed.begin(), hashed.end()), hashed.end());
  std::vector<std::vector<Lead>> groups;
  std::vector<size_t> group_of(hashed.size());  // by the first lead of a hash
  std::unordered_map<std::string, size_t> numbers;
  std::vector<std::vector<uint32_t>> few;
  for (size_t begin = 0, end = 0; begin < hashed.size(); begin = end) {
    std::vector<Lead> group;
    for (; end < hashed.size() && hashed[end].hash == hashed[begin].hash; ++end) {
      group.push_back(hashed[end].lead);
    }
    const std::string key(reinterpret_cast<const char*>(group.data()), group.size() * sizeof(Lead));
    const auto [known, is_new] = numbers.emplace(key, groups.size());
    group_of[begin] = known->second;
    if (!is_new) continue;
    if (group.size() <= GroupBlocks::kSize) {
      std::vector<uint32_t>& members = few.emplace_back();
      for (const Lead& lead : group) members.push_back(number_of(lead));
    }
    groups.push_back(std::move(group));
  }
  static_assert(GroupBlocks::kSize == Entries::kCount);
  const GroupBlocks packed(few);
  std::vector<uint32_t> blocks(groups.size());
  const auto before = static_cast<uint32_t>(entries_.size());
  for (size_t i = 0; i < packed.blocks().size(); ++i) add_block();
  for (size_t i = 0, at = 0; i < groups.size(); ++i) {
    if (groups[i].size() > GroupBlocks::kSize) continue;
    const GroupBlocks::Block& block = packed.blocks()[packed.block_of()[at]];
    blocks[i] = before + packed.block_of()[at++];
    for (const Lead& lead : groups[i]) {
      const auto* const place = std::find(block.begin(), block.end(), number_of(lead));
      set_entry(blocks[i], static_cast<size_t>(place - block.begin()), literals[lead.literal],
                lead);
    }
  }
  long_from_ = static_cast<uint32_t>(entries_.size());
  for (size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].size() > GroupBlocks::kSize) blocks[i] = add_apart(literals, groups[i]);
  }
  static_assert(QuadPlan::kMaxQuads < UINT16_MAX);
  for (size_t i = 0; i < hashed.size(); ++i) {
    if (i != 0 && hashed[i].hash == hashed[i - 1].hash) continue;
    first_block_[hashed[i].hash] = static_cast<uint16_t>(blocks[group_of[i]]);
  }
}

void LiteralIndex::fill(const std::vector<Literal>& literals, const QuadPlan& plan,
                        const QuadHash& quad_hash) {
  sieve_ = QuadSieve(quad_hash);
  first_block_.resize(size_t{1} << kHashBits);
  add_block();
  std::vector<HashedLead> hashed;
  std::vector<Lead> pairs;
  std::vector<Lead> digits;
  std::vector<Lead> alone;
  for (uint32_t i = 0; i < literals.size(); ++i) {
    const Literal& literal = literals[i];
    texts_.push_back({.begin = static_cast<uint32_t>(bytes_.size()),
                      .length = static_cast<uint32_t>(literal.bytes.size()),
                      .ignore_case = literal.ignore_case});
    bytes_ += literal.bytes;
    if (plan.offsets()[i].front() != QuadPlan::kNone) {
      const QuadPlan::Offsets& offsets = plan.offsets()[i];
      for (size_t which = 0; which < offsets.size(); ++which) {
        for (const uint32_t quad : plan.quads(i, which)) {
          sieve_.add(quad);
          hashed.push_back({hash(quad), {.literal = i, .offset = offsets.at(which) - kBack}});
        }
      }
    } else if (SideRows::is_pair(literal) || SideRows::is_digits(literal)) {
      side_.add(literal);
      (SideRows::is_pair(literal) ? pairs : digits).push_back({.literal = i});
    } else {
      alone.push_back({.literal = i});
      const Entry entry = entry_of(literal, 0);
      for (uint64_t byte = 0; byte < first_bytes_.size(); ++byte) {
        if (((byte ^ entry.want) & entry.mask & UINT8_MAX) == 0) first_bytes_[byte] = true;
      }
    }
  }
  add_groups(literals, std::move(hashed));
  pairs_block_ = add_apart(literals, pairs);
  digits_block_ = add_apart(literals, digits);
  alone_block_ = add_apart(literals, alone);
}

uint16_t LiteralIndex::class_set_number(ClassSet set) {
  if (class_sets_.empty()) {
    static_assert(kAnyClass == 0);
    class_sets_.push_back(kAllClasses);
    class_set_odds_.push_back(1);
    class_set_numbers_.emplace(kAllClasses, kAnyClass);
  }
  const auto known = class_set_numbers_.find(set);
  if (known != class_set_numbers_.end()) return known->second;
  if (class_sets_.size() > UINT16_MAX) return kAnyClass;  // no test is a safe test
  const auto number = static_cast<uint16_t>(class_sets_.size());
  class_sets_.push_back(set);
  class_set_odds_.push_back(class_odds(set));
  class_set_numbers_.emplace(set, number);
  return number;
}

// Mask and want of the bytes of the literal from an offset on, which may be in front of it, and of
// those behind it, as far as they have bits in common.
LiteralIndex::Entry LiteralIndex::entry_of(const Literal& literal, int offset) {
  Entry entry{.mask = 0, .want = 0};
  ClassSet classes = kAllClasses;  // of the byte before, for most are followed by their like
  uint64_t mask_of_classes = 0;
  uint64_t want_of_classes = 0;
  for (int byte = 0; byte < static_cast<int>(sizeof entry.mask); ++byte) {
    const int at = offset + byte;
    if (at >= static_cast<int>(literal.bytes.size())) {
      const auto behind = static_cast<size_t>(at) - literal.bytes.size();
      if (behind >= literal.after.size()) break;
      if (literal.after[behind] != classes) {
        classes = literal.after[behind];
        std::tie(mask_of_classes, want_of_classes) = common_bits(classes);
      }
      entry.mask |= mask_of_classes << (8 * byte);
      entry.want |= want_of_classes << (8 * byte);
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
            .length = static_cast<uint16_t>(length),
            .offset = static_cast<int8_t>(offset),
            .more = static_cast<int8_t>(more),
            .is_all_known = to_begin && to_end};
  const ClassSet nothing = literal.may_begin_text ? ClassSet{1} << kOutsideClass : 0;
  rest.before = class_set_number(literal.before | nothing);
  if (!literal.after.empty()) rest.after = class_set_number(literal.after.front());
  // Where digits were found by those that follow, they are not looked at again.
  const size_t nearest = SideRows::is_digits(literal) ? SideRows::kSeen - literal.bytes.size() : 1;
  const size_t farthest = std::min(literal.after.size(), kFarthest);
  ClassSet classes = kAllClasses;
  uint16_t set = class_set_number(classes);
  for (size_t far = nearest < farthest ? nearest : 1; far < farthest; ++far) {
    if (literal.after[far] != classes) {
      classes = literal.after[far];
      set = class_set_number(classes);
    }
    const double odds = class_set_odds_[set];
    const double least = class_set_odds_[rest.farther];
    // Of equals the nearest; but where one digit is, there are more, so of rare ones the farthest.
    if (odds > least || (odds == least && odds > kRareClass)) continue;
    rest.farther = set;
    rest.how_far = static_cast<uint8_t>(far);
  }
  return rest;
}

}  // namespace spillguard::detect
