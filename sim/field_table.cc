#include "sim/field_table.h"

#include <unordered_map>

#include "base/json_writer.h"
#include "base/strings.h"

namespace spillguard::sim {

const std::vector<FieldInfo>& all_fields() {
#define SIM_CUSTOM "com.atlassian.jira.plugin.system.customfieldtypes:"
  static const std::vector<FieldInfo> fields = {
      {"summary", "Summary", "string", "", "", true},
      {"issuetype", "Issue Type", "issuetype", "", "", true},
      {"status", "Status", "status", "", "", true},
      {"priority", "Priority", "priority", "", "", true},
      {"resolution", "Resolution", "resolution", "", "", true},
      {"project", "Project", "project", "", "", true},
      {"created", "Created", "datetime", "", "", true},
      {"updated", "Updated", "datetime", "", "", true},
      {"resolutiondate", "Resolved", "datetime", "", "", true},
      {"duedate", "Due Date", "date", "", "", true},
      {"assignee", "Assignee", "user", "", "", true},
      {"reporter", "Reporter", "user", "", "", true},
      {"creator", "Creator", "user", "", "", true},
      {"labels", "Labels", "array", "string", "", true},
      {"components", "Component/s", "array", "component", "", true},
      {"versions", "Affects Version/s", "array", "version", "", true},
      {"fixVersions", "Fix Version/s", "array", "version", "", true},
      {"issuelinks", "Linked Issues", "array", "issuelinks", "", true},
      {"subtasks", "Sub-Tasks", "array", "issuelinks", "", true},
      {"votes", "Votes", "votes", "", "", true},
      {"watches", "Watchers", "watches", "", "", true},
      {"parent", "Parent", "issuelink", "", "", true},
      {"closedSprints", "Closed sprints", "array", "json", "", true},
      {"sprint", "Sprint", "json", "", "", true},
      {"epic", "Epic", "json", "", "", true},
      {"flagged", "Flagged", "option", "", "", true},
      {"environment", "Environment", "string", "", "", true},
      {"description", "Description", "string", "", "", true},
      {kNotesField, "Deployment notes", "string", "", SIM_CUSTOM "textarea", true},
      {kContactField, "Contact", "string", "", SIM_CUSTOM "textfield", true},
      {kRunbookField, "Runbook", "string", "", SIM_CUSTOM "textarea", true},
      {kAreasField, "Areas", "array", "option", SIM_CUSTOM "multiselect", true},
      {kTagsField, "Tags", "array", "string", SIM_CUSTOM "labels", true},
      {kPointsField, "Story Points", "number", "", SIM_CUSTOM "float", true},
      {kRegionField, "Region", "option-with-child", "", SIM_CUSTOM "cascadingselect", true},
      {kIntegrationField, "Integration", "any", "", "org.example.integrations:settings", true},
      {"attachment", "Attachment", "array", "attachment", "", false},
      {"comment", "Comment", "comments-page", "", "", false},
      {"worklog", "Log Work", "array", "worklog", "", false},
  };
#undef SIM_CUSTOM
  return fields;
}

std::optional<size_t> field_index(std::string_view id) {
  static const auto* table = [] {
    auto* map = new std::unordered_map<std::string_view, size_t>;  // lives as long as the program
    for (size_t i = 0; i < all_fields().size(); ++i) map->emplace(all_fields()[i].id, i);
    return map;
  }();
  const auto found = table->find(id);
  if (found == table->end()) return std::nullopt;
  return found->second;
}

std::string fields_json() {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const auto& field : all_fields()) {
    json.begin_object();
    json.field("id", field.id);
    json.field("name", field.name);
    json.field("custom", !field.custom.empty());
    json.field("orderable", true);
    json.field("navigable", field.navigable);
    json.field("searchable", true);
    json.key("clauseNames");
    json.begin_array();
    if (!field.custom.empty()) {
      json.value("cf[" + std::string(field.id.substr(12)) + "]");
      json.value(field.name);
    } else {
      json.value(field.id);
    }
    json.end_array();
    json.key("schema");
    json.begin_object();
    json.field("type", field.type);
    if (!field.items.empty()) json.field("items", field.items);
    if (field.custom.empty()) {
      json.field("system", field.id);
    } else {
      json.field("custom", field.custom);
      json.field("customId", parse_int(field.id.substr(12)).value_or(0));
    }
    json.end_object();
    json.end_object();
  }
  json.end_array();
  return out;
}

}  // namespace spillguard::sim
