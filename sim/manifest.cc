#include "sim/manifest.h"

#include <boost/json.hpp>
#include <utility>

#include "base/json_writer.h"

namespace spillguard::sim {
namespace {

void append_line(std::string& out, const ManifestLine& line) {
  JsonWriter json(out);
  json.begin_object();
  json.field("product", line.product);
  json.field("scope", line.scope);
  json.field("item", line.item);
  json.field("itemId", line.item_id);
  json.field("part", line.part);
  json.field("content", line.content);
  json.field("version", line.version);
  if (!line.versions.empty()) {
    json.key("versions");
    json.begin_array();
    for (const auto version : line.versions) json.value(version);
    json.end_array();
  }
  json.field("current", line.current);
  json.field("rule", line.rule);
  json.field("secret", line.secret);
  if (!line.place.empty()) json.field("place", line.place);
  json.end_object();
  out += '\n';
}

void write_scope(JsonWriter& json, std::string_view product, std::string_view scope,
                 const PartCounts& counts) {
  for (const auto& [kind, number] : counts) {
    json.begin_object();
    json.field("product", product);
    json.field("scope", scope);
    json.field("kind", kind);
    json.field("parts", number);
    json.end_object();
  }
}

void write_items(JsonWriter& json, std::string_view product, std::string_view scope,
                 uint64_t items) {
  json.begin_object();
  json.field("product", product);
  json.field("scope", scope);
  json.field("items", items);
  json.end_object();
}

// A project has texts of its own.
void add_project_parts(const JiraProject& project, PartCounts& counts) {
  if (!project.description.empty()) ++counts["scope_description"];
  for (const auto& [text, kind] : {std::pair(&project.versions_json, "version"),
                                   std::pair(&project.components_json, "component")}) {
    boost::system::error_code error;
    const auto list = boost::json::parse(*text, error);
    if (!error && list.is_array() && !list.get_array().empty())
      counts[kind] += list.get_array().size();
  }
}

}  // namespace

std::string manifest_text(const JiraSite& jira, const WikiSite& wiki) {
  std::string out;
  jira.for_each_plant([&](const ManifestLine& line) { append_line(out, line); });
  for (const auto& line : wiki.plants()) append_line(out, line);
  return out;
}

std::string counts_text(const JiraSite& jira, const WikiSite& wiki) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("parts");
  json.begin_array();
  for (size_t i = 0; i < jira.projects().size(); ++i) {
    write_scope(json, "jira", jira.projects()[i].key, jira.counts()[i]);
  }
  const auto wiki_counts = wiki.counts();
  for (size_t i = 0; i < wiki.spaces().size(); ++i) {
    write_scope(json, "confluence", wiki.spaces()[i].key, wiki_counts[i]);
  }
  json.end_array();
  json.key("more_parts");
  json.begin_array();
  for (size_t i = 0; i < jira.projects().size(); ++i) {
    auto counts = jira.census().more[i];
    add_project_parts(jira.projects()[i], counts);
    write_scope(json, "jira", jira.projects()[i].key, counts);
  }
  const auto more = wiki.more_counts();
  for (size_t i = 0; i < wiki.spaces().size(); ++i)
    write_scope(json, "confluence", wiki.spaces()[i].key, more[i]);
  json.end_array();
  json.key("items");
  json.begin_array();
  for (size_t i = 0; i < jira.projects().size(); ++i) {
    write_items(json, "jira", jira.projects()[i].key, jira.items()[i]);
  }
  const auto pages = wiki.items();
  for (size_t i = 0; i < pages.size(); ++i)
    write_items(json, "confluence", wiki.spaces()[i].key, pages[i]);
  json.end_array();
  uint64_t plants = wiki.plants().size();
  jira.for_each_plant([&](const ManifestLine& /*line*/) { ++plants; });
  json.field("plants", plants);
  json.end_object();
  out += '\n';
  return out;
}

std::string status_counts_text(const WikiSite& wiki, WikiStatus status) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  const auto write = [&](std::string_view name, const std::vector<PartCounts>& counts) {
    json.key(name);
    json.begin_array();
    for (size_t i = 0; i < counts.size(); ++i)
      write_scope(json, "confluence", wiki.spaces()[i].key, counts[i]);
    json.end_array();
  };
  write("parts", wiki.counts(status));
  write("more_parts", wiki.more_counts(status));
  json.key("items");
  json.begin_array();
  const auto items = wiki.items(status);
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i] > 0) write_items(json, "confluence", wiki.spaces()[i].key, items[i]);
  }
  json.end_array();
  json.end_object();
  return out;
}

}  // namespace spillguard::sim
