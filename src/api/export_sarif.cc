#include "api/export_sarif.h"

#include <fmt/format.h>

#include "api/finding_text.h"

namespace spillguard::api {
namespace export_sarif_detail {
namespace {

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

}  // namespace
}  // namespace export_sarif_detail

void append_sarif_head(std::string& out, const detect::RuleSet& rules) {
  namespace own = export_sarif_detail;
  out += R"({"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0",)"
         R"("runs":[{"tool":{"driver":{"name":"Spillguard","version":")" SG_VERSION R"(","rules":)";
  JsonWriter json(out);
  json.begin_array();
  for (const detect::Rule& rule : rules.rules()) {
    json.begin_object();
    json.field("id", own::sarif_rule_id(rule.id));
    json.field("name", rule.name);
    own::sarif_text(json, "shortDescription", rule.title);
    json.key("defaultConfiguration");
    json.begin_object();
    json.field("level", own::sarif_level(static_cast<int>(rule.severity)));
    json.end_object();
    json.end_object();
  }
  json.end_array();
  out += R"(}},"results":[)";
}

// 3.27: the place is a page or an issue, by its address for people.
void append_sarif_result(std::string& out, const ExportedFinding& shown) {
  namespace own = export_sarif_detail;
  JsonWriter json(out);
  const store::Finding& finding = *shown.finding;
  json.begin_object();
  json.field("ruleId", own::sarif_rule_id(finding.rule_id));
  json.field("level", own::sarif_level(finding.severity));
  own::sarif_text(json, "message",
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
  json.word_field("name", location_name(finding.content_kind));
  json.field("fullyQualifiedName",
             fmt::format("{}/{}/{}", shown.scope->key, finding.item_key, finding.content_id));
  json.end_object();
  json.end_array();
  json.end_object();
  json.end_array();
  json.key("partialFingerprints");
  json.begin_object();
  json.word_field("spillguard/v1", finding.fingerprint.hex());
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

void append_sarif_tail(std::string& out, int64_t hidden) {
  out += fmt::format(R"(],"properties":{{"hiddenFindings":{}}}}}]}})", hidden);
  out += '\n';
}

}  // namespace spillguard::api
