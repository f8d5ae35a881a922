// How the scans of all scopes stand that the caller may see: one question instead of one a scope.
#include <algorithm>

#include "api/access.h"
#include "api/handlers.h"
#include "api/long_poll.h"
#include "api/params.h"
#include "api/scan_object.h"

namespace spillguard::api {
namespace {

// The state of all together: what is under way first, then what needs a look.
store::ScanState state_of_all(const std::vector<store::Scope>& scopes) {
  using State = store::ScanState;
  for (const State state :
       {State::kScanning, State::kScheduled, State::kError, State::kUnscanned}) {
    for (const store::Scope& scope : scopes) {
      if (scope.state == state) return state;
    }
  }
  return scopes.empty() ? State::kUnscanned : State::kScanned;
}

// By items where they are counted; scopes of which nothing is known yet count as one item.
int progress_of_all(const std::vector<store::Scope>& scopes) {
  double done = 0;
  double total = 0;
  for (const store::Scope& scope : scopes) {
    const auto weight = static_cast<double>(std::max<int64_t>(1, scope.items_total));
    total += weight;
    done += weight * progress_of(scope) / 100;
  }
  return total > 0 ? static_cast<int>(done * 100 / total) : 0;
}

void write_scope_status(JsonWriter& json, const ApiContext& context, const store::Scope& scope,
                        const store::FindingCount& count) {
  json.begin_object();
  json.field("key", scope.key);
  json.field("name", scope.name);
  json.field("personal", scope.personal);
  json.field("scanState", store::scan_state_name(scope.state));
  json.field("upToDateContent", up_to_date_content(scope));
  json.field("upToDateSettings", up_to_date_settings(context, scope));
  json.field("progress", progress_of(scope));
  json.field("itemsDone", scope.items_done);
  json.field("itemsTotal", scope.items_total);
  time_or_null(json, "completedAt", scope.completed_at);
  time_or_null(json, "estimatedCompletion", estimated_end(scope, now_ms()));
  if (scope.error.empty()) {
    json.null_field("errorMessage");
  } else {
    json.field("errorMessage", scope.error);
  }
  json.field("findings", count.findings - count.reviewed);
  json.field("reviewed", count.reviewed);
  json.end_object();
}

}  // namespace

Result<http::Response> get_scan_all(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const auto paging, paging_params(request));
  SG_ASSIGN(auto scopes, allowed_scopes(context, caller));
  SG_ASSIGN(const bool busy, wait_while(context, request, [&]() -> Result<bool> {
              for (store::Scope& scope : scopes) {
                if (!is_busy(scope.state)) continue;
                SG_ASSIGN(scope, context.store.scope(scope.id));
                if (is_busy(scope.state)) return true;
              }
              return false;
            }));
  if (request.query_value("wait")) {
    for (store::Scope& scope : scopes) {
      SG_ASSIGN(scope, context.store.scope(scope.id));
    }
  }
  SG_ASSIGN(auto totals, context.store.finding_totals(context.site.id, disabled_rules(context)));
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.field("scanState", store::scan_state_name(state_of_all(scopes)));
  json.field("progress", progress_of_all(scopes));
  json.field("start", paging.start);
  json.field("page", paging.page());
  json.field("size", paging.size);
  json.field("total", static_cast<int64_t>(scopes.size()));
  json.field("isLast", paging.start + paging.size >= static_cast<int64_t>(scopes.size()));
  json.key("scopes");
  json.begin_array();
  for (auto at = static_cast<size_t>(paging.start);
       at < scopes.size() && at < static_cast<size_t>(paging.start + paging.size); ++at) {
    write_scope_status(json, context, scopes[at], totals[scopes[at].id]);
  }
  json.end_array();
  json.end_object();
  auto response = http::Response::json(200, std::move(body));
  if (busy) response.headers.set("Retry-After", retry_after(0));
  return response;
}

}  // namespace spillguard::api
