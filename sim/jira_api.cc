#include "sim/jira_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <shared_mutex>

#include "base/strings.h"
#include "sim/errors.h"
#include "sim/field_table.h"

namespace spillguard::sim {

JiraApi::JiraApi(const JiraSite& site, Auth& auth, JiraApiOptions options)
    : site_(site), auth_(auth), options_(std::move(options)) {
  add_v2("GET", "/search", &JiraApi::search);
  add_v2("POST", "/search", &JiraApi::search);
  add_v2("GET", "/issue/{issue}", &JiraApi::issue);
  add_v2("GET", "/issue/{issue}/comment", &JiraApi::comments);
  add_v2("GET", "/issue/{issue}/comment/{comment}", &JiraApi::comment);
  add_v2("GET", "/issue/{issue}/worklog", &JiraApi::worklogs);
  add_v2("GET", "/issue/{issue}/worklog/{worklog}", &JiraApi::worklog);
  add_v2("GET", "/issue/{issue}/remotelink", &JiraApi::remote_links);
  add_v2("GET", "/issue/{issue}/properties", &JiraApi::properties);
  add_v2("GET", "/issue/{issue}/properties/{property}", &JiraApi::property);
  add_v2("GET", "/attachment/meta", &JiraApi::attachment_meta);
  add_v2("GET", "/attachment/{attachment}", &JiraApi::attachment);
  add_v2("GET", "/index/summary", &JiraApi::index_summary);
  add_v2("GET", "/cluster/nodes", &JiraApi::cluster_nodes);
  add_v2("GET", "/searchLimits/maxResultWindow", &JiraApi::result_window);
  add_v2("GET", "/readonly-mode", &JiraApi::read_only_mode);
  add_v2("GET", "/customFields", &JiraApi::custom_fields);
  add_v2("GET", "/worklog/updated", &JiraApi::worklogs_updated);
  add_v2("GET", "/worklog/deleted", &JiraApi::worklogs_deleted);
  add_v2("POST", "/worklog/list", &JiraApi::worklog_list);
  for (const auto* version : {"/rest/pat/latest/tokens", "/rest/pat/1.0/tokens"})
    add("GET", version, &JiraApi::tokens);
  add("GET", "/rest/auditing/1.0/events", &JiraApi::audit_events);
  add_v2("GET", "/field", &JiraApi::fields);
  add_v2("GET", "/project", &JiraApi::projects);
  add_v2("GET", "/project/{project}", &JiraApi::project);
  add_v2("GET", "/project/{project}/versions", &JiraApi::project_versions);
  add_v2("GET", "/project/{project}/components", &JiraApi::project_components);
  for (const std::string one : {"", "/{value}"}) {
    add_v2("GET", "/issuetype" + one, &JiraApi::values<ValueField::kIssueType>);
    add_v2("GET", "/status" + one, &JiraApi::values<ValueField::kStatus>);
    add_v2("GET", "/priority" + one, &JiraApi::values<ValueField::kPriority>);
    add_v2("GET", "/resolution" + one, &JiraApi::values<ValueField::kResolution>);
  }
  add_v2("GET", "/user", &JiraApi::user);
  add_v2("GET", "/serverInfo", &JiraApi::server_info);
  add_v2("GET", "/myself", &JiraApi::myself);
  add_v2("GET", "/mypermissions", &JiraApi::my_permissions);
  add_v2("GET", "/permissions", &JiraApi::permissions);
  for (const auto* version : {"/rest/auth/1/session", "/rest/auth/latest/session"}) {
    add("POST", version, &JiraApi::log_in);
    add("GET", version, &JiraApi::session);
    add("DELETE", version, &JiraApi::log_out);
  }
  add("GET", "/secure/attachment/{attachment}", &JiraApi::attachment_bytes);
  add("GET", "/secure/attachment/{attachment}/{name}", &JiraApi::attachment_bytes);
  add("GET", "/status", &JiraApi::status);
  if (options_.webhooks != nullptr) add_webhook_routes();
  router_.set_error_handler([](const http::Request& request, int status) {
    if (status == 404)
      return jira_rest_error(404, fmt::format("null for uri: {}", request.raw_target));
    return jira_rest_error(status, fmt::format("HTTP {} {}", status, http::reason_phrase(status)));
  });
}

void JiraApi::add(std::string_view method, const std::string& path, Method handler) {
  const auto route = fmt::format("{} {}", method, path);
  router_.add(method, options_.context + path,
              [this, handler, route](const http::Request& request) {
                auth_.count(route);
                return auth_.serve(request, [&](const http::Request& same, const Caller& caller) {
                  return (this->*handler)(same, caller);
                });
              });
}

void JiraApi::add_v2(std::string_view method, const std::string& path, Method handler) {
  add(method, "/rest/api/2" + path, handler);
  add(method, "/rest/api/latest" + path, handler);
}

http::Response JiraApi::handle(const http::Request& request) const {
  const std::shared_lock lock(site_.mutex());
  return router_.handle(request);
}

std::optional<size_t> JiraApi::visible_issue(const http::Request& request,
                                             const Caller& caller) const {
  const auto issue = site_.find_issue(request.param("issue"));
  if (!issue || !readable_record(caller, site_.records()[*issue])) return std::nullopt;
  return issue;
}

bool JiraApi::readable(const Caller& caller, size_t project) const {
  const auto& key = site_.projects()[project].key;
  return may_read(caller.user, project, options_.anonymous_scopes) &&
         std::find(caller.lost.begin(), caller.lost.end(), key) == caller.lost.end();
}

bool JiraApi::readable_record(const Caller& caller, const JiraRecord& record) const {
  if (record.deleted || !readable(caller, record.project)) return false;
  return !record.restricted || (caller.user != nullptr && caller.user->name == "admin");
}

FieldChoice::FieldChoice(const std::vector<std::string>& words, std::string_view when_empty)
    : wanted_(all_fields().size(), false) {
  const auto choose = [&](std::string_view word) {
    const bool drop = word.starts_with('-');
    if (drop) word.remove_prefix(1);
    for (size_t i = 0; i < wanted_.size(); ++i) {
      const auto& field = all_fields()[i];
      if (word == "*all" || (word == "*navigable" && field.navigable) || field.id == word)
        wanted_[i] = !drop;
    }
  };
  bool only_drops = true;
  for (const auto& word : words) only_drops &= word.starts_with('-');
  if (only_drops) choose(when_empty);
  for (const auto& word : words) choose(word);
  for (const bool wanted : wanted_) all_ &= wanted;
}

void append_issue(std::string& out, const JiraSite& site, size_t issue, const IssueView& view) {
  const auto& record = site.records()[issue];
  const auto document = site.document(issue);
  out += fmt::format(
      R"({{"expand":"operations,versionedRepresentations,editmeta,changelog,renderedFields","id":"{}","self":"{}/rest/api/2/issue/{}","key":"{}","fields":{{)",
      record.id, site.base_url(), record.id, site.key_of(record));
  const bool hide = document->has_hidden_comments && !view.administrator;
  const auto& project = site.projects()[record.project];
  if (view.fields.all() && !hide && !project.changed) {
    out += document->view(document->all_fields);
  } else {
    static const auto comment_index = field_index("comment");
    static const auto project_index = field_index("project");
    bool first = true;
    for (const auto& field : document->fields) {
      if (!view.fields.wants(field.index)) continue;
      if (!first) out += ',';
      first = false;
      if (hide && field.index == comment_index) {
        size_t shown = 0;
        for (const auto& comment : document->comments) shown += comment.for_administrators ? 0 : 1;
        out += "\"comment\":" + comments_page(*document, false, 0, shown, shown);
      } else if (project.changed && field.index == project_index) {
        out += "\"project\":" + site.project_json(record.project);
      } else {
        out += document->view(field.range);
      }
    }
  }
  out += '}';
  if (view.changelog) {
    out += ",\"changelog\":";
    out += document->view(document->changelog);
  }
  out += '}';
}

std::vector<std::string> query_words(const http::Request& request, std::string_view name) {
  std::vector<std::string> words;
  for (const auto value : request.query_values(name)) {
    for (const auto word : split(value, ',')) {
      if (!trim(word).empty()) words.emplace_back(trim(word));
    }
  }
  return words;
}

}  // namespace spillguard::sim
