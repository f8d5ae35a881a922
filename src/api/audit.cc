// The audit log over the API: newest first, by filters, as JSON or CSV.
#include <fmt/format.h>

#include <array>

#include "api/audit_trail.h"
#include "api/export.h"
#include "api/handlers.h"
#include "api/params.h"
#include "base/json_writer.h"
#include "base/strings.h"

namespace spillguard::api {
namespace audit_detail {
namespace {

constexpr int64_t kDefaultSize = 100;
constexpr int64_t kMaxSize = 1000;
constexpr int64_t kBatch = 1'000;

std::string text_param(const http::Request& request, std::string_view name) {
  return std::string(trim(request.query_value(name).value_or("")));
}

Result<store::AuditQuery> read_query(const ApiContext& context, const http::Request& request) {
  store::AuditQuery query;
  query.site_id = context.site.id;
  for (const std::string_view value : request.query_values("kind")) {
    for (const std::string_view name : split(value, ',')) {
      if (trim(name).empty()) continue;
      const auto kind = store::parse_audit_kind(trim(name));
      if (!kind) {
        return fail(Code::kInvalidArgument,
                    fmt::format("There is no audit event '{}', such as RULE_TOGGLED.",
                                to_valid_utf8(trim(name).substr(0, 60))));
      }
      query.kinds.push_back(*kind);
    }
  }
  query.actor = text_param(request, "actor");
  query.entity = text_param(request, "entity");
  query.details = text_param(request, "details");
  SG_ASSIGN(const auto from, time_param(request, "from"));
  SG_ASSIGN(const auto until, time_param(request, "until"));
  query.from = from.value_or(0);
  query.until = until.value_or(0);
  return query;
}

Result<int64_t> number_param(const http::Request& request, std::string_view name, int64_t otherwise,
                             int64_t least) {
  const std::string text = text_param(request, name);
  if (text.empty()) return otherwise;
  const auto number = parse_int(text);
  if (!number || *number < least) {
    return fail(
        Code::kInvalidArgument,
        fmt::format("The parameter '{}' must be a whole number of at least {}.", name, least));
  }
  return *number;
}

void write_event(JsonWriter& json, const store::AuditEvent& event) {
  json.begin_object();
  json.field("id", event.id);
  json.field("at", format_iso8601(event.at));
  json.field("actor", event.actor.empty() ? "System" : event.actor);
  json.field("address", event.address);
  json.field("kind", store::audit_kind_name(event.kind));
  json.field("title", store::audit_kind_title(event.kind));
  json.field("entity", event.entity);
  json.key("details");
  json.raw(event.details);
  json.end_object();
}

constexpr std::array<std::string_view, 8> kColumns = {"id",   "at",    "actor",  "address",
                                                      "kind", "title", "entity", "details"};

Status write_rows(const ApiContext& context, RowWriter& rows, store::AuditQuery query) {
  store::AuditLog log(context.store.database());
  SG_TRY(rows.begin());
  query.limit = kBatch;
  while (true) {
    SG_ASSIGN(const auto batch, log.query(query));
    for (const store::AuditEvent& event : batch) {
      const std::array<Cell, kColumns.size()> cells = {
          Cell::of_number(event.id),
          Cell::of_time(event.at),
          Cell::of(event.actor.empty() ? "System" : std::string_view(event.actor)),
          Cell::of(event.address),
          Cell::of(store::audit_kind_name(event.kind)),
          Cell::of(store::audit_kind_title(event.kind)),
          Cell::of(event.entity),
          Cell::of(event.details)};
      SG_TRY(rows.row(cells));
    }
    if (static_cast<int64_t>(batch.size()) < kBatch) return {};
    query.before_id = batch.back().id;
  }
}

Result<http::Response> audit_export(const ApiContext& context, const http::Request& request,
                                    const Caller& caller, const store::AuditQuery& query,
                                    ExportFormat format) {
  ExportRequest wanted;
  wanted.caller = caller;
  wanted.format = format;
  const bool csv = format == ExportFormat::kCsv;
  return export_response(context, request, wanted, store::AuditKind::kAuditExported, "audit",
                         [&context, query, csv](BufferedBody& body) -> Status {
                           const auto rows =
                               csv ? make_csv_rows(body, kColumns) : make_json_rows(body, kColumns);
                           return write_rows(context, *rows, query);
                         });
}

}  // namespace
}  // namespace audit_detail

Result<http::Response> get_audit(const ApiContext& context, const http::Request& request) {
  namespace own = audit_detail;
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_product_admin(context, caller));
  SG_ASSIGN(auto query, own::read_query(context, request));
  const std::string format = to_lower(own::text_param(request, "format"));
  if (format == "csv" || format == "jsonl") {
    return own::audit_export(context, request, caller, query,
                             format == "csv" ? ExportFormat::kCsv : ExportFormat::kJsonLines);
  }
  if (!format.empty() && format != "json") {
    return fail(Code::kInvalidArgument, "The parameter 'format' must be json, csv or jsonl.");
  }
  SG_ASSIGN(query.before_id, own::number_param(request, "before", 0, 1));
  SG_ASSIGN(const int64_t size, own::number_param(request, "size", own::kDefaultSize, 1));
  query.limit = std::min(size, own::kMaxSize);
  store::AuditLog log(context.store.database());
  SG_ASSIGN(const auto events, log.query(query));
  SG_ASSIGN(const int64_t total, log.count(query));
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.field("total", total);
  json.field("size", query.limit);
  const bool more = static_cast<int64_t>(events.size()) == query.limit;
  json.field("isLast", !more);
  json.key("nextBefore");
  if (more) {
    json.value(events.back().id);
  } else {
    json.null();
  }
  json.key("events");
  json.begin_array();
  for (const store::AuditEvent& event : events) own::write_event(json, event);
  json.end_array();
  json.end_object();
  return http::Response::json(200, std::move(body));
}

}  // namespace spillguard::api
