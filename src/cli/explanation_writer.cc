#include "cli/explanation_writer.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "cli/context.h"

namespace spillguard::cli {
namespace explanation {
namespace {

void add_line(std::string& out, std::string_view what, std::string_view text) {
  out += fmt::format("    {:<12}{}\n", what, for_terminal(text));
}

// What is shown, so that the digits are the same everywhere.
double rounded(double value) { return std::round(value * 1000) / 1000; }

}  // namespace
}  // namespace explanation

std::string explanation_lines(const detect::Explanation& from) {
  using explanation::add_line;
  std::string out;
  add_line(out, "rule",
           fmt::format("{} {}: {}; severity {}, version {}", from.id, from.rule, from.title,
                       from.severity, from.version));
  if (!from.decoded.empty()) {
    add_line(out, "decoded", from.decoded);
  }
  add_line(out, "found by",
           from.found_by + (from.anchor.empty() ? "" : ", woken by " + from.anchor));
  add_line(out, "secret",
           fmt::format("{} bytes, entropy {:.2f} bits a byte", from.length, from.entropy));
  for (const detect::Explanation::Filter& filter : from.filters) {
    add_line(out, filter.name, filter.value + " (" + filter.limit + ")");
  }
  if (from.found_by != "pattern") {
    add_line(out, "score", fmt::format("{:.3f}", from.score));
    for (const detect::Explanation::Feature& feature : from.features) {
      add_line(
          out, "",
          fmt::format("{:+.2f}  {} = {:.4g}", feature.contribution, feature.name, feature.value));
    }
  }
  std::string also;
  for (const std::string& name : from.also) {
    also += (also.empty() ? "" : ", ") + name;
  }
  if (!also.empty()) {
    add_line(out, "also", also);
  }
  return out;
}

void write_explanation(JsonWriter& json, const detect::Explanation& from) {
  json.begin_object();
  json.field("id", static_cast<int64_t>(from.id));
  json.field("rule", from.rule);
  json.field("title", from.title);
  json.field("severity", from.severity);
  json.field("version", from.version);
  json.field("found_by", from.found_by);
  if (!from.anchor.empty()) {
    json.field("anchor", from.anchor);
  }
  if (!from.decoded.empty()) {
    json.field("decoded", from.decoded);
  }
  json.field("length", from.length);
  json.field("entropy", explanation::rounded(from.entropy));
  json.key("filters");
  json.begin_array();
  for (const detect::Explanation::Filter& filter : from.filters) {
    json.begin_object();
    json.field("name", filter.name);
    json.field("value", filter.value);
    json.field("limit", filter.limit);
    json.end_object();
  }
  json.end_array();
  json.field("score", explanation::rounded(from.score));
  if (!from.features.empty()) {
    json.key("features");
    json.begin_array();
    for (const detect::Explanation::Feature& feature : from.features) {
      json.begin_object();
      json.field("name", feature.name);
      json.field("value", explanation::rounded(feature.value));
      json.field("contribution", explanation::rounded(feature.contribution));
      json.end_object();
    }
    json.end_array();
  }
  json.key("also");
  json.begin_array();
  for (const std::string& name : from.also) {
    json.value(name);
  }
  json.end_array();
  json.end_object();
}

}  // namespace spillguard::cli
