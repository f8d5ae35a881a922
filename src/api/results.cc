#include "api/access.h"
#include "api/handlers.h"
#include "api/locate.h"
#include "api/params.h"
#include "api/scan_object.h"

namespace spillguard::api {
namespace {

Result<FindingsRequest> findings_request(const http::Request& request) {
  FindingsRequest out;
  SG_ASSIGN(out.paging, paging_params(request));
  SG_ASSIGN(out.reviewed, bool_param(request, "reviewed"));
  SG_ASSIGN(out.rule_ids, id_list_param(request, "ruleIds"));
  return out;
}

}  // namespace

Result<http::Response> get_scope(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const auto wanted, findings_request(request));
  SG_ASSIGN(const auto scope,
            administered_scope(context, caller, std::string(request.param("key"))));
  SG_ASSIGN(auto body, scope_scan_json(context, scope, wanted));
  return http::Response::json(200, std::move(body));
}

Result<http::Response> get_item(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(auto wanted, findings_request(request));
  SG_ASSIGN(const auto created_when, time_param(request, "createdWhen"));
  SG_ASSIGN(const auto item, administered_item(context, caller, std::string(request.param("key"))));
  if (created_when && !context.is_jira()) {
    SG_ASSIGN(wanted.version, context.host.find_version(item.ref, *created_when));
  }
  SG_ASSIGN(auto body, item_scan_json(context, item, wanted));
  return http::Response::json(200, std::move(body));
}

Result<http::Response> get_site_coverage(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const bool everything, context.callers.is_product_admin(caller.credential));
  SG_ASSIGN(const auto scopes, context.store.scopes(context.site.id));
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.field("product", store::product_name(context.site.product));
  json.key("scopes");
  json.begin_array();
  for (const store::Scope& scope : scopes) {
    if (!everything) {
      const auto admin = context.callers.is_scope_admin(caller.credential, scope.key);
      if (!admin && admin.error().code != Code::kNotFound) return fail(admin.error());
      if (!admin || !*admin) continue;
    }
    SG_ASSIGN(const auto cells, context.store.coverage(scope.id));
    SG_ASSIGN(const int64_t items, context.store.count_items(scope.id));
    json.begin_object();
    json.field("key", scope.key);
    json.field("name", scope.name);
    json.field("scanState", store::scan_state_name(scope.state));
    json.field("progress", progress_of(scope));
    json.field("itemsDone", scope.items_done);
    json.field("itemsTotal", scope.items_total);
    json.field("items", items);
    write_coverage(json, cells);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return http::Response::json(200, std::move(body));
}

}  // namespace spillguard::api
