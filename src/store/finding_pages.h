// Where a page of findings begins and what stands on it, by sums of blocks instead of by walking:
// the first page of a scope of a million findings costs what the last one costs. Internal to this
// module; the sums are told in migrations/sqlite/0010_reviews_and_sums.sql.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/database.h"
#include "store/types.h"

namespace spillguard::store {

struct IdPage {
  std::vector<int64_t> ids;
  bool more = false;  // others follow
};

// How many findings the query means, paging left aside.
Result<int64_t> count_findings(db::Connection& connection, const FindingQuery& query);
// The ids of one page of a list that has `total`. Not for queries with a version.
Result<IdPage> page_ids(db::Connection& connection, const FindingQuery& query, int64_t total);
// The same for a query with an item and a version; `total` without paging.
Result<IdPage> page_ids_of_version(db::Connection& connection, const FindingQuery& query,
                                   int64_t& total);
// " AND rule_id IN (1,2) AND reviewed <> 0": for finding_sums and findings alike. Numbers stand in
// the text, because their count varies.
std::string finding_filter(const FindingQuery& query);

}  // namespace spillguard::store
