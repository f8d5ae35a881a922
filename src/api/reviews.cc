// Reviewed texts of one scope.
#include <fmt/format.h>

#include "api/access.h"
#include "api/audit_trail.h"
#include "api/handlers.h"
#include "api/locate.h"
#include "api/params.h"
#include "api/review_body.h"
#include "api/review_json.h"
#include "base/json_writer.h"
#include "store/evidence.h"
#include "store/reviews.h"

namespace spillguard::api {
namespace {

std::string scope_entity(const ApiContext& context, const store::Scope& scope) {
  return fmt::format("{}/{}", context.scope_word(), scope.key);
}

// Who may review but not read the findings of a scope is not told how many there are.
Result<bool> may_count(const ApiContext& context, const Caller& caller, const store::Scope& scope) {
  const auto may = require_scope(context, caller, Right::kScope, scope.key);
  if (may) return true;
  if (may.error().code == Code::kPermissionDenied) return false;
  return fail(may.error());
}

struct Outcome {
  store::ReviewChange change;
  int64_t bits = 0;  // of the text in the scope, afterwards
};

std::string change_json(const Outcome& outcome, const store::Review& review, bool with_count) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("reviewed", outcome.bits != 0);
  json.field("reviewedGlobally", outcome.bits >= 2);
  json.field("changed", outcome.change.changed);
  json.field("fingerprint", review.fingerprint.hex());
  if (!review.rule_name.empty()) json.field("ruleName", review.rule_name);
  if (!review.reason.empty()) json.field("reason", review.reason);
  if (review.expires_at > 0) json.field("expiresAt", format_iso8601(review.expires_at));
  if (with_count) json.field("findings", outcome.change.findings);
  json.end_object();
  return out;
}

}  // namespace

Result<http::Response> create_review(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const auto scope,
            allowed_scope(context, caller, std::string(request.param("key")), Right::kReview));
  const TimeMs now = now_ms();
  SG_ASSIGN(auto body, read_review_body(context.key, request.body, now));
  store::Review review{.site_id = context.site.id,
                       .scope_id = scope.id,
                       .fingerprint = body.fingerprint,
                       .rule_name = std::move(body.rule_name),
                       .reviewer = caller.identity.name,
                       .reviewed_at = now,
                       .reason = std::move(body.reason),
                       .expires_at = body.expires_at};
  if (!body.text.empty()) {
    review.evidence = store::seal_reviewed_text(context.key, body.fingerprint, body.text);
  }
  SG_ASSIGN(const bool with_count, may_count(context, caller, scope));
  Outcome outcome;
  SG_TRY(context.store.database().write([&](db::Connection& connection) -> Status {
    SG_ASSIGN(outcome.change, store::put_review(connection, review));
    SG_ASSIGN(outcome.bits,
              store::review_bits(connection, context.site.id, scope.id, review.fingerprint, now));
    return store::append_audit(
        connection, audit_event(context, caller, request, store::AuditKind::kFindingReviewed,
                                scope_entity(context, scope), review_details(review)));
  }));
  return http::Response::json(200, change_json(outcome, review, with_count));
}

Result<http::Response> delete_review(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const auto scope,
            allowed_scope(context, caller, std::string(request.param("key")), Right::kReview));
  const TimeMs now = now_ms();
  SG_ASSIGN(const auto body, read_review_body(context.key, request.body, now));
  const store::Review review{.site_id = context.site.id,
                             .scope_id = scope.id,
                             .fingerprint = body.fingerprint,
                             .rule_name = body.rule_name};
  SG_ASSIGN(const bool with_count, may_count(context, caller, scope));
  Outcome outcome;
  SG_TRY(context.store.database().write([&](db::Connection& connection) -> Status {
    SG_ASSIGN(outcome.change, store::revoke_review(connection, review, caller.identity.name, now));
    SG_ASSIGN(outcome.bits,
              store::review_bits(connection, context.site.id, scope.id, review.fingerprint, now));
    if (!outcome.change.changed) return {};
    return store::append_audit(
        connection, audit_event(context, caller, request, store::AuditKind::kFindingUnreviewed,
                                scope_entity(context, scope), review_details(review)));
  }));
  return http::Response::json(200, change_json(outcome, review, with_count));
}

Result<http::Response> delete_all_reviews(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const auto scope,
            allowed_scope(context, caller, std::string(request.param("key")), Right::kScope));
  SG_TRY(require_confirmation(request));
  int64_t deleted = 0;
  SG_TRY(context.store.database().write([&](db::Connection& connection) -> Status {
    SG_ASSIGN(deleted, store::revoke_reviews(connection, context.site.id, scope.id,
                                             caller.identity.name, now_ms()));
    return store::append_audit(
        connection, audit_event(context, caller, request, store::AuditKind::kAllFindingsUnreviewed,
                                scope_entity(context, scope),
                                fmt::format(R"({{"deletedCount":{}}})", deleted)));
  }));
  return http::Response::json(200, fmt::format(R"({{"deletedCount":{}}})", deleted));
}

Result<http::Response> list_reviews(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_ASSIGN(const auto scope,
            allowed_scope(context, caller, std::string(request.param("key")), Right::kScope));
  SG_ASSIGN(auto body, reviews_json(context, request, scope.id));
  return http::Response::json(200, std::move(body));
}

}  // namespace spillguard::api
