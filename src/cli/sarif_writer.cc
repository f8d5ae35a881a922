#include "cli/sarif_writer.h"

#include <filesystem>
#include <string_view>

#include "base/json_writer.h"
#include "base/strings.h"
#include "cli/explanation_writer.h"

namespace spillguard::cli {
namespace sarif {
namespace {

// SARIF 2.1.0, 3.27.10: error, warning, note.
std::string_view level(detect::Severity severity) {
  switch (severity) {
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

// "The opaque, stable identifier" of 3.49.3; the name is for people, and must be another.
std::string rule_id(const detect::Rule& rule) { return "SG" + std::to_string(rule.id); }

void write_rule(JsonWriter& json, const detect::Rule& rule) {
  json.begin_object();
  json.field("id", rule_id(rule));
  json.field("name", rule.name);
  json.key("shortDescription");
  json.begin_object();
  json.field("text", rule.title);
  json.end_object();
  // Some sources say more behind the address.
  const std::string_view source = rule.source;
  if (const auto uri = source.substr(0, source.find(' ')); !uri.empty()) {
    json.field("helpUri", uri);
  }
  json.key("defaultConfiguration");
  json.begin_object();
  json.field("level", level(rule.severity));
  json.end_object();
  json.key("properties");
  json.begin_object();
  json.field("severity", detect::severity_name(rule.severity));
  json.field("category", rule.category);
  json.end_object();
  json.end_object();
}

void write_location(JsonWriter& json, const InputFile& file, const FileFinding& finding) {
  const std::string uri = file.path == "-" ? "stdin" : sarif_uri(file.path);
  json.begin_object();
  json.key("physicalLocation");
  json.begin_object();
  json.key("artifactLocation");
  json.begin_object();
  json.field("uri", uri);
  if (!uri.starts_with("file:")) {
    json.field("uriBaseId", "%SRCROOT%");
  }
  json.end_object();
  json.key("region");
  json.begin_object();
  json.field("startLine", finding.line);
  json.field("startColumn", finding.column);
  json.field("endLine", finding.end_line);
  json.field("endColumn", finding.end_column);
  json.end_object();
  json.end_object();
  if (!finding.location.empty()) {
    json.key("logicalLocations");
    json.begin_array();
    json.begin_object();
    json.field("fullyQualifiedName", finding.location);
    json.end_object();
    json.end_array();
  }
  json.end_object();
}

// Property bags are free in form (3.8).
void write_properties(JsonWriter& json, const FileFinding& finding) {
  if (finding.decoded.empty() && finding.explanation == nullptr) {
    return;
  }
  json.key("properties");
  json.begin_object();
  if (!finding.decoded.empty()) {
    json.field("decoded", finding.decoded);
  }
  if (finding.explanation != nullptr) {
    json.key("explanation");
    write_explanation(json, *finding.explanation);
  }
  json.end_object();
}

class SarifWriter : public FindingsWriter {
 public:
  SarifWriter(std::ostream& out, std::span<const detect::Rule> rules) : out_(out), rules_(rules) {
    out_ << R"({"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0",)"
         << R"("runs":[{"tool":{"driver":{"name":"Spillguard","version":)";
    std::string text;
    append_json_string(text, SG_VERSION);
    text += R"(,"rules":)";
    JsonWriter json(text);
    json.begin_array();
    for (const detect::Rule& rule : rules_) {
      write_rule(json, rule);
    }
    json.end_array();
    // Columns count characters, not the format's default of UTF-16 units.
    out_ << text << R"(}},"columnKind":"unicodeCodePoints","results":[)";
  }

  void write(const InputFile& file, const FileFinding& finding) override {
    const detect::Rule& rule = rules_[finding.rule];
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.field("ruleId", rule_id(rule));
    json.field("ruleIndex", static_cast<uint64_t>(finding.rule));
    json.field("level", level(rule.severity));
    json.key("message");
    json.begin_object();
    json.field("text", rule.name + ": " + rule.title);
    json.end_object();
    json.key("locations");
    json.begin_array();
    write_location(json, file, finding);
    json.end_array();
    json.key("partialFingerprints");
    json.begin_object();
    json.field("spillguard/v1", finding.fingerprint.hex());
    json.end_object();
    write_properties(json, finding);
    json.end_object();
    out_ << (first_ ? "\n" : ",\n") << text;
    first_ = false;
  }

  void finish(bool complete) override {
    out_ << (first_ ? "]" : "\n]") << R"(,"invocations":[{"executionSuccessful":)"
         << (complete ? "true" : "false") << "}]}]}\n";
  }

 private:
  std::ostream& out_;
  std::span<const detect::Rule> rules_;
  bool first_ = true;
};

}  // namespace
}  // namespace sarif

std::string sarif_uri(const std::string& path) {
  const std::filesystem::path given(path);
  const std::string normal = given.lexically_normal().generic_string();
  std::string uri = given.is_absolute() ? "file://" : "";
  bool first = true;
  for (const std::string_view name : split(normal, '/')) {
    uri += (first ? "" : "/") + percent_encode(name);
    first = false;
  }
  return uri;
}

std::unique_ptr<FindingsWriter> make_sarif_writer(std::ostream& out,
                                                  std::span<const detect::Rule> rules) {
  return std::make_unique<sarif::SarifWriter>(out, rules);
}

}  // namespace spillguard::cli
