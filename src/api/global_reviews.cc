// Texts reviewed in the whole site, by files of them.
#include <fmt/format.h>

#include "api/access.h"
#include "api/audit_trail.h"
#include "api/handlers.h"
#include "api/multipart.h"
#include "api/review_body.h"
#include "api/review_file.h"
#include "api/review_json.h"
#include "base/json_writer.h"
#include "base/strings.h"
#include "store/evidence.h"
#include "store/reviews.h"

namespace spillguard::api {
namespace {

constexpr size_t kMostInvalidShown = 1000;

// One review in JSON is taken as a file with one line.
Result<ReviewFile> uploaded_reviews(const ApiContext& context, const http::Request& request,
                                    TimeMs now) {
  if (trim(request.body).starts_with('{')) {
    SG_ASSIGN(auto body, read_review_body(context.key, request.body, now));
    ReviewFile file;
    file.rows.push_back({.line = 1,
                         .fingerprint = body.fingerprint,
                         .text = std::move(body.text),
                         .rule_name = std::move(body.rule_name),
                         .reason = std::move(body.reason),
                         .expires_at = body.expires_at});
    return file;
  }
  SG_ASSIGN(const auto text, uploaded_file(request, "file"));
  SG_ASSIGN(auto file, read_review_file(context.key, text, now));
  if (file.rows.empty()) {
    std::string why = "it has no lines";
    if (!file.invalid.empty()) {
      why = fmt::format("line {}: {}", file.invalid[0].line, file.invalid[0].message);
    }
    return fail(Code::kInvalidArgument,
                fmt::format("There is nothing to take in the file ({}). It must be CSV in UTF-8 "
                            "with the columns matchText and ruleName.",
                            why));
  }
  return file;
}

struct Counts {
  int64_t changed = 0;
  int64_t unchanged = 0;
};

std::string upload_json(const ReviewFile& file, std::string_view changed_name,
                        std::string_view unchanged_name, const Counts& counts, bool with_lines) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("uploadedCount", static_cast<int64_t>(file.rows.size() + file.invalid.size()));
  json.field(changed_name, counts.changed);
  json.field(unchanged_name, counts.unchanged);
  json.field("invalidCount", static_cast<int64_t>(file.invalid.size()));
  if (with_lines) {
    json.key("invalidLines");
    json.begin_array();
    for (size_t i = 0; i < file.invalid.size() && i < kMostInvalidShown; ++i) {
      json.begin_object();
      json.field("line", file.invalid[i].line);
      json.field("message", file.invalid[i].message);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
  return out;
}

store::Review review_of(const ApiContext& context, const Caller& caller, const ReviewRow& row,
                        TimeMs now) {
  store::Review review{.site_id = context.site.id,
                       .scope_id = store::kWholeSite,
                       .fingerprint = row.fingerprint,
                       .rule_name = row.rule_name,
                       .reviewer = caller.identity.name,
                       .reviewed_at = now,
                       .reason = row.reason,
                       .expires_at = row.expires_at};
  if (!row.text.empty()) {
    review.evidence = store::seal_reviewed_text(context.key, row.fingerprint, row.text);
  }
  return review;
}

}  // namespace

Result<http::Response> create_global_reviews(const ApiContext& context,
                                             const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  const TimeMs now = now_ms();
  SG_ASSIGN(const auto file, uploaded_reviews(context, request, now));
  std::vector<store::Review> reviews;
  reviews.reserve(file.rows.size());
  for (const ReviewRow& row : file.rows) reviews.push_back(review_of(context, caller, row, now));
  Counts counts;
  SG_TRY(context.store.database().write([&](db::Connection& connection) -> Status {
    counts = {};
    for (const store::Review& review : reviews) {
      SG_ASSIGN(const auto change, store::put_review(connection, review));
      ++(change.changed ? counts.changed : counts.unchanged);
    }
    return store::append_audit(
        connection,
        audit_event(context, caller, request, store::AuditKind::kGlobalReviewedAdded, "site",
                    upload_json(file, "addedCount", "alreadyThereCount", counts, false)));
  }));
  return http::Response::json(200,
                              upload_json(file, "addedCount", "alreadyThereCount", counts, true));
}

Result<http::Response> delete_global_reviews(const ApiContext& context,
                                             const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  const TimeMs now = now_ms();
  SG_ASSIGN(const auto file, uploaded_reviews(context, request, now));
  Counts counts;
  SG_TRY(context.store.database().write([&](db::Connection& connection) -> Status {
    counts = {};
    for (const ReviewRow& row : file.rows) {
      const store::Review which{.site_id = context.site.id, .fingerprint = row.fingerprint};
      SG_ASSIGN(const auto change,
                store::revoke_review(connection, which, caller.identity.name, now));
      ++(change.changed ? counts.changed : counts.unchanged);
    }
    return store::append_audit(
        connection,
        audit_event(context, caller, request, store::AuditKind::kGlobalReviewedDeleted, "site",
                    upload_json(file, "deletedCount", "notThereCount", counts, false)));
  }));
  return http::Response::json(200,
                              upload_json(file, "deletedCount", "notThereCount", counts, true));
}

Result<http::Response> delete_all_global_reviews(const ApiContext& context,
                                                 const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  SG_TRY(require_confirmation(request));
  int64_t deleted = 0;
  SG_TRY(context.store.database().write([&](db::Connection& connection) -> Status {
    SG_ASSIGN(deleted, store::revoke_reviews(connection, context.site.id, store::kWholeSite,
                                             caller.identity.name, now_ms()));
    return store::append_audit(
        connection,
        audit_event(context, caller, request, store::AuditKind::kAllGlobalReviewedDeleted, "site",
                    fmt::format(R"({{"deletedCount":{}}})", deleted)));
  }));
  return http::Response::json(200, fmt::format(R"({{"deletedCount":{}}})", deleted));
}

Result<http::Response> list_global_reviews(const ApiContext& context,
                                           const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  SG_ASSIGN(auto body, reviews_json(context, request, store::kWholeSite));
  return http::Response::json(200, std::move(body));
}

}  // namespace spillguard::api
