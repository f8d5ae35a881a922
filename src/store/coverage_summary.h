// The cells of the ledger added up by kind of part, as people and the API read them. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "store/types.h"

namespace spillguard::store {

struct KindCoverage {
  std::string kind;
  int64_t listed = 0;   // all parts that the host named
  int64_t read = 0;     // whose text came
  int64_t scanned = 0;  // that the rules went through
  int64_t not_visible = 0;
  int64_t bytes = 0;                       // of those that were scanned
  std::map<std::string, int64_t> skipped;  // parts by reason
  std::map<std::string, int64_t> failed;
  friend bool operator==(const KindCoverage&, const KindCoverage&) = default;
};

// By kind, in the order of their names.
std::vector<KindCoverage> summarize(const std::vector<CoverageCell>& cells);
// All kinds as one, named "all".
KindCoverage total_of(const std::vector<KindCoverage>& kinds);

}  // namespace spillguard::store
