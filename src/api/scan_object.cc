#include "api/scan_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "api/finding_list.h"
#include "api/finding_text.h"
#include "base/crypto.h"
#include "base/strings.h"
#include "store/evidence.h"

namespace spillguard::api {

std::string_view location_name(std::string_view content_kind) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kNames = {{
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
      {"attachment", "ATTACHMENT"},
  }};
  for (const auto& [kind, name] : kNames) {
    if (kind == content_kind) return name;
  }
  return "FIELD";
}

namespace {

void text_or_null(JsonWriter& json, std::string_view name, std::string_view text) {
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

// What answers are long, so that their text seldom moves.
constexpr size_t kHeadBytes = 4096;
constexpr size_t kFindingBytes = 1280;

Result<ShownFindings> findings_of(const ApiContext& context, const Caller& caller,
                                  const FindingsRequest& request, int64_t scope_id,
                                  std::optional<int64_t> item_id) {
  store::FindingQuery query;
  query.scope_id = scope_id;
  query.item_id = item_id;
  query.version = request.version;
  query.reviewed = request.reviewed;
  query.author = request.author;
  query.rule_ids = request.rule_ids;
  query.disabled_rules = disabled_rules(context);
  return shown_findings(context, caller, std::move(query), request.paging);
}

// Titles of items are opened once for all findings that stand in one.
class FindingWriter {
 public:
  FindingWriter(JsonWriter& json, const ApiContext& context) : json_(json), context_(context) {}
  FindingWriter(const FindingWriter&) = delete;
  FindingWriter& operator=(const FindingWriter&) = delete;
  ~FindingWriter() {
    clear_.resize(clear_.capacity());
    wipe(clear_.data(), clear_.size());
  }
  Status write(const store::Finding& finding);

 private:
  JsonWriter& json_;
  const ApiContext& context_;
  int64_t item_id_ = 0;
  std::string title_;
  std::string text_;   // room for what is written anew in each
  std::string clear_;  // evidence of one after the other
};

Status FindingWriter::write(const store::Finding& finding) {
  SG_ASSIGN(const auto evidence,
            store::view_evidence(context_.key, finding.fingerprint, finding.evidence, clear_));
  if (finding.item_id != item_id_) {
    SG_ASSIGN(title_, store::open_title(context_.key, finding.item_host_id, finding.item_title));
    item_id_ = finding.item_id;
  }
  json_.begin_object();
  json_.field("id", finding.id);
  json_.field("ruleId", finding.rule_id);
  json_.field("ruleName", finding.rule_name);
  json_.word_field("severity",
                   detect::severity_name(static_cast<detect::Severity>(finding.severity)));
  json_.field("matchText", evidence.match);
  json_.field("before", evidence.before);
  json_.field("after", evidence.after);
  text_.clear();
  finding.fingerprint.append_hex(text_);
  json_.word_field("fingerprint", text_);
  json_.field("reviewed", finding.reviewed);
  json_.field("reviewedGlobally", finding.reviewed_globally);
  if (finding.reviewed) {
    text_or_null(json_, "reviewer", finding.reviewer);
    time_or_null(json_, "reviewedAt", finding.reviewed_at);
    text_or_null(json_, "reviewReason", finding.review_reason);
    time_or_null(json_, "reviewExpiresAt", finding.review_expires_at);
  }
  json_.field("historical", finding.historical);
  json_.word_field("location", location_name(finding.content_kind));
  json_.field("contentRef", finding.content_id);
  text_or_null(json_, "place", evidence.place);
  text_ = context_.public_url;
  text_ += finding.item_link;
  json_.field("link", text_);
  if (context_.is_jira()) {
    json_.field("issueKey", finding.item_key);
  } else if (const auto number = parse_int(finding.item_host_id)) {
    json_.field("contentId", *number);
  } else {
    json_.field("contentId", finding.item_host_id);
  }
  json_.word_field("contentType", store::item_kind_name(finding.item_kind));
  json_.field("title", title_);
  json_.field("firstVersion", finding.versions.first());
  json_.field("lastVersion", finding.versions.last());
  json_.field("versions", finding.versions.to_string());
  time_or_null(json_, "createdWhen", finding.created_when);
  text_or_null(json_, "author", finding.author);
  time_or_null(json_, "firstSeen", finding.first_seen);
  time_or_null(json_, "lastSeen", finding.last_seen);
  json_.end_object();
  return {};
}

Status write_findings(JsonWriter& json, const ApiContext& context, const FindingsRequest& request,
                      const ShownFindings& shown) {
  json.key("findingCounts");
  json.begin_array();
  for (const store::FindingCount& one : shown.counts) {
    json.begin_object();
    json.field("ruleId", one.rule_id);
    json.field("ruleName", one.rule_name);
    json.field("findings", one.findings);
    json.field("reviewed", one.reviewed);
    json.end_object();
  }
  json.end_array();
  json.field("start", request.paging.start);
  json.field("page", request.paging.page());
  json.field("size", request.paging.size);
  json.field("total", shown.total);
  json.field("hidden", shown.hidden);
  json.field("isLast", shown.is_last);
  if (shown.is_last || shown.last_id == 0) {
    json.null_field("next");
  } else {
    json.field("next", shown.last_id);
  }
  json.key("findings");
  json.begin_array();
  FindingWriter writer(json, context);
  for (const store::Finding& finding : shown.findings) SG_TRY(writer.write(finding));
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

bool is_busy(store::ScanState state) {
  return state == store::ScanState::kScheduled || state == store::ScanState::kScanning;
}

// What is being scanned right now, or will be, is not called out of date: the vendor's clients
// rely on it.
bool up_to_date_content(const store::Scope& scope) {
  return is_busy(scope.state) || !scope.content_stale;
}

bool up_to_date_settings(const ApiContext& context, const store::Scope& scope) {
  return is_busy(scope.state) || scope.rules_version.empty() ||
         (scope.rules_version == context.rules.version() &&
          scope.extraction == context.extraction_now());
}

TimeMs estimated_end(const store::Scope& scope, TimeMs now) {
  if (scope.state != store::ScanState::kScanning || scope.items_done <= 0 ||
      scope.items_total <= scope.items_done || now <= scope.started_at) {
    return 0;
  }
  const auto pace =
      static_cast<double>(now - scope.started_at) / static_cast<double>(scope.items_done);
  return now +
         static_cast<TimeMs>(pace * static_cast<double>(scope.items_total - scope.items_done));
}

std::vector<int32_t> disabled_rules(const ApiContext& context) {
  return disabled_rules(*context.rules.rules());
}

void time_or_null(JsonWriter& json, std::string_view name, TimeMs time) {
  if (time > 0) {
    json.key(name);
    json.time(time);
  } else {
    json.null_field(name);
  }
}

Result<ScanAnswer> scope_scan_json(const ApiContext& context, const Caller& caller,
                                   const store::Scope& scope, const FindingsRequest& request) {
  SG_ASSIGN(const auto shown, findings_of(context, caller, request, scope.id, {}));
  ScanAnswer answer;
  answer.shown = static_cast<int64_t>(shown.findings.size());
  answer.json.reserve(kHeadBytes + shown.findings.size() * kFindingBytes);
  JsonWriter json(answer.json);
  json.begin_object();
  json.field("scanState", store::scan_state_name(scope.state));
  json.field("upToDateContent", up_to_date_content(scope));
  json.field("upToDateSettings", up_to_date_settings(context, scope));
  json.field("key", scope.key);
  json.field("name", scope.name);
  json.field("progress", progress_of(scope));
  json.field("itemsDone", scope.items_done);
  json.field("itemsTotal", scope.items_total);
  time_or_null(json, "scheduledAt", scope.scheduled_at);
  time_or_null(json, "startedAt", scope.started_at);
  time_or_null(json, "completedAt", scope.completed_at);
  time_or_null(json, "estimatedCompletion", estimated_end(scope, now_ms()));
  text_or_null(json, "errorMessage", scope.error);
  json.field("items", shown.items);
  write_coverage(json, shown.coverage);
  SG_TRY(write_findings(json, context, request, shown));
  json.end_object();
  return answer;
}

Result<ScanAnswer> item_scan_json(const ApiContext& context, const Caller& caller,
                                  const LocatedItem& located, const FindingsRequest& request) {
  const store::Item item = located.known.value_or(store::Item{});
  const bool busy = is_busy(item.state);
  // An item without a row has no findings: no item has id 0.
  SG_ASSIGN(const auto shown, findings_of(context, caller, request, located.scope.id, item.id));
  ScanAnswer answer;
  answer.shown = static_cast<int64_t>(shown.findings.size());
  JsonWriter json(answer.json);
  json.begin_object();
  json.field("scanState", store::scan_state_name(item.state));
  json.field("upToDateContent", busy || !item.content_stale);
  json.field("upToDateSettings",
             busy || item.rules_version.empty() || item.rules_version == context.rules.version());
  json.field("key", located.ref.key);
  json.field("title", located.ref.title);
  json.field("progress", item.state == store::ScanState::kScanned ? 100 : 0);
  time_or_null(json, "completedAt", item.scanned_at);
  text_or_null(json, "errorMessage", item.error);
  write_coverage(json, shown.coverage);
  SG_TRY(write_findings(json, context, request, shown));
  json.end_object();
  return answer;
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
