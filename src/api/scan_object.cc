#include "api/scan_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "api/finding_text.h"
#include "base/strings.h"
#include "store/evidence.h"

namespace spillguard::api {

std::string_view location_name(std::string_view content_kind) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kNames = {{
      {"summary", "SUMMARY"},
      {"description", "DESCRIPTION"},
      {"environment", "FIELD"},
      {"field", "FIELD"},
      {"comment", "COMMENT"},
      {"worklog", "WORKLOG"},
      {"history", "HISTORY"},
      {"page", "BODY"},
      {"blogpost", "BODY"},
      {"title", "TITLE"},
      {"attachment_name", "ATTACHMENT"},
      {"attachment_comment", "ATTACHMENT"},
  }};
  for (const auto& [kind, name] : kNames) {
    if (kind == content_kind) return name;
  }
  return "FIELD";
}

namespace {

void time_field(JsonWriter& json, std::string_view name, TimeMs time) {
  if (time > 0) {
    json.field(name, format_iso8601(time));
  } else {
    json.null_field(name);
  }
}

void text_or_null(JsonWriter& json, std::string_view name, const std::string& text) {
  if (text.empty()) {
    json.null_field(name);
  } else {
    json.field(name, text);
  }
}

}  // namespace

std::vector<int32_t> disabled_rules(const detect::RuleSet& rules) {
  std::vector<int32_t> ids;
  for (const detect::Rule& rule : rules.rules()) {
    if (!rule.enabled) ids.push_back(rule.id);
  }
  return ids;
}

namespace {

Status write_finding(JsonWriter& json, const ApiContext& context, const store::Finding& finding) {
  SG_ASSIGN(const auto evidence,
            store::open_evidence(context.key, finding.fingerprint, finding.evidence));
  SG_ASSIGN(const auto title,
            store::open_title(context.key, finding.item_host_id, finding.item_title));
  json.begin_object();
  json.field("id", finding.id);
  json.field("ruleId", finding.rule_id);
  json.field("ruleName", finding.rule_name);
  json.field("severity", detect::severity_name(static_cast<detect::Severity>(finding.severity)));
  json.field("matchText", evidence.match);
  json.field("before", evidence.before);
  json.field("after", evidence.after);
  json.field("fingerprint", finding.fingerprint.hex());
  json.field("reviewed", finding.reviewed);
  json.field("reviewedGlobally", finding.reviewed_globally);
  json.field("historical", finding.historical);
  json.field("location", location_name(finding.content_kind));
  json.field("contentRef", finding.content_id);
  json.field("link", context.public_url + finding.item_link);
  if (context.is_jira()) {
    json.field("issueKey", finding.item_key);
  } else if (const auto number = parse_int(finding.item_host_id)) {
    json.field("contentId", *number);
  } else {
    json.field("contentId", finding.item_host_id);
  }
  json.field("contentType", store::item_kind_name(finding.item_kind));
  json.field("title", title);
  json.field("firstVersion", finding.versions.first());
  json.field("lastVersion", finding.versions.last());
  json.field("versions", finding.versions.to_string());
  time_field(json, "createdWhen", finding.created_when);
  text_or_null(json, "author", finding.author);
  time_field(json, "firstSeen", finding.first_seen);
  time_field(json, "lastSeen", finding.last_seen);
  json.end_object();
  return {};
}

Status write_findings(JsonWriter& json, const ApiContext& context, const FindingsRequest& request,
                      int64_t scope_id, std::optional<int64_t> item_id) {
  const auto rules = context.rules.rules();
  store::FindingQuery query;
  query.scope_id = scope_id;
  query.item_id = item_id;
  query.version = request.version;
  query.reviewed = request.reviewed;
  query.rule_ids = request.rule_ids;
  query.disabled_rules = disabled_rules(*rules);
  query.offset = request.paging.start;
  query.limit = request.paging.size;
  SG_ASSIGN(const auto page, context.store.findings(query));
  SG_ASSIGN(const auto counts,
            context.store.finding_counts(scope_id, item_id, query.disabled_rules));
  json.key("findingCounts");
  json.begin_array();
  for (const store::FindingCount& count : counts) {
    json.begin_object();
    json.field("ruleId", count.rule_id);
    json.field("ruleName", count.rule_name);
    json.field("findings", count.findings);
    json.field("reviewed", count.reviewed);
    json.end_object();
  }
  json.end_array();
  json.field("start", request.paging.start);
  json.field("page", request.paging.page());
  json.field("size", request.paging.size);
  json.field("total", page.total);
  json.field("isLast",
             request.paging.start + static_cast<int64_t>(page.findings.size()) >= page.total);
  json.key("findings");
  json.begin_array();
  for (const store::Finding& finding : page.findings) SG_TRY(write_finding(json, context, finding));
  json.end_array();
  return {};
}

}  // namespace

