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
  std::optional<int64_t> version;     // of the item's own content
  std::optional<std::string> author;  // only what this user wrote; of an item
};

// With what this caller can see. `shown`: findings in the answer.
struct ScanAnswer {
  std::string json;
  int64_t shown = 0;
};
Result<ScanAnswer> scope_scan_json(const ApiContext& context, const Caller& caller,
                                   const store::Scope& scope, const FindingsRequest& request);
Result<ScanAnswer> item_scan_json(const ApiContext& context, const Caller& caller,
                                  const LocatedItem& item, const FindingsRequest& request);
// The short form that triggers answer with.
std::string scheduled_json(std::string_view key, int64_t job_id);

// Scheduled or being scanned.
bool is_busy(store::ScanState state);
// The two flags of a scope: its content changed, or the rules did, since its scan.
bool up_to_date_content(const store::Scope& scope);
bool up_to_date_settings(const ApiContext& context, const store::Scope& scope);
// When the running scan of a scope will be done, by its pace so far; 0 = nobody can tell yet.
TimeMs estimated_end(const store::Scope& scope, TimeMs now);
// The numbers of the rules whose findings are not shown.
std::vector<int32_t> disabled_rules(const ApiContext& context);
// "2024-…" or null.
void time_or_null(JsonWriter& json, std::string_view name, TimeMs time);

// How far a scope's scan is, 0 to 100; 100 only when it is complete.
int progress_of(const store::Scope& scope);

// The members of a ledger: [{"kind","status","reason","parts","bytes"}…] under "coverage".
void write_coverage(JsonWriter& json, const std::vector<store::CoverageCell>& cells);

}  // namespace spillguard::api
