// The literal search against a plain one, on the machine where the program runs.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "detect/literal_index.h"

namespace spillguard::detect {
namespace {

// What is found by comparing each literal at each place.
class PlainSearch {
 public:
  explicit PlainSearch(const std::vector<Literal>& literals) : literals_(literals) {
    for (const Literal& literal : literals) lower_.push_back(to_lower(literal.bytes));
  }
  // By end.
  [[nodiscard]] std::vector<LiteralHit> hits(std::string_view text) const {
    const std::string lower = to_lower(text);
    std::vector<LiteralHit> hits;
    for (size_t end = 1; end <= text.size(); ++end) {
      for (uint32_t i = 0; i < literals_.size(); ++i) {
        const bool fold = literals_[i].ignore_case;
        const std::string_view so_far = (fold ? std::string_view(lower) : text).substr(0, end);
        if (so_far.ends_with(fold ? lower_[i] : literals_[i].bytes)) {
          hits.push_back({.literal = i, .end = end});
        }
      }
    }
    return hits;
  }

 private:
  const std::vector<Literal>& literals_;
  std::vector<std::string> lower_;
};

std::vector<LiteralHit> index_hits(const LiteralIndex& index, PaddedView text, bool portable,
                                   LiteralScratch& scratch) {
  std::vector<LiteralHit> all;
  LiteralIndex::begin(scratch);
  while (index.next(text, SieveScratch::kStretch, scratch, all, portable)) {
  }
  return all;
}

}  // namespace

Status LiteralIndex::self_check() {
  const std::vector<Literal> literals = {{"ab", false},
                                         {"abc", false},
                                         {"bca", false},
                                         {"AbC", true},
                                         {"ghp_", false},
                                         {"xox", true},
                                         {"-----BEGIN ", false},
                                         {"a-long-literal-that-is-wider-than-a-vector", false},
                                         {std::string("\0\xFF\x80", 3), false}};
  SG_ASSIGN(const LiteralIndex index, build(literals));
  const PlainSearch plain(literals);
  LiteralScratch scratch;
  // Each literal at every distance from the begin and the end, so that it lies in, over and at the
  // edges of vectors.
  for (const Literal& literal : literals) {
    for (size_t lead = 0; lead <= 70; lead += 7) {
      const std::string text = std::string(lead, '.') + literal.bytes +
                               std::string(lead % 11, 'a') + "ABcabca" + literal.bytes;
      const PaddedText padded(text);
      const auto truth = plain.hits(text);
      for (const bool portable : {false, true}) {
        if (index_hits(index, padded.view(), portable, scratch) == truth) continue;
        return fail(
            Code::kUnsupported,
            fmt::format("the search for literals finds wrong places for \"{}\" at {} of a "
                        "{}-byte text on this processor{}",
                        literal.bytes, lead, text.size(), portable ? "" : ", with its vectors"));
      }
    }
  }
  return {};
}

}  // namespace spillguard::detect
