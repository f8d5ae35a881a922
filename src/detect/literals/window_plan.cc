#include "detect/literals/window_plan.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace spillguard::detect {
namespace {

using WindowSets = std::array<ClassSet, LiteralWindow::kBytes>;

// What a place that the sieve lets pass costs, and what one does whose key is that of some
// literal: by their ratio windows are chosen.
constexpr double kCostOfKey = 1.0;
constexpr double kCostOfNeighbour = 0.25;  // for each other literal of the same key
constexpr int32_t kMinOffset = -2;         // more would be nothing but unknown bytes
constexpr int32_t kMaxOffset = 100;        // an int8_t holds it
constexpr int32_t kLastFixed = 5;          // a long key ends that far behind a window's begin
constexpr size_t kKeylessLiteral = 2;      // so many bytes and less are no key
constexpr size_t kShortLiteral = 4;
constexpr size_t kQuad = 4;

constexpr uint32_t kLongKey = 0b011110;

// The keys of the buckets: thirteen are of literals of four bytes and more, two of those of four at
// even places, four of those of three; two have none and are of those of one or two bytes.
std::array<uint8_t, LiteralWindow::kBuckets> choose_keys() {
  std::array<uint8_t, LiteralWindow::kBuckets> keys{};
  keys.fill(kLongKey);
  constexpr std::array<uint8_t, 8> kShorter = {0b001111, 0b001111, 0b011100, 0b000111,
                                               0b001110, 0b001110, 0,        0};
  std::copy(kShorter.begin(), kShorter.end(), keys.end() - kShorter.size());
  return keys;
}

// Whether a bucket with that key can hold a window in which a literal fixes these bytes. Long
// literals are told apart by long keys only: too many begin alike.
bool can_hold(uint32_t key, uint32_t fixed, size_t length) {
  if ((key & fixed) != key) return false;
  if (key == 0 || length <= kKeylessLiteral) return key == 0 && length <= kKeylessLiteral;
  if (length > kShortLiteral) return key == kLongKey;
  return static_cast<size_t>(std::popcount(key)) == length;
}

// The bytes of a window that a literal of that length fixes.
uint32_t fixed_bytes(size_t length, int32_t offset) {
  uint32_t fixed = 0;
  for (size_t i = 0; i < LiteralWindow::kBytes; ++i) {
    const int32_t at = offset + static_cast<int32_t>(i);
    if (at >= 0 && at < static_cast<int32_t>(length)) fixed |= 1U << i;
  }
  return fixed;
}

ClassSet class_set(char c) { return ClassSet{1} << kClassOfByte[static_cast<unsigned char>(c)]; }

char other_case(char c) {
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return is_letter ? static_cast<char>(c ^ 0x20) : c;
}

struct Choice {
  int32_t offset = 0;
  uint32_t key = 0;  // of the bucket
  WindowSets sets{};
  std::string bytes = {};  // of the key, folded
};

// The windows of a literal's occurrences at places of one parity that some bucket can hold.
std::vector<Choice> choices_of(const Literal& literal, bool odd,
                               std::span<const uint8_t> bucket_keys) {
  std::vector<Choice> out;
  const auto length = static_cast<int32_t>(literal.bytes.size());
  // What stands behind a short literal may tell more than what stands in front. No window begins
  // behind its literal: hits would come out of order.
  const bool keyless = literal.bytes.size() <= kKeylessLiteral;
  const int32_t last = keyless ? length - 1 : std::clamp(length - kLastFixed, 0, kMaxOffset);
  for (int32_t offset = kMinOffset; offset <= last; ++offset) {
    if ((offset % 2 != 0) != odd) continue;
    const uint32_t fixed = fixed_bytes(literal.bytes.size(), offset);
    std::optional<uint32_t> last_key;
    for (const uint32_t key : bucket_keys) {  // those that are the same stand together
      if (key == last_key || !can_hold(key, fixed, literal.bytes.size())) continue;
      last_key = key;
      Choice choice{.offset = offset, .key = key, .sets = WindowPlan::sets_of(literal, offset)};
      for (size_t i = 0; i < LiteralWindow::kBytes; ++i) {
        if ((key >> i & 1U) == 0) continue;
        const int32_t at = offset + static_cast<int32_t>(i);
        const auto byte = static_cast<unsigned char>(literal.bytes[static_cast<size_t>(at)]);
        choice.bytes += static_cast<char>(byte | kFoldBit);
      }
      out.push_back(std::move(choice));
    }
  }
  return out;
}

// How often a text has the key, at the most.
double key_odds(std::string_view key) {
  double odds = key.size() < kQuad ? 0 : 1;
  for (size_t at = 0; at + kQuad <= key.size(); ++at) {
    odds = std::min(odds, quad_odds(key.substr(at, kQuad)));
  }
  return odds;
}

// One pair of a bucket: the pairs that are in its set, and how often a text has one of them.
class PairSet {
 public:
  // The odds if all pairs of a first and a second were added; stops counting above `most`.
  [[nodiscard]] double odds_with(ClassSet firsts, ClassSet seconds, double most) const {
    double odds = odds_;
    for (; firsts != 0 && odds <= most; firsts &= firsts - 1) {
      const auto first = static_cast<unsigned>(std::countr_zero(firsts));
      for (ClassSet left = seconds & ~rows_[first]; left != 0; left &= left - 1) {
        odds += pair_odds(first * kTextClasses + static_cast<unsigned>(std::countr_zero(left)));
      }
    }
    return odds;
  }
  void add(ClassSet firsts, ClassSet seconds) {
    odds_ = odds_with(firsts, seconds, std::numeric_limits<double>::max());
    for (; firsts != 0; firsts &= firsts - 1) rows_[std::countr_zero(firsts)] |= seconds;
  }
  [[nodiscard]] double odds() const { return odds_; }

