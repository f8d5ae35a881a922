#include "api/review_json.h"

#include "api/params.h"
#include "base/json_writer.h"
#include "store/evidence.h"

namespace spillguard::api {
namespace {

Status write_review(JsonWriter& json, const ApiContext& context, const store::Review& review) {
  json.begin_object();
  if (review.evidence.empty()) {
    json.null_field("matchText");
  } else {
    SG_ASSIGN(const auto evidence,
              store::open_evidence(context.key, review.fingerprint, review.evidence));
    json.field("matchText", evidence.match);
  }
  json.field("fingerprint", review.fingerprint.hex());
  json.field("ruleName", review.rule_name);
  json.field("reviewer", review.reviewer);
  json.field("reviewedAt", format_iso8601(review.reviewed_at));
  json.field("reason", review.reason);
  if (review.expires_at > 0) {
    json.field("expiresAt", format_iso8601(review.expires_at));
  } else {
    json.null_field("expiresAt");
  }
  json.end_object();
  return {};
}

}  // namespace

std::string review_details(const store::Review& review) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("ruleName", review.rule_name);
  json.field("fingerprint", review.fingerprint.hex());
  if (!review.reason.empty()) json.field("reason", review.reason);
  if (review.expires_at > 0) json.field("expiresAt", format_iso8601(review.expires_at));
  json.end_object();
  return out;
}

Status require_confirmation(const http::Request& request) {
  SG_ASSIGN(const auto confirmed, bool_param(request, "confirm"));
  if (confirmed.value_or(false)) return {};
  return fail(Code::kInvalidArgument,
              "This deletes all of them: say confirm=true in the address to go on.");
}

Result<std::string> reviews_json(const ApiContext& context, const http::Request& request,
                                 int64_t scope_id) {
  SG_ASSIGN(const auto paging, paging_params(request));
  store::ReviewQuery query{
      .site_id = context.site.id, .scope_id = scope_id, .limit = paging.size + 1};
  if (const auto after = request.query_value("after"); after && !after->empty()) {
    const auto fingerprint = Fingerprint::parse(after->size() == 64 ? *after : "-");
    if (!fingerprint) {
      return fail(Code::kInvalidArgument,
                  "The parameter 'after' must be the 64 hex digits that 'next' said.");
    }
    query.after = *fingerprint;
  } else if (paging.start > 0) {
    return fail(Code::kInvalidArgument,
                "This list is walked by 'after': give what 'next' of the last page said.");
  }
  store::Reviews reviews(context.store.database());
  SG_ASSIGN(const int64_t total, reviews.count(context.site.id, scope_id));
  SG_ASSIGN(auto list, reviews.list(query));
  const bool more = static_cast<int64_t>(list.size()) > paging.size;
  if (more) list.pop_back();
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.field("total", total);
  json.field("size", paging.size);
  json.field("isLast", !more);
  if (more) {
    json.field("next", list.back().fingerprint.hex());
  } else {
    json.null_field("next");
  }
  json.key("reviews");
  json.begin_array();
  for (const store::Review& review : list) SG_TRY(write_review(json, context, review));
  json.end_array();
  json.end_object();
  return body;
}

}  // namespace spillguard::api
