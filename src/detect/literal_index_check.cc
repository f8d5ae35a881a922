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

// What a plain search finds, by end.
std::vector<LiteralHit> plain_hits(std::string_view text, const std::vector<Literal>& literals) {
  std::vector<LiteralHit> hits;
  for (size_t end = 1; end <= text.size(); ++end) {
    for (uint32_t i = 0; i < literals.size(); ++i) {
      const std::string& bytes = literals[i].bytes;
      if (bytes.size() > end) continue;
      const std::string_view here = text.substr(end - bytes.size(), bytes.size());
      const bool same =
          here == bytes || (literals[i].ignore_case && to_lower(here) == to_lower(bytes));
      if (same) hits.push_back({.literal = i, .end = end});
    }
  }
  return hits;
}

std::vector<LiteralHit> index_hits(const LiteralIndex& index, PaddedView text, bool portable) {
  LiteralScratch scratch;
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
  // Each literal at every distance from the begin and the end, so that it lies in, over and at the
  // edges of vectors.
  for (const Literal& literal : literals) {
    for (size_t lead = 0; lead <= 70; lead += 7) {
      const std::string text = std::string(lead, '.') + literal.bytes +
                               std::string(lead % 11, 'a') + "ABcabca" + literal.bytes;
      const PaddedText padded(text);
      const auto truth = plain_hits(text, literals);
      for (const bool portable : {false, true}) {
        if (index_hits(index, padded.view(), portable) == truth) continue;
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
