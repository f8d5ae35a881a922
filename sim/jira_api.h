// The REST resources of the simulated Jira. Thread-safe: each request holds the site's lock.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "http/message.h"
#include "http/router.h"
#include "sim/auth.h"
#include "sim/jira_site.h"
#include "sim/webhooks.h"

namespace spillguard::sim {

struct JiraApiOptions {
  std::string context = "/jira";
  size_t page_cap = 1000;  // jira.search.views.default.max
  size_t anonymous_scopes = 0;
  Clock clock = now_ms;
  int version = 10;
  Webhooks* webhooks = nullptr;  // outlives the API; null: no such resources
};

class JiraApi {
 public:
  // The site and the auth outlive this.
  JiraApi(const JiraSite& site, Auth& auth, JiraApiOptions options);

  [[nodiscard]] http::Response handle(const http::Request& request) const;

 private:
  using Method = http::Response (JiraApi::*)(const http::Request&, const Caller&) const;
  void add(std::string_view method, const std::string& path, Method handler);
  void add_v2(std::string_view method, const std::string& path, Method handler);

  // jira_search.cc
  http::Response search(const http::Request& request, const Caller& caller) const;
  // The query's result, or the one that was kept since it was last asked for.
  struct Found {
    std::vector<uint32_t> issues;
    std::vector<std::string> warnings;
  };
  [[nodiscard]] Result<std::shared_ptr<const Found>> find_issues(const std::string& jql,
                                                                 bool validate,
                                                                 const Caller& caller) const;
  // jira_issue.cc
  http::Response issue(const http::Request& request, const Caller& caller) const;
  http::Response comments(const http::Request& request, const Caller& caller) const;
  http::Response comment(const http::Request& request, const Caller& caller) const;
  http::Response worklogs(const http::Request& request, const Caller& caller) const;
  http::Response worklog(const http::Request& request, const Caller& caller) const;
  http::Response remote_links(const http::Request& request, const Caller& caller) const;
  http::Response properties(const http::Request& request, const Caller& caller) const;
  http::Response property(const http::Request& request, const Caller& caller) const;
  http::Response attachment(const http::Request& request, const Caller& caller) const;
  http::Response attachment_bytes(const http::Request& request, const Caller& caller) const;
  // jira_misc.cc
  http::Response fields(const http::Request& request, const Caller& caller) const;
  http::Response projects(const http::Request& request, const Caller& caller) const;
  http::Response project(const http::Request& request, const Caller& caller) const;
  http::Response project_versions(const http::Request& request, const Caller& caller) const;
  http::Response project_components(const http::Request& request, const Caller& caller) const;
  // The values of a field: all of them, or the one whose id the route names.
  template <ValueField kField>
  http::Response values(const http::Request& request, const Caller& /*caller*/) const {
    return values_response(request, kField);
  }
  [[nodiscard]] http::Response values_response(const http::Request& request,
                                               ValueField field) const;
  // jira_cluster.cc
  http::Response attachment_meta(const http::Request& request, const Caller& caller) const;
  http::Response index_summary(const http::Request& request, const Caller& caller) const;
  http::Response cluster_nodes(const http::Request& request, const Caller& caller) const;
  http::Response result_window(const http::Request& request, const Caller& caller) const;
  http::Response read_only_mode(const http::Request& request, const Caller& caller) const;
  http::Response custom_fields(const http::Request& request, const Caller& caller) const;
  http::Response worklogs_updated(const http::Request& request, const Caller& caller) const;
  http::Response worklogs_deleted(const http::Request& request, const Caller& caller) const;
  http::Response worklog_list(const http::Request& request, const Caller& caller) const;
  http::Response tokens(const http::Request& request, const Caller& caller) const;
  http::Response audit_events(const http::Request& request, const Caller& caller) const;
  http::Response server_info(const http::Request& request, const Caller& caller) const;
  http::Response status(const http::Request& request, const Caller& caller) const;
  // jira_webhooks.cc
  void add_webhook_routes();
  [[nodiscard]] std::optional<http::Response> refuse_webhooks(const Caller& caller) const;
  [[nodiscard]] std::optional<Webhook> webhook_of(const http::Request& request) const;
  http::Response webhooks(const http::Request& request, const Caller& caller) const;
  http::Response webhook(const http::Request& request, const Caller& caller) const;
  http::Response webhook_create(const http::Request& request, const Caller& caller) const;
  http::Response webhook_update(const http::Request& request, const Caller& caller) const;
  http::Response webhook_delete(const http::Request& request, const Caller& caller) const;
  http::Response webhook_latest(const http::Request& request, const Caller& caller) const;
  // jira_callers.cc
  http::Response myself(const http::Request& request, const Caller& caller) const;
  http::Response user(const http::Request& request, const Caller& caller) const;
  http::Response my_permissions(const http::Request& request, const Caller& caller) const;
  http::Response permissions(const http::Request& request, const Caller& caller) const;
  http::Response log_in(const http::Request& request, const Caller& caller) const;
  http::Response session(const http::Request& request, const Caller& caller) const;
  http::Response log_out(const http::Request& request, const Caller& caller) const;

  [[nodiscard]] bool readable(const Caller& caller, size_t project) const;
  [[nodiscard]] bool readable_record(const Caller& caller, const JiraRecord& record) const;
  // The issue of the route, when the caller may see it.
  [[nodiscard]] std::optional<size_t> visible_issue(const http::Request& request,
                                                    const Caller& caller) const;
  // The attachment of the route, in the document of its issue.
  struct Attached {
    std::shared_ptr<const JiraDocument> document;
    const JiraDocument::Attachment* attachment = nullptr;
  };
  [[nodiscard]] std::optional<Attached> visible_attachment(const http::Request& request,
                                                           const Caller& caller) const;

  const JiraSite& site_;
  Auth& auth_;
  JiraApiOptions options_;
  http::Router router_;

  // Pages of one listing of many issues: sorted once, not for each page.
  struct Kept {
    std::string key;
    std::shared_ptr<const Found> found;
  };
  mutable std::mutex kept_mutex_;
  mutable std::deque<Kept> kept_;
};

// Which fields a caller asked for.
class FieldChoice {
 public:
  // "*all", "*navigable", names and "-name"s; an empty list means `when_empty`.
  FieldChoice(const std::vector<std::string>& words, std::string_view when_empty);
  [[nodiscard]] bool all() const { return all_; }
  [[nodiscard]] bool wants(size_t field) const { return wanted_[field]; }

 private:
  bool all_ = true;
  std::vector<bool> wanted_;
};

struct IssueView {
  const FieldChoice& fields;
  bool changelog = false;
  bool administrator = false;  // sees comments for administrators
};

// Appends the issue's object.
void append_issue(std::string& out, const JiraSite& site, size_t issue, const IssueView& view);
// Comma separated words of all values of a query parameter.
std::vector<std::string> query_words(const http::Request& request, std::string_view name);
// "names":{…} and "schema":{…} of the fields, as expand asks for.
void append_names_and_schema(std::string& out, const std::vector<std::string>& expand);

}  // namespace spillguard::sim
