#include "detect/overlap.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace spillguard::detect {

void resolve_overlaps(std::vector<Match>& matches, std::span<const uint64_t> specificity) {
  const auto order = [](const Match& m) {
    return std::make_tuple(m.secret.begin, m.secret.end, m.rule, m.match.begin, m.match.end);
  };
  std::sort(matches.begin(), matches.end(),
            [&](const Match& a, const Match& b) { return order(a) < order(b); });
  size_t kept = 0;
  for (size_t begin = 0; begin < matches.size();) {
    size_t end = begin + 1;
    size_t primary = begin;
    while (end < matches.size() && matches[end].secret == matches[begin].secret) {
      if (specificity[matches[end].rule] > specificity[matches[primary].rule]) primary = end;
      ++end;
    }
    if (end == begin + 1) {  // nearly all stand alone
      if (kept != begin) matches[kept] = std::move(matches[begin]);
      ++kept;
      begin = end;
      continue;
    }
    std::vector<uint32_t> also;
    for (size_t i = begin; i < end; ++i) {
      also.push_back(matches[i].rule);
      also.insert(also.end(), matches[i].also.begin(), matches[i].also.end());
    }
    std::sort(also.begin(), also.end());
    also.erase(std::unique(also.begin(), also.end()), also.end());
    std::erase(also, matches[primary].rule);
    Match joined = std::move(matches[primary]);
    joined.also = std::move(also);
    matches[kept++] = std::move(joined);
    begin = end;
  }
  matches.resize(kept);
}

}  // namespace spillguard::detect
