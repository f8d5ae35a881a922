// The scan object: how a scan stands and a page of its findings, as JSON (docs/api.md, "Scan
// object").
#pragma once

#include <string>

#include "api/context.h"
#include "api/locate.h"
#include "api/params.h"
#include "base/json_writer.h"

namespace spillguard::api {

// What to show beside the state.
struct FindingsRequest {
  Paging paging;
  std::optional<bool> reviewed;
  std::vector<int32_t> rule_ids;
  std::optional<int64_t> version;  // of the item's own content
};

Result<std::string> scope_scan_json(const ApiContext& context, const store::Scope& scope,
                                    const FindingsRequest& request);
Result<std::string> item_scan_json(const ApiContext& context, const LocatedItem& item,
                                   const FindingsRequest& request);
// The short form that triggers answer with.
std::string scheduled_json(std::string_view key, int64_t job_id);

// How far a scope's scan is, 0 to 100; 100 only when it is complete.
int progress_of(const store::Scope& scope);

// The members of a ledger: [{"kind","status","reason","parts","bytes"}…] under "coverage".
void write_coverage(JsonWriter& json, const std::vector<store::CoverageCell>& cells);

}  // namespace spillguard::api
