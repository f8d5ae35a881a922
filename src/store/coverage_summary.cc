#include "store/coverage_summary.h"

namespace spillguard::store {

std::vector<KindCoverage> summarize(const std::vector<CoverageCell>& cells) {
  std::map<std::string, KindCoverage> kinds;
  for (const CoverageCell& cell : cells) {
    KindCoverage& kind = kinds[cell.kind];
    kind.kind = cell.kind;
    kind.listed += cell.parts;
    switch (cell.status) {
      case PartStatus::kScanned:
        kind.read += cell.parts;
        kind.scanned += cell.parts;
        kind.bytes += cell.bytes;
        break;
      case PartStatus::kSkipped:
        kind.skipped[cell.reason] += cell.parts;
        break;
      case PartStatus::kFailed:
        // Its text came and gave nothing to scan; all other failures are of the coming.
        if (cell.reason == "nothing_extracted") kind.read += cell.parts;
        kind.failed[cell.reason] += cell.parts;
        break;
      case PartStatus::kNotVisible:
        kind.not_visible += cell.parts;
        break;
    }
  }
  std::vector<KindCoverage> out;
  out.reserve(kinds.size());
  for (auto& [name, kind] : kinds) out.push_back(std::move(kind));
  return out;
}

KindCoverage total_of(const std::vector<KindCoverage>& kinds) {
  KindCoverage all;
  all.kind = "all";
  for (const KindCoverage& kind : kinds) {
    all.listed += kind.listed;
    all.read += kind.read;
    all.scanned += kind.scanned;
    all.not_visible += kind.not_visible;
    all.bytes += kind.bytes;
    for (const auto& [reason, parts] : kind.skipped) all.skipped[reason] += parts;
    for (const auto& [reason, parts] : kind.failed) all.failed[reason] += parts;
  }
  return all;
}

}  // namespace spillguard::store
