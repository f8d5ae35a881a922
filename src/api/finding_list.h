// A page of findings for one caller: what they may see, and where the next page begins.
#pragma once

#include <string>
#include <vector>

#include "api/access.h"
#include "api/params.h"

namespace spillguard::api {

struct ShownFindings {
  std::vector<store::Finding> findings;
  int64_t total = 0;    // of the list, what the caller can not see included
  int64_t hidden = 0;   // left out of this page because the caller can not see the item
  int64_t last_id = 0;  // the page ends here; 0 = it is empty
  bool is_last = true;
  // Of the moment at which the page was read first.
  std::vector<store::FindingCount> counts;
  std::vector<store::CoverageCell> coverage;
  int64_t items = 0;  // of a scope
};

// `query` without paging. A page is filled from behind when some of it can not be seen.
Result<ShownFindings> shown_findings(const ApiContext& context, const Caller& caller,
                                     store::FindingQuery query, const Paging& paging);

}  // namespace spillguard::api