int progress_of(const store::Scope& scope) {
  switch (scope.state) {
    case store::ScanState::kScanned:
      return 100;
    case store::ScanState::kUnscanned:
    case store::ScanState::kScheduled:
      return 0;
    case store::ScanState::kScanning:
    case store::ScanState::kError:
      break;
  }
  if (scope.items_total <= 0) return 0;
  return static_cast<int>(std::min<int64_t>(99, scope.items_done * 100 / scope.items_total));
}

void write_coverage(JsonWriter& json, const std::vector<store::CoverageCell>& cells) {
  json.key("coverage");
  json.begin_array();
  for (const store::CoverageCell& cell : cells) {
    json.begin_object();
    json.field("kind", cell.kind);
    json.field("status", store::part_status_name(cell.status));
    text_or_null(json, "reason", cell.reason);
    json.field("parts", cell.parts);
    json.field("bytes", cell.bytes);
    json.end_object();
  }
  json.end_array();
}

Result<std::string> scope_scan_json(const ApiContext& context, const store::Scope& scope,
                                    const FindingsRequest& request) {
  // What is being scanned right now, or will be, is not called out of date: the vendor's clients
  // rely on it.
  const bool busy =
      scope.state == store::ScanState::kScheduled || scope.state == store::ScanState::kScanning;
  const bool never = scope.rules_version.empty();
  SG_ASSIGN(const auto coverage, context.store.coverage(scope.id));
  SG_ASSIGN(const int64_t items, context.store.count_items(scope.id));
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.field("scanState", store::scan_state_name(scope.state));
  json.field("upToDateContent", busy || !scope.content_stale);
  json.field("upToDateSettings", busy || never || scope.rules_version == context.rules.version());
  json.field("key", scope.key);
  json.field("name", scope.name);
  json.field("progress", progress_of(scope));
  json.field("itemsDone", scope.items_done);
  json.field("itemsTotal", scope.items_total);
  time_field(json, "scheduledAt", scope.scheduled_at);
  time_field(json, "startedAt", scope.started_at);
  time_field(json, "completedAt", scope.completed_at);
  text_or_null(json, "errorMessage", scope.error);
  json.field("items", items);
  write_coverage(json, coverage);
  SG_TRY(write_findings(json, context, request, scope.id, {}));
  json.end_object();
  return body;
}

Result<std::string> item_scan_json(const ApiContext& context, const LocatedItem& located,
                                   const FindingsRequest& request) {
  const store::Item item = located.known.value_or(store::Item{});
  const bool busy =
      item.state == store::ScanState::kScheduled || item.state == store::ScanState::kScanning;
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.field("scanState", store::scan_state_name(item.state));
  json.field("upToDateContent", busy || !item.content_stale);
  json.field("upToDateSettings",
             busy || item.rules_version.empty() || item.rules_version == context.rules.version());
  json.field("key", located.ref.key);
  json.field("title", located.ref.title);
  json.field("progress", item.state == store::ScanState::kScanned ? 100 : 0);
  time_field(json, "completedAt", item.scanned_at);
  text_or_null(json, "errorMessage", item.error);
  if (item.id != 0) {
    SG_ASSIGN(const auto coverage, context.store.item_coverage(item.id));
    write_coverage(json, coverage);
  } else {
    write_coverage(json, {});
  }
  // An item without a row has no findings: no item has id 0.
  SG_TRY(write_findings(json, context, request, located.scope.id, item.id));
  json.end_object();
  return body;
}

std::string scheduled_json(std::string_view key, int64_t job_id) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.field("scanState", store::scan_state_name(store::ScanState::kScheduled));
  json.field("upToDateContent", true);
  json.field("upToDateSettings", true);
  if (key.empty()) {
    json.null_field("key");
  } else {
    json.field("key", key);
  }
  json.field("progress", 0);
  json.field("jobId", job_id);
  json.end_object();
  return body;
}

}  // namespace spillguard::api
