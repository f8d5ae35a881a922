// The smaller downloads: reviews, what became of attachments, and how all scopes stand.
#include <fmt/format.h>

#include <array>

#include "api/export.h"
#include "api/finding_text.h"
#include "api/handlers.h"
#include "api/scan_object.h"
#include "base/strings.h"
#include "store/evidence.h"
#include "store/finding_walk.h"
#include "store/reviews.h"

namespace spillguard::api {
namespace export_lists_detail {
namespace {

constexpr int64_t kBatch = 1'000;

std::unique_ptr<RowWriter> rows_of(const ExportRequest& wanted, BufferedBody& body,
                                   std::span<const std::string_view> columns) {
  return wanted.format == ExportFormat::kCsv ? make_csv_rows(body, columns)
                                             : make_json_rows(body, columns);
}

// matchText and ruleName come first: what is exported with plaintext can be uploaded again as it
// is.
constexpr std::array<std::string_view, 9> kReviewedColumns = {
    "matchText",  "ruleName",     "scope",  "scopeKey", "fingerprint",
    "reviewedBy", "reviewedWhen", "reason", "expires"};

Status write_reviews(const ApiContext& context, const ExportRequest& wanted, RowWriter& rows,
                     int64_t scope_id, std::string_view scope_key) {
  store::Reviews reviews(context.store.database());
  store::ReviewQuery query{.site_id = context.site.id, .scope_id = scope_id, .limit = kBatch};
  while (true) {
    SG_ASSIGN(const auto batch, reviews.list(query));
    for (const store::Review& review : batch) {
      std::string text;
      if (!review.evidence.empty()) {
        SG_ASSIGN(auto evidence,
                  store::open_evidence(context.key, review.fingerprint, review.evidence));
        text = wanted.plaintext ? std::move(evidence.match) : mask(evidence.match);
      }
      const std::string fingerprint = review.fingerprint.hex();
      const std::array<Cell, kReviewedColumns.size()> cells = {
          Cell::of(text),
          Cell::of(review.rule_name),
          Cell::of(scope_id == store::kWholeSite ? "global" : context.scope_word()),
          Cell::of(scope_key),
          Cell::of(fingerprint),
          Cell::of(review.reviewer),
          Cell::of_time(review.reviewed_at),
          Cell::of(review.reason),
          Cell::of_time(review.expires_at)};
      SG_TRY(rows.row(cells));
    }
    if (static_cast<int64_t>(batch.size()) < kBatch) return {};
    query.after = batch.back().fingerprint;
  }
}

constexpr size_t kAttachmentColumns = 15;

std::array<std::string_view, kAttachmentColumns> attachment_columns(bool jira) {
  return {jira ? "projectKey" : "spaceKey",
          jira ? "projectName" : "spaceName",
          jira ? "issueKey" : "contentId",
          "title",
          "contentType",
          "attachmentId",
          "attachmentName",
          "version",
          "status",
          "reason",
          "detail",
          "bytes",
          "parts",
          "files",
          "link"};
}

Status write_attachments(const ApiContext& context, const ExportRequest& wanted, RowWriter& rows) {
  VisibleItems visible(context, wanted.caller);
  TitleReader titles(context, wanted.plaintext);
  TitleReader names(context, wanted.plaintext);
  std::vector<store::AttachmentRow> batch;
  std::vector<std::string> ids;
  for (const store::Scope& scope : wanted.scopes) {
    store::AttachmentWalk walk(context.store.database(), scope.id, kBatch);
    while (true) {
      SG_TRY(walk.next(batch));
      if (batch.empty()) break;
      ids.clear();
      for (const auto& row : batch) {
        if (ids.empty() || ids.back() != row.item_host_id) ids.push_back(row.item_host_id);
      }
      SG_TRY(visible.ask(ids));
      for (const store::AttachmentRow& row : batch) {
        if (!visible.sees(row.item_host_id)) continue;
        SG_ASSIGN(const auto title, titles.read(row.item_host_id, row.item_title));
        const store::AttachmentRecord& file = row.attachment;
        SG_ASSIGN(const auto name, names.read(file.content_id, file.name));
        const std::string link = context.public_url + row.item_link;
        const std::array<Cell, kAttachmentColumns> cells = {
            Cell::of(scope.key),
            Cell::of(scope.name),
            Cell::of(row.item_key),
            Cell::of(title),
            Cell::of(store::item_kind_name(row.item_kind)),
            Cell::of(file.content_id),
            Cell::of(name),
            Cell::of_number(file.version),
            Cell::of(store::part_status_name(file.status)),
            Cell::of(file.reason),
            Cell::of(file.detail),
            Cell::of_number(file.bytes),
            Cell::of_number(file.parts),
            Cell::of_number(file.files),
            Cell::of(link)};
        SG_TRY(rows.row(cells));
      }
    }
  }
  return {};
}

constexpr std::array<std::string_view, 10> kOverviewColumns = {
    "key",      "name",     "personal",    "scanState",   "upToDateContent", "upToDateSettings",
    "findings", "reviewed", "completedAt", "errorMessage"};

Status write_overview(const ApiContext& context, const ExportRequest& wanted, RowWriter& rows) {
  const auto disabled = disabled_rules(*context.rules.rules());
  SG_ASSIGN(const auto totals, context.store.finding_totals(context.site.id, disabled));
  for (const store::Scope& scope : wanted.scopes) {
    const auto found = totals.find(scope.id);
    const int64_t all = found == totals.end() ? 0 : found->second.findings;
    const int64_t reviewed = found == totals.end() ? 0 : found->second.reviewed;
    const std::array<Cell, kOverviewColumns.size()> cells = {
        Cell::of(scope.key),
        Cell::of(scope.name),
        Cell::of_flag(scope.personal),
        Cell::of(store::scan_state_name(scope.state)),
        Cell::of_flag(!scope.content_stale),
        Cell::of_flag(up_to_date_settings(context, scope)),
        Cell::of_number(all - reviewed),
        Cell::of_number(reviewed),
        Cell::of_time(scope.completed_at),
        Cell::of(scope.error)};
    SG_TRY(rows.row(cells));
  }
  return {};
}

}  // namespace
}  // namespace export_lists_detail

Result<http::Response> export_reviewed(const ApiContext& context, const http::Request& request) {
  namespace own = export_lists_detail;
  // The page for Jira calls this one the export of all findings, so that is what scripts expect.
  if (context.is_jira() && request.param("key").empty() &&
      !equals_ignore_case(request.query_value("reviewed").value_or(""), "true")) {
    return export_findings(context, request);
  }
  SG_ASSIGN(auto wanted, read_export_request(context, request, false));
  const bool all = wanted.scope_key.empty();
  // Reviews that hold everywhere are the business of who manages the site.
  const bool global = all && require_manage(context, wanted.caller).has_value();
  const auto shared = std::make_shared<const ExportRequest>(std::move(wanted));  // with the stream
  return export_response(
      context, request, *shared,
      all ? store::AuditKind::kAllReviewedExported : store::AuditKind::kReviewedExported,
      "reviewed", [&context, shared, global](BufferedBody& body) -> Status {
        auto columns = own::kReviewedColumns;
        if (!shared->plaintext) columns[0] = "maskedText";
        const auto rows = own::rows_of(*shared, body, columns);
        SG_TRY(rows->begin());
        if (global) SG_TRY(own::write_reviews(context, *shared, *rows, store::kWholeSite, ""));
        for (const store::Scope& scope : shared->scopes) {
          SG_TRY(own::write_reviews(context, *shared, *rows, scope.id, scope.key));
        }
        return {};
      });
}

Result<http::Response> export_attachments(const ApiContext& context, const http::Request& request) {
  namespace own = export_lists_detail;
  SG_ASSIGN(auto wanted, read_export_request(context, request, false));
  const auto kind = wanted.scope_key.empty() ? store::AuditKind::kAllAttachmentsExported
                                             : store::AuditKind::kAttachmentsExported;
  const auto shared = std::make_shared<const ExportRequest>(std::move(wanted));  // with the stream
  return export_response(context, request, *shared, kind, "attachments",
                         [&context, shared](BufferedBody& body) -> Status {
                           const auto columns = own::attachment_columns(context.is_jira());
                           const auto rows = own::rows_of(*shared, body, columns);
                           SG_TRY(rows->begin());
                           return own::write_attachments(context, *shared, *rows);
                         });
}

Result<http::Response> export_overview(const ApiContext& context, const http::Request& request) {
  namespace own = export_lists_detail;
  SG_ASSIGN(auto wanted, read_export_request(context, request, false));
  const auto shared = std::make_shared<const ExportRequest>(std::move(wanted));  // with the stream
  return export_response(context, request, *shared, store::AuditKind::kOverviewExported, "overview",
                         [&context, shared](BufferedBody& body) -> Status {
                           const auto rows = own::rows_of(*shared, body, own::kOverviewColumns);
                           SG_TRY(rows->begin());
                           return own::write_overview(context, *shared, *rows);
                         });
}

}  // namespace spillguard::api
