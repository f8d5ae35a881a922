// Fields, projects and what the server says about itself.
#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "base/strings.h"
#include "sim/errors.h"
#include "sim/field_table.h"
#include "sim/jira_api.h"

namespace spillguard::sim {
namespace {

bool has_expand(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void open_project(JsonWriter& json, const JiraProject& project, std::string_view base) {
  json.begin_object();
  json.field("expand", "description,lead,url,projectKeys");
  json.field("self", fmt::format("{}/rest/api/2/project/{}", base, project.id));
  json.field("id", std::to_string(project.id));
  json.field("key", project.key);
  json.field("name", project.name);
  json.key("avatarUrls");
  json.raw(fmt::format(R"({{"48x48":"{}/secure/projectavatar?avatarId=10324"}})", base));
  json.field("projectTypeKey", "software");
  json.field("archived", project.archived);
}

void write_keys(JsonWriter& json, const JiraProject& project) {
  json.key("projectKeys");
  json.begin_array();
  json.value(project.key);
  for (const auto& former : project.former_keys) json.value(former);
  json.end_array();
}

http::Response no_project(std::string_view key) {
  return jira_error(404, fmt::format("No project could be found with key '{}'.", key));
}

}  // namespace

http::Response JiraApi::fields(const http::Request& /*request*/, const Caller& /*caller*/) const {
  return http::Response::json(200, fields_json());
}

http::Response JiraApi::projects(const http::Request& request, const Caller& caller) const {
  const bool with_archived =
      parse_bool(request.query_value("includeArchived").value_or("false")).value_or(false);
  const auto expand = query_words(request, "expand");
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (size_t i = 0; i < site_.projects().size(); ++i) {
    const auto& project = site_.projects()[i];
    if (!readable(caller, i) || (project.archived && !with_archived)) continue;
    open_project(json, project, site_.base_url());
    if (has_expand(expand, "description")) json.field("description", project.description);
    if (has_expand(expand, "url")) json.field("url", project.url);
    if (has_expand(expand, "lead")) {
      json.key("lead");
      json.raw(site_.people()[0]);
    }
    if (has_expand(expand, "projectKeys")) write_keys(json, project);
    json.end_object();
  }
  json.end_array();
  return http::Response::json(200, std::move(out));
}

http::Response JiraApi::project(const http::Request& request, const Caller& caller) const {
  const auto index = site_.find_project(request.param("project"));
  if (!index || !readable(caller, *index)) return no_project(request.param("project"));
  const auto& project = site_.projects()[*index];
  std::string out;
  JsonWriter json(out);
  open_project(json, project, site_.base_url());
  json.field("description", project.description);
  json.key("lead");
  json.raw(site_.people()[0]);
  json.key("components");
  json.raw(project.components_json);
  json.key("issueTypes");
  json.raw(R"([{"id":"1","name":"Bug","subtask":false},{"id":"2","name":"Task","subtask":false}])");
  json.field("url", project.url);
  json.field("assigneeType", "UNASSIGNED");
  json.key("versions");
  json.raw(project.versions_json);
  json.key("roles");
  json.raw(fmt::format(R"({{"Administrators":"{}/rest/api/2/project/{}/role/10002"}})",
                       site_.base_url(), project.id));
  if (has_expand(query_words(request, "expand"), "projectKeys")) write_keys(json, project);
  json.end_object();
  return http::Response::json(200, std::move(out));
}

http::Response JiraApi::project_versions(const http::Request& request, const Caller& caller) const {
  const auto index = site_.find_project(request.param("project"));
  if (!index || !readable(caller, *index)) return no_project(request.param("project"));
  return http::Response::json(200, site_.projects()[*index].versions_json);
}

http::Response JiraApi::project_components(const http::Request& request,
                                           const Caller& caller) const {
  const auto index = site_.find_project(request.param("project"));
  if (!index || !readable(caller, *index)) return no_project(request.param("project"));
  return http::Response::json(200, site_.projects()[*index].components_json);
}

http::Response JiraApi::values_response(const http::Request& request, ValueField field) const {
  const auto wanted = request.param("value");
  const auto id = parse_int(wanted);
  std::string list;
  for (const auto& value : site_.values_of(field)) {
    if (!wanted.empty() && id == value.id) return http::Response::json(200, value.json);
    list += (list.empty() ? "" : ",") + value.json;
  }
  if (!wanted.empty()) {
    return jira_error(404, fmt::format("There is no {} with the id '{}'.",
                                       kValueFieldIds[static_cast<size_t>(field)], wanted));
  }
  return http::Response::json(200, "[" + list + "]");
}

http::Response JiraApi::server_info(const http::Request& /*request*/,
                                    const Caller& /*caller*/) const {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("baseUrl", site_.base_url());
  const bool old = options_.version < 10;
  json.field("version", old ? "9.12.22" : "10.3.19");
  json.key("versionNumbers");
  json.raw(old ? "[9,12,22]" : "[10,3,19]");
  json.field("deploymentType", "Server");
  json.field("buildNumber", old ? 9'120'022 : 10'030'019);
  json.field("buildDate", "2026-04-03T00:00:00.000+0000");
  json.field("databaseBuildNumber", old ? 9'120'022 : 10'030'019);
  json.field("serverTime", format_jira_time(options_.clock()));
  json.field("scmInfo", "0000000000000000000000000000000000000000");
  json.field("serverTitle", "Simulated Jira");
  json.end_object();
  return http::Response::json(200, std::move(out));
}

http::Response JiraApi::status(const http::Request& /*request*/, const Caller& /*caller*/) const {
  return http::Response::json(200, R"({"state":"RUNNING"})");
}

}  // namespace spillguard::sim
