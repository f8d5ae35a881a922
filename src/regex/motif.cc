// Which motif of each way through a pattern is the rarest in texts.
#include <algorithm>
#include <cmath>
#include <utility>

#include "regex/shape.h"

namespace spillguard::regex {
namespace {

constexpr size_t kMaxMotifs = 32;
constexpr size_t kMaxChain = 64;  // sets of a branch that are looked at together
// A motif that stands nearly everywhere is no help.
constexpr double kMostLogChance = -0.7;

// How often a byte of a text is this one: letters of words, then blanks, digits and the rest.
double share_of(unsigned byte) {
  if (byte >= 'a' && byte <= 'z') return 0.55 / 26;
  if (byte >= 'A' && byte <= 'Z') return 0.09 / 26;
  if (byte >= '0' && byte <= '9') return 0.07 / 10;
  if (byte == ' ') return 0.14;
  if (byte == '\n') return 0.02;
  if (byte < 0x20) return 0.001;
  if (byte >= 0x80) return 0.04 / 128;
  return 0.002;
}

// Natural logarithm. `again`: the byte before is of the same set, which makes it likelier, for
// digits stand beside digits.
double log_chance(const ByteSet& set, bool again) {
  double share = 0;
  for (unsigned b = 0; b < 256; ++b) share += set[b] ? share_of(b) : 0;
  share = std::clamp(share, 0.0005, 1.0);
  return std::log(again ? std::max(share, std::min(1.0, share * 4)) : share);
}

// Sets that stand side by side in every match that goes this way.
struct Chain {
  std::vector<ByteSet> sets;
  uint32_t before = 0;  // bytes from the match's begin, at most
};

void add_copies(Chain& chain, const Shape::Item& item) {
  for (uint32_t i = 0; i < item.min && chain.sets.size() < kMaxChain; ++i) {
    chain.sets.push_back(item.set);
  }
}

std::vector<Chain> chains_of(const Shape::Branch& branch) {
  std::vector<Chain> out(1);
  uint32_t begin = 0;  // the greatest distance of the item from the match's begin
  for (const Shape::Item& item : branch) {
    if (item.max == 0) continue;  // zero width
    const uint32_t end = add_widths(begin, item.max);
    if (item.kind != Shape::Item::Kind::kSet) {
      out.push_back({.sets = {}, .before = end});
    } else {
      add_copies(out.back(), item);
      if (item.min != item.max) {  // what follows stands beside its last copies
        out.push_back({.sets = {}, .before = end == kUnbounded ? kUnbounded : end - item.min});
        add_copies(out.back(), item);
      } else if (out.back().sets.size() >= kMaxChain) {
        out.push_back({.sets = {}, .before = end});
      }
    }
    begin = end;
  }
  return out;
}

}  // namespace

std::optional<std::vector<Motif>> Shape::motifs() const {
  std::vector<Motif> out;
  for (const Branch& branch : branches_) {
    Motif best;
    double best_chance = kMostLogChance;
    for (const Chain& chain : chains_of(branch)) {
      const size_t most = std::min(chain.sets.size(), Motif::kMaxBytes);
      for (size_t begin = 0; most > 0 && begin + most <= chain.sets.size(); ++begin) {
        double chance = 0;
        for (size_t i = begin; i < begin + most; ++i) {
          chance += log_chance(chain.sets[i], i > begin && chain.sets[i] == chain.sets[i - 1]);
        }
        if (chance >= best_chance) continue;
        best_chance = chance;
        best.sets.assign(chain.sets.begin() + static_cast<ptrdiff_t>(begin),
                         chain.sets.begin() + static_cast<ptrdiff_t>(begin + most));
        best.before = add_widths(chain.before, static_cast<uint32_t>(begin));
      }
    }
    if (best.sets.empty()) return std::nullopt;
    const auto same = std::find_if(out.begin(), out.end(),
                                   [&](const Motif& known) { return known.sets == best.sets; });
    if (same != out.end()) {
      same->before = std::max(same->before, best.before);
    } else if (out.size() < kMaxMotifs) {
      out.push_back(std::move(best));
    } else {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace spillguard::regex
