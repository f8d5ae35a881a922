// The ledger of one scope as JSON (docs/api.md, "Coverage").
#pragma once

#include "api/context.h"
#include "base/json_writer.h"
#include "store/coverage_summary.h"

namespace spillguard::api {

// {"kind","listed","read","scanned","skipped":{…},"failed":{…},"notVisible","bytes"}
void write_kind_coverage(JsonWriter& json, const store::KindCoverage& kind);
// The members of a scope in the ledger; its cells are added to `cells` for the site's sum.
Status write_scope_coverage(JsonWriter& json, const ApiContext& context, const store::Scope& scope,
                            std::vector<store::CoverageCell>& cells);

}  // namespace spillguard::api