 private:
  std::array<ClassSet, kTextClasses> rows_{};  // by the first of a pair, the seconds
  double odds_ = 0;
};

class Bucket {
 public:
  // What it costs to have this window in it, too; anything above `most` if it is more than that.
  [[nodiscard]] double cost_of(const Choice& choice, double most) const {
    const auto same = keys_.find(choice.bytes);
    const double neighbours = same == keys_.end() ? 0 : kCostOfNeighbour * same->second;
    const double cost = key_odds(choice.bytes) * (kCostOfKey + neighbours);
    const double now = odds();
    double with = 1;
    for (size_t i = 0; i < LiteralWindow::kPairs; ++i) {
      // Even if the other pairs were none but those that are in the sets.
      double others = 1;
      for (size_t j = i + 1; j < LiteralWindow::kPairs; ++j) others *= pairs_[j].odds();
      const double scale = with * others;
      const double limit =
          scale > 0 ? (most - cost + now) / scale : std::numeric_limits<double>::max();
      with *= pairs_[i].odds_with(choice.sets[2 * i], choice.sets[2 * i + 1], limit);
      if (cost + with * others - now > most) return std::numeric_limits<double>::max();
    }
    return cost + with - now;
  }
  void add(const Choice& choice) {
    for (size_t i = 0; i < LiteralWindow::kPairs; ++i) {
      pairs_[i].add(choice.sets[2 * i], choice.sets[2 * i + 1]);
    }
    ++keys_[choice.bytes];
  }

 private:
  [[nodiscard]] double odds() const {
    double all = 1;
    for (const PairSet& pair : pairs_) all *= pair.odds();
    return all;
  }

  std::array<PairSet, LiteralWindow::kPairs> pairs_;
  std::map<std::string, int> keys_;
};

// How common a window is by itself: the commonest are placed first.
double odds_of(const Choice& choice) {
  double odds = 1;
  for (size_t i = 0; i < LiteralWindow::kPairs; ++i) {
    odds *= PairSet().odds_with(choice.sets[2 * i], choice.sets[2 * i + 1], 1);
  }
  return odds;
}

struct Open {
  size_t literal = 0;
  size_t odd = 0;
  std::vector<Choice> choices = {};
  double odds = 0;
};

// Whether a place that was chosen before is one that could be chosen now.
bool fits(const Literal& literal, bool odd, const WindowPlan::Place& place,
          const WindowPlan& plan) {
  return place.bucket < LiteralWindow::kBuckets && place.offset >= kMinOffset &&
         place.offset <= kMaxOffset && (place.offset % 2 != 0) == odd &&
         can_hold(plan.key_bytes(place.bucket), fixed_bytes(literal.bytes.size(), place.offset),
                  literal.bytes.size());
}

}  // namespace

