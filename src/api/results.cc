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
  SG_ASSIGN(const auto scope, allowed_scope(context, caller, std::string(request.param("key"))));
  SG_ASSIGN(auto body, scope_scan_json(context, scope, wanted));
  return http::Response::json(200, std::move(body));
}

Result<http::Response> get_item(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(auto wanted, findings_request(request));
  SG_ASSIGN(const auto created_when, time_param(request, "createdWhen"));
  SG_ASSIGN(const auto item, allowed_item(context, caller, std::string(request.param("key"))));
  if (created_when && !context.is_jira()) {
    SG_ASSIGN(wanted.version, context.host.find_version(item.ref, *created_when));
  }
  SG_ASSIGN(auto body, item_scan_json(context, item, wanted));
  return http::Response::json(200, std::move(body));
}

}  // namespace spillguard::api
