#include <fmt/format.h>

#include <utility>

#include "api/access.h"
#include "api/audit_trail.h"
#include "api/handlers.h"
#include "api/locate.h"
#include "api/long_poll.h"
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

// The answer with what callers need to know around it; an event in the audit log when it shows
// found texts.
Result<http::Response> scan_response(const ApiContext& context, const Caller& caller,
                                     const http::Request& request, std::string entity,
                                     ScanAnswer answer) {
  SG_TRY(context.shared->reveals.note(
      context.store.database(),
      audit_event(context, caller, request, store::AuditKind::kEvidenceRevealed, std::move(entity)),
      answer.shown));
  return http::Response::json(200, std::move(answer.json));
}

// Who writes in a space and put a found text there may look at what they wrote themselves, when the
// settings tell authors of findings. Confluence only, as the documented product has it.
Result<LocatedItem> item_of_author(const ApiContext& context, const Caller& caller,
                                   const std::string& key, const Error& refused,
                                   FindingsRequest& wanted) {
  const store::SiteSettings settings = context.settings.site(context.site.id);
  if (context.is_jira() || !settings.auto_scan || !settings.email_for_new_findings) {
    return fail(refused);
  }
  SG_ASSIGN(auto item, allowed_item(context, caller, key, Right::kReview));
  if (!item.known) return fail(refused);
  wanted.author = caller.identity.name;
  store::FindingQuery own;
  own.scope_id = item.scope.id;
  own.item_id = item.known->id;
  own.author = wanted.author;
  own.disabled_rules = disabled_rules(context);
  own.limit = 1;
  SG_ASSIGN(const auto page, context.store.findings(own));
  if (page.total == 0) return fail(refused);
  return item;
}

// Of a scan without an estimate.
constexpr int64_t kComeBackMs = 5'000;

}  // namespace

Result<http::Response> get_scope(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const auto wanted, findings_request(request));
  SG_ASSIGN(auto scope, allowed_scope(context, caller, std::string(request.param("key"))));
  bool looked = true;  // a moment ago
  SG_ASSIGN(const bool busy, wait_while(context, request, [&]() -> Result<bool> {
              if (!std::exchange(looked, false)) {
                SG_ASSIGN(scope, context.store.scope(scope.id));
              }
              return is_busy(scope.state);
            }));
  SG_ASSIGN(auto answer, scope_scan_json(context, caller, scope, wanted));
  SG_ASSIGN(auto response, scan_response(context, caller, request,
                                         fmt::format("{}/{}", context.scope_word(), scope.key),
                                         std::move(answer)));
  if (busy) {
    const TimeMs end = estimated_end(scope, now_ms());
    response.headers.set("Retry-After", retry_after(end > 0 ? end - now_ms() : kComeBackMs));
  }
  return response;
}

Result<http::Response> get_item(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(auto wanted, findings_request(request));
  SG_ASSIGN(const auto created_when, time_param(request, "createdWhen"));
  const std::string key(request.param("key"));
  auto located = allowed_item(context, caller, key);
  if (!located && located.error().code == Code::kPermissionDenied) {
    located = item_of_author(context, caller, key, Error(located.error()), wanted);
  }
  if (!located) return fail(std::move(located).error());
  LocatedItem item = std::move(*located);
  if (created_when && !context.is_jira()) {
    SG_ASSIGN(wanted.version, context.host.find_version(item.ref, *created_when));
  }
  SG_ASSIGN(const bool busy, wait_while(context, request, [&]() -> Result<bool> {
              if (!item.known) return false;
              SG_ASSIGN(item.known,
                        context.store.item_by_host_id(context.site.id, item.known->host_id));
              return is_busy(item.known->state);
            }));
  SG_ASSIGN(auto answer, item_scan_json(context, caller, item, wanted));
  SG_ASSIGN(auto response, scan_response(context, caller, request,
                                         fmt::format("{}/{}", context.item_word(), item.ref.key),
                                         std::move(answer)));
  if (busy) response.headers.set("Retry-After", retry_after(0));
  return response;
}

}  // namespace spillguard::api
