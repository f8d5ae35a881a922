// Fills a store with made-up items, findings and reviews by statements over ranges of numbers, as
// large as is asked for and consistent: check_store finds nothing wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/store.h"

namespace spillguard::bench {

struct Sizes {
  int64_t items = 0;
  int64_t findings = 0;  // one in each items / findings items
  int64_t reviews = 0;   // one for each findings / reviews findings
  int64_t scopes = 0;    // the first has a tenth of everything, the others share the rest
};

struct FilledScope {
  int64_t id = 0;
  int64_t first = 0;  // numbers of its items
  int64_t last = 0;
};

struct Filled {
  int64_t site_id = 0;
  std::vector<FilledScope> scopes;
};

Result<Filled> fill_store(store::Store& store, const Sizes& sizes);
// What the finding of this number has as fingerprint when it is no repetition.
Fingerprint fingerprint_of(int64_t number);
// A finding as a scan reports it, with evidence as long as is usual.
store::NewFinding made_finding(int64_t number);
// An item with the usual coverage.
store::ItemResult made_item(int64_t number, const std::string& key);

}  // namespace spillguard::bench