WindowSets WindowPlan::sets_of(const Literal& literal, int32_t offset) {
  WindowSets sets{};
  const auto length = static_cast<int32_t>(literal.bytes.size());
  for (size_t i = 0; i < sets.size(); ++i) {
    const int32_t at = offset + static_cast<int32_t>(i);
    sets[i] = kAllClasses;
    if (at == -1) {
      sets[i] = literal.before;
      if (literal.may_begin_text) sets[i] |= ClassSet{1} << kOutsideClass;
    } else if (at >= 0 && at < length) {
      const char c = literal.bytes[static_cast<size_t>(at)];
      sets[i] = class_set(c);
      if (literal.ignore_case) sets[i] |= class_set(other_case(c));
    } else if (at >= length && static_cast<size_t>(at - length) < literal.after.size()) {
      sets[i] = literal.after[static_cast<size_t>(at - length)];
    }
  }
  return sets;
}

Result<WindowPlan> WindowPlan::make(std::span<const Literal> literals,
                                    std::span<const std::optional<Places>> known) {
  WindowPlan out;
  out.key_bytes_ = choose_keys();
  out.places_.resize(literals.size());
  std::vector<Bucket> buckets(LiteralWindow::kBuckets);
  std::vector<Open> open;
  for (size_t i = 0; i < literals.size(); ++i) {
    if (literals[i].bytes.empty()) return fail(Code::kInvalidArgument, "an anchor is empty");
    bool is_new = false;
    for (const size_t odd : {0U, 1U}) {
      if (i < known.size() && known[i] && fits(literals[i], odd != 0, (*known[i])[odd], out)) {
        out.places_[i][odd] = (*known[i])[odd];
        continue;
      }
      open.push_back({.literal = i, .odd = odd});
      is_new = true;
    }
    out.newly_placed_ += is_new ? 1 : 0;
  }
  if (open.empty()) return out;
  // What is new must fit to what is there.
  for (size_t i = 0; i < literals.size(); ++i) {
    if (i >= known.size() || !known[i]) continue;
    for (const Place& place : out.places_[i]) {
      const Choice known_choice{.sets = sets_of(literals[i], place.offset)};
      buckets[place.bucket].add(known_choice);
    }
  }
  for (Open& window : open) {
    window.choices = choices_of(literals[window.literal], window.odd != 0, out.key_bytes_);
    window.odds = 1;
    for (const Choice& choice : window.choices) {
      window.odds = std::min(window.odds, odds_of(choice));
    }
  }
  std::stable_sort(open.begin(), open.end(),
                   [](const Open& a, const Open& b) { return a.odds > b.odds; });
  for (const Open& window : open) {
    double best = std::numeric_limits<double>::max();
    const Choice* chosen = nullptr;
    uint32_t where = 0;
    for (const Choice& choice : window.choices) {
      for (uint32_t bucket = 0; bucket < LiteralWindow::kBuckets; ++bucket) {
        if (out.key_bytes_[bucket] != choice.key) continue;
        const double cost = buckets[bucket].cost_of(choice, best);
        if (chosen != nullptr && cost >= best) continue;
        best = cost;
        chosen = &choice;
        where = bucket;
      }
    }
    SG_CHECK(chosen != nullptr);
    buckets[where].add(*chosen);
    out.places_[window.literal][window.odd] = {.offset = static_cast<int8_t>(chosen->offset),
                                               .bucket = static_cast<uint8_t>(where)};
  }
  return out;
}

}  // namespace spillguard::detect
