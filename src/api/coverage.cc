#include "api/coverage.h"

#include "api/access.h"
#include "api/handlers.h"
#include "api/locate.h"
#include "api/scan_object.h"
#include "base/time.h"

namespace spillguard::api {
namespace {

constexpr int64_t kMostProblems = 1000;

void write_reasons(JsonWriter& json, std::string_view name,
                   const std::map<std::string, int64_t>& reasons) {
  json.key(name);
  json.begin_object();
  for (const auto& [reason, parts] : reasons) json.field(reason, parts);
  json.end_object();
}

}  // namespace

void write_kind_coverage(JsonWriter& json, const store::KindCoverage& kind) {
  json.begin_object();
  json.field("kind", kind.kind);
  json.field("listed", kind.listed);
  json.field("read", kind.read);
  json.field("scanned", kind.scanned);
  write_reasons(json, "skipped", kind.skipped);
  write_reasons(json, "failed", kind.failed);
  json.field("notVisible", kind.not_visible);
  json.field("bytes", kind.bytes);
  json.end_object();
}

Status write_scope_coverage(JsonWriter& json, const ApiContext& context, const store::Scope& scope,
                            std::vector<store::CoverageCell>& cells) {
  SG_ASSIGN(const auto own, context.store.coverage(scope.id));
  SG_ASSIGN(const int64_t items, context.store.count_items(scope.id));
  json.field("key", scope.key);
  json.field("name", scope.name);
  json.field("scanState", store::scan_state_name(scope.state));
  if (scope.error.empty()) {
    json.null_field("errorMessage");
  } else {
    json.field("errorMessage", scope.error);
  }
  json.field("progress", progress_of(scope));
  json.field("itemsDone", scope.items_done);
  json.field("itemsTotal", scope.items_total);
  json.field("items", items);
  time_or_null(json, "startedAt", scope.started_at);
  time_or_null(json, "completedAt", scope.completed_at);
  time_or_null(json, "listedAt", scope.reconciled_at);
  time_or_null(json, "changesReadAt", scope.checked_at);
  time_or_null(json, "changesReadUpTo", scope.watermark);
  write_coverage(json, own);
  json.key("kinds");
  json.begin_array();
  for (const auto& kind : store::summarize(own)) write_kind_coverage(json, kind);
  json.end_array();
  cells.insert(cells.end(), own.begin(), own.end());
  return {};
}

Result<http::Response> get_site_coverage(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const auto scopes, allowed_scopes(context, caller));
  std::vector<store::CoverageCell> cells;
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.field("product", store::product_name(context.site.product));
  json.key("scopes");
  json.begin_array();
  for (const store::Scope& scope : scopes) {
    json.begin_object();
    SG_TRY(write_scope_coverage(json, context, scope, cells));
    json.end_object();
  }
  json.end_array();
  // Of the scopes that the caller may see.
  const auto kinds = store::summarize(cells);
  json.key("kinds");
  json.begin_array();
  for (const auto& kind : kinds) write_kind_coverage(json, kind);
  json.end_array();
  json.key("total");
  write_kind_coverage(json, store::total_of(kinds));
  json.end_object();
  return http::Response::json(200, std::move(body));
}

Result<http::Response> get_scope_coverage(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const auto scope, allowed_scope(context, caller, std::string(request.param("key"))));
  SG_ASSIGN(const auto problems, context.store.problems(scope.id, kMostProblems + 1));
  std::vector<store::CoverageCell> cells;
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.field("product", store::product_name(context.site.product));
  SG_TRY(write_scope_coverage(json, context, scope, cells));
  json.key("problems");
  json.begin_array();
  for (size_t i = 0; i < problems.size() && i < static_cast<size_t>(kMostProblems); ++i) {
    const store::PartProblem& problem = problems[i];
    json.begin_object();
    json.field("item", problem.item_key);
    json.field("kind", problem.kind);
    json.field("content", problem.content_id);
    json.field("version", problem.version);
    json.field("status", store::part_status_name(problem.status));
    json.field("reason", problem.reason);
    json.field("detail", problem.detail);
    json.field("bytes", problem.bytes);
    json.end_object();
  }
  json.end_array();
  json.field("moreProblems", problems.size() > static_cast<size_t>(kMostProblems));
  json.end_object();
  return http::Response::json(200, std::move(body));
}

}  // namespace spillguard::api
