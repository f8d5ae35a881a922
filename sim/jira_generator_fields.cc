// The fields of generated issues that are objects and lists: status, labels, versions, custom
// fields.
#include <fmt/format.h>

#include <array>

#include "base/json_writer.h"
#include "sim/field_table.h"
#include "sim/jira_generator.h"
#include "sim/prose.h"

namespace spillguard::sim {
namespace {

constexpr std::array<std::string_view, 4> kIssueTypes = {"Bug", "Task", "Improvement", "Incident"};
constexpr std::array<std::string_view, 3> kStatuses = {"Open", "In Progress", "Closed"};
constexpr std::array<std::string_view, 3> kStatusCategories = {"new", "indeterminate", "done"};
constexpr std::array<std::string_view, 4> kPriorities = {"Blocker", "Critical", "Major", "Minor"};
constexpr std::array<std::string_view, 6> kLabels = {"customer", "regression", "security",
                                                     "cleanup",  "q3",         "on-call"};
constexpr std::array<std::string_view, 4> kAreas = {"Backend", "Frontend", "Database", "Network"};

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string named(std::string_view base, std::string_view path, uint64_t id, std::string_view name,
                  std::string_view more = {}) {
  return fmt::format(R"({{"self":"{}/rest/api/2/{}/{}","id":"{}","name":"{}"{}}})", base, path, id,
                     id, name, more);
}

}  // namespace

void JiraGenerator::add_fields(JiraIssue& issue, const JiraProject& project, Random& random) const {
  const auto add = [&](std::string_view id, std::string json) {
    issue.fields.push_back({.id = std::string(id), .json = std::move(json), .has_text = false});
  };
  const auto type = random.below(kIssueTypes.size());
  add("issuetype", named(base_url_, "issuetype", type + 1, kIssueTypes[type],
                         R"(,"description":"","subtask":false)"));
  add("project",
      fmt::format(
          R"({{"self":"{}/rest/api/2/project/{}","id":"{}","key":"{}","name":{},"projectTypeKey":"software"}})",
          base_url_, project.id, project.id, project.key, json_string(project.name)));
  const auto status = random.below(kStatuses.size());
  add("status",
      named(base_url_, "status", status + 1, kStatuses[status],
            fmt::format(R"(,"description":"","statusCategory":{{"id":{},"key":"{}","name":"{}"}})",
                        status + 2, kStatusCategories[status], kStatuses[status])));
  const auto priority = random.below(kPriorities.size());
  add("priority", named(base_url_, "priority", priority + 1, kPriorities[priority]));
  add("resolution",
      status == 2 ? named(base_url_, "resolution", 1, "Fixed", R"(,"description":"")") : "null");
  add("resolutiondate", status == 2 ? json_string(format_jira_time(issue.updated)) : "null");
  add("duedate", "null");
  add("assignee", random.chance(70) ? person(random) : "null");
  const auto& reporter = person(random);
  add("reporter", reporter);
  add("creator", reporter);
  std::string labels;
  for (const auto label : kLabels) {
    if (random.chance(12)) labels += fmt::format("{}\"{}\"", labels.empty() ? "" : ",", label);
  }
  add("labels", "[" + labels + "]");
  add("components", "[]");
  add("versions", "[]");
  add("fixVersions",
      random.chance(30) ? "[" + named(base_url_, "version", 10100, "2.4") + "]" : "[]");
  add("issuelinks", "[]");
  add("subtasks", "[]");
  add("votes",
      fmt::format(R"({{"self":"{}/rest/api/2/issue/{}/votes","votes":0,"hasVoted":false}})",
                  base_url_, issue.key));
  add("watches",
      fmt::format(
          R"({{"self":"{}/rest/api/2/issue/{}/watchers","watchCount":1,"isWatching":false}})",
          base_url_, issue.key));
}

void JiraGenerator::add_custom_fields(JiraIssue& issue, Random& random) const {
  const auto add = [&](std::string_view id, std::string json, bool has_text) {
    issue.fields.push_back({.id = std::string(id), .json = std::move(json), .has_text = has_text});
  };
  const auto option = [&](std::string_view value, uint64_t id, std::string_view more = {}) {
    return fmt::format(
        R"({{"self":"{}/rest/api/2/customFieldOption/{}","value":"{}","id":"{}","disabled":false{}}})",
        base_url_, id, value, id, more);
  };
  const auto text_or_null = [&](std::string_view id, unsigned percent, const std::string& text) {
    const bool filled = random.chance(percent);
    add(id, filled ? json_string(text) : "null", filled);
  };
  text_or_null(kNotesField, 20, make_sentence(random) + "\r\n* " + make_sentence(random));
  text_or_null(kContactField, 15, "team " + make_name(random));
  text_or_null(kRunbookField, 10, "h4. Steps\r\n# " + make_sentence(random));
  std::string areas;
  for (size_t i = 0; i < kAreas.size(); ++i) {
    if (random.chance(15)) areas += (areas.empty() ? "" : ",") + option(kAreas[i], 10'200 + i);
  }
  const bool has_areas = !areas.empty();
  add(kAreasField, has_areas ? "[" + areas + "]" : "null", has_areas);
  const bool tagged = random.chance(10);
  add(kTagsField, tagged ? R"(["night-shift","second-level"])" : "[]", tagged);
  add(kPointsField, random.chance(30) ? fmt::format("{}.0", random.between(1, 13)) : "null", false);
  const bool placed = random.chance(20);
  add(kRegionField,
      placed ? option("Europe", 10'300, ",\"child\":" + option("Frankfurt", 10'301)) : "null",
      placed);
  add(kIntegrationField, "null", false);
}

}  // namespace spillguard::sim
