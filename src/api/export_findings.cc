// Findings as a download: CSV, JSON Lines, SARIF.
#include <fmt/format.h>

#include <array>
#include <future>
#include <unordered_map>

#include "api/export.h"
#include "api/finding_text.h"
#include "api/handlers.h"
#include "api/visible.h"
#include "base/crypto.h"
#include "base/json_writer.h"
#include "base/strings.h"
#include "store/evidence.h"
#include "store/finding_walk.h"
#include "store/reviews.h"

namespace spillguard::api {
namespace export_findings_detail {
namespace {

constexpr int64_t kBatch = 1'000;

// A finding with everything that a row shows.
struct Shown {
  const store::Scope* scope = nullptr;
  const store::Finding* finding = nullptr;
  std::string_view title;
  std::string_view text;  // the match, or its mask
  std::string place;      // within an attachment
  std::string link;
  int64_t first_version = 0;
  int64_t last_version = 0;
  std::string versions;
};
using EachFinding = std::function<Status(Shown&)>;

// The findings of all scopes that are asked for and that the caller may see. A finding in several
// versions comes once, or without deduplication once for each version.
class Findings {
 public:
  Findings(const ApiContext& context, const ExportRequest& wanted)
      : context_(context),
        wanted_(wanted),
        titles_(context, wanted.plaintext),
        disabled_(disabled_rules(*context.rules.rules())) {}

  Status each(const EachFinding& each) {
    for (const store::Scope& scope : wanted_.scopes) {
      store::FindingQuery query;
      query.scope_id = scope.id;
      query.reviewed = wanted_.reviewed;
      query.rule_ids = wanted_.rule_ids;
      query.disabled_rules = disabled_;
      query.limit = kBatch;
      store::FindingWalk walk(context_.store.database(), query);
      SG_ASSIGN(bool more, read_batch(walk, batch_, places_));
      while (more) {
        // The next batch is read and opened while this one is written.
        auto reading = std::async(std::launch::async,
                                  [&] { return read_batch(walk, next_batch_, next_places_); });
        const auto shown = show_batch(scope, each);
        auto read = reading.get();
        SG_TRY(shown);
        SG_ASSIGN(more, read);
        std::swap(batch_, next_batch_);
        std::swap(places_, next_places_);
      }
    }
    return {};
  }

  Findings(const Findings&) = delete;
  Findings& operator=(const Findings&) = delete;
  ~Findings() {
    clear_.resize(clear_.capacity());
    wipe(clear_.data(), clear_.size());
    for (auto* batch : {&batch_, &next_batch_}) {
      for (store::Finding& finding : *batch) {
        wipe(finding.evidence.data(), finding.evidence.size());
      }
    }
  }

  [[nodiscard]] int64_t hidden() const { return hidden_; }  // in items that the caller can not see

 private:
  using Places = std::unordered_map<int64_t, std::string>;  // by finding; of those that have one

  // With the text that is shown, the match or its mask, in place of the sealed evidence.
  Result<bool> read_batch(store::FindingWalk& walk, std::vector<store::Finding>& batch,
                          Places& places) {
    places.clear();
    SG_ASSIGN(const bool more, walk.next(batch));
    for (store::Finding& finding : batch) {
      SG_ASSIGN(const std::string_view match,
                store::open_match(context_.key, finding.fingerprint, finding.evidence, clear_));
      if (const auto place = store::place_of(clear_); !place.empty()) places[finding.id] = place;
      if (wanted_.plaintext) {
        finding.evidence = match;
      } else {
        finding.evidence = mask(match);
      }
    }
    return more;
  }

  Status show_batch(const store::Scope& scope, const EachFinding& each) {
    SG_ASSIGN(const int64_t hidden, remove_invisible(context_, wanted_.caller, batch_));
    hidden_ += hidden;
    for (const store::Finding& finding : batch_) SG_TRY(show(scope, finding, each));
    return {};
  }

  Status show(const store::Scope& scope, const store::Finding& finding, const EachFinding& each) {
    shown_.scope = &scope;
    shown_.finding = &finding;
    SG_ASSIGN(shown_.title, titles_.read(finding.item_host_id, finding.item_title));
    shown_.text = finding.evidence;
    const auto place = places_.find(finding.id);
    shown_.place = place == places_.end() ? std::string() : titles_.shown(place->second);
    shown_.link = context_.public_url;
    shown_.link += finding.item_link;
    shown_.first_version = finding.versions.first();
    shown_.last_version = finding.versions.last();
    shown_.versions = finding.versions.to_string();
    if (wanted_.deduplicate || shown_.first_version == shown_.last_version) return each(shown_);
    const int64_t first = shown_.first_version;
    const int64_t last = shown_.last_version;
    for (int64_t version = first; version <= last; ++version) {
      if (!finding.versions.contains(version)) continue;
      shown_.first_version = version;
      shown_.last_version = version;
      shown_.versions = std::to_string(version);
      SG_TRY(each(shown_));
    }
    return {};
  }

  const ApiContext& context_;
  const ExportRequest& wanted_;
  TitleReader titles_;
  std::vector<int32_t> disabled_;
  std::vector<store::Finding> batch_;
  std::vector<store::Finding> next_batch_;
  Places places_;
  Places next_places_;
  Shown shown_;
  std::string clear_;  // of one finding after the other; only one batch is read at a time
  int64_t hidden_ = 0;
};

constexpr size_t kColumnCount = 27;
using Columns = std::array<std::string_view, kColumnCount>;

Columns columns_of(const ApiContext& context, bool plaintext) {
  const bool jira = context.is_jira();
  return {jira ? "projectKey" : "spaceKey", jira ? "projectName" : "spaceName",
          jira ? "issueKey" : "contentId", "title", "contentType", "location", "contentRef",
          "place", "firstVersion", "lastVersion", "versions", "createdWhen", "author", "ruleId",
          "ruleName", "severity",
          // Two names, so that nobody takes a mask for a text.
          plaintext ? "matchText" : "maskedText", "fingerprint", "link", "historical", "reviewed",
          "reviewedGlobally", "reviewedBy", "reviewedWhen", "reviewReason", "firstSeen",
          "lastSeen"};
}

Status write_rows(RowWriter& rows, Findings& findings) {
  SG_TRY(rows.begin());
  std::string fingerprint;
  return findings.each([&](Shown& shown) -> Status {
    const store::Finding& finding = *shown.finding;
    fingerprint.clear();
    finding.fingerprint.append_hex(fingerprint);
    const std::array<Cell, kColumnCount> cells = {
        Cell::of(shown.scope->key),
        Cell::of(shown.scope->name),
        Cell::of(finding.item_key),
        Cell::of(shown.title),
        Cell::of(store::item_kind_name(finding.item_kind)),
        Cell::of(location_name(finding.content_kind)),
        Cell::of(finding.content_id),
        Cell::of(shown.place),
        Cell::of_number(shown.first_version),
        Cell::of_number(shown.last_version),
        Cell::of(shown.versions),
        Cell::of_time(finding.created_when),
        Cell::of(finding.author),
        Cell::of_number(finding.rule_id),
        Cell::of(finding.rule_name),
        Cell::of(detect::severity_name(static_cast<detect::Severity>(finding.severity))),
        Cell::of(shown.text),
        Cell::of(fingerprint),
        Cell::of(shown.link),
        Cell::of_flag(finding.historical),
        Cell::of_flag(finding.reviewed),
        Cell::of_flag(finding.reviewed_globally),
        Cell::of(finding.reviewer),
        Cell::of_time(finding.reviewed_at),
        Cell::of(finding.review_reason),
        Cell::of_time(finding.first_seen),
        Cell::of_time(finding.last_seen)};
    return rows.row(cells);
  });
}

// SARIF 2.1.0, 3.27.10: error, warning, note.
std::string_view sarif_level(int severity) {
  switch (static_cast<detect::Severity>(severity)) {
    case detect::Severity::kCritical:
    case detect::Severity::kHigh:
      return "error";
    case detect::Severity::kMedium:
      return "warning";
    case detect::Severity::kLow:
    case detect::Severity::kInfo:
      return "note";
  }
  return "warning";
}

std::string sarif_rule_id(int32_t id) { return fmt::format("SG{}", id); }

void sarif_text(JsonWriter& json, std::string_view name, std::string_view text) {
  json.key(name);
  json.begin_object();
  json.field("text", text);
  json.end_object();
}

void sarif_head(std::string& out, const detect::RuleSet& rules) {
  out += R"({"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0",)"
         R"("runs":[{"tool":{"driver":{"name":"Spillguard","version":")" SG_VERSION R"(","rules":)";
  JsonWriter json(out);
  json.begin_array();
  for (const detect::Rule& rule : rules.rules()) {
    json.begin_object();
    json.field("id", sarif_rule_id(rule.id));
    json.field("name", rule.name);
    sarif_text(json, "shortDescription", rule.title);
    json.key("defaultConfiguration");
    json.begin_object();
    json.field("level", sarif_level(static_cast<int>(rule.severity)));
    json.end_object();
    json.end_object();
  }
  json.end_array();
  out += R"(}},"results":[)";
}

// 3.27: the place is a page or an issue, by its address for people.
void sarif_result(JsonWriter& json, const Shown& shown) {
  const store::Finding& finding = *shown.finding;
  json.begin_object();
  json.field("ruleId", sarif_rule_id(finding.rule_id));
  json.field("level", sarif_level(finding.severity));
  sarif_text(json, "message",
             fmt::format("{} in {}: {}", finding.rule_name, finding.item_key, shown.text));
  json.key("locations");
  json.begin_array();
  json.begin_object();
  json.key("physicalLocation");
  json.begin_object();
  json.key("artifactLocation");
  json.begin_object();
  json.field("uri", shown.link);
  json.end_object();
  json.end_object();
  json.key("logicalLocations");
  json.begin_array();
  json.begin_object();
  json.field("name", location_name(finding.content_kind));
  json.field("fullyQualifiedName",
             fmt::format("{}/{}/{}", shown.scope->key, finding.item_key, finding.content_id));
  json.end_object();
  json.end_array();
  json.end_object();
  json.end_array();
  json.key("partialFingerprints");
  json.begin_object();
  json.field("spillguard/v1", finding.fingerprint.hex());
  json.end_object();
  if (finding.reviewed) {
    json.key("suppressions");
    json.begin_array();
    json.begin_object();
    json.field("kind", "external");
    json.field("status", "accepted");
    if (!finding.review_reason.empty()) json.field("justification", finding.review_reason);
    json.end_object();
    json.end_array();
  }
  json.key("properties");
  json.begin_object();
  json.field("title", shown.title);
  if (!shown.place.empty()) json.field("place", shown.place);
  json.field("firstVersion", shown.first_version);
  json.field("lastVersion", shown.last_version);
  json.field("historical", finding.historical);
  json.end_object();
  json.end_object();
}

Status write_sarif(BufferedBody& body, const detect::RuleSet& rules, Findings& findings) {
  sarif_head(body.buffer(), rules);
  bool first = true;
  SG_TRY(findings.each([&](Shown& shown) -> Status {
    body.buffer() += first ? "\n" : ",\n";
    first = false;
    JsonWriter json(body.buffer());
    sarif_result(json, shown);
    return body.settle();
  }));
  body.buffer() += fmt::format(R"(],"properties":{{"hiddenFindings":{}}}}}]}})", findings.hidden());
  body.buffer() += '\n';
  return {};
}

}  // namespace
}  // namespace export_findings_detail

Result<http::Response> export_findings(const ApiContext& context, const http::Request& request) {
  namespace own = export_findings_detail;
  SG_ASSIGN(auto wanted, read_export_request(context, request, true));
  SG_TRY(store::settle_reviews(context.store.database(), now_ms()));
  const auto kind = wanted.scope_key.empty() ? store::AuditKind::kAllFindingsExported
                                             : store::AuditKind::kFindingsExported;
  const auto shared = std::make_shared<const ExportRequest>(std::move(wanted));  // with the stream
  return export_response(context, request, *shared, kind, "findings",
                         [&context, shared](BufferedBody& body) -> Status {
                           own::Findings findings(context, *shared);
                           if (shared->format == ExportFormat::kSarif) {
                             return own::write_sarif(body, *context.rules.rules(), findings);
                           }
                           const own::Columns columns = own::columns_of(context, shared->plaintext);
                           const auto rows = shared->format == ExportFormat::kCsv
                                                 ? make_csv_rows(body, columns)
                                                 : make_json_rows(body, columns);
                           return own::write_rows(*rows, findings);
                         });
}

}  // namespace spillguard::api
