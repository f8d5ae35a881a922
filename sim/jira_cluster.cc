// What Jira says about its index, its nodes, its limits and its feeds.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/json_writer.h"
#include "base/strings.h"
#include "sim/errors.h"
#include "sim/field_table.h"
#include "sim/jira_api.h"

namespace spillguard::sim {
namespace {

constexpr size_t kFeedPage = 1000;
constexpr TimeMs kFeedLag = 60'000;  // the newest minute is left out

bool administers(const Caller& caller) {
  return caller.user != nullptr && caller.user->product_admin;
}

http::Response administrators_only() { return jira_error(403, "Only administrators may do this."); }

}  // namespace

http::Response JiraApi::attachment_meta(const http::Request& /*request*/,
                                        const Caller& /*caller*/) const {
  return http::Response::json(200, R"({"enabled":true,"uploadLimit":104857600})");
}

http::Response JiraApi::index_summary(const http::Request& /*request*/,
                                      const Caller& caller) const {
  if (!administers(caller)) return administrators_only();
  uint64_t there = 0;
  TimeMs newest = 0;
  for (const auto& record : site_.records()) {
    if (record.deleted) continue;
    ++there;
    newest = std::max(newest, record.updated);
  }
  uint64_t indexed = there;
  if (caller.lag_ms > 0) {
    for (const auto& [index, before] : site_.index_at(options_.clock() - caller.lag_ms)) {
      const bool now = !site_.records()[index].deleted;
      if (now && !before) --indexed;
      if (!now && before) ++indexed;
    }
  }
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("nodeId", fmt::format("node{}", caller.node + 1));
  json.field("reportTime", format_jira_time(options_.clock()));
  json.key("issueIndex");
  json.begin_object();
  json.field("indexReadable", true);
  json.field("countInDatabase", there);
  json.field("countInIndex", indexed);
  json.field("countInArchive", 0);
  json.field("lastUpdatedInDatabase", format_jira_time(newest));
  json.field("lastUpdatedInIndex", format_jira_time(newest));
  json.end_object();
  json.key("replicationQueues");
  json.raw("{}");
  json.end_object();
  return http::Response::json(200, std::move(out));
}

http::Response JiraApi::cluster_nodes(const http::Request& /*request*/,
                                      const Caller& caller) const {
  if (!administers(caller)) return administrators_only();
  return http::Response::json(
      200,
      fmt::format(
          R"([{{"nodeId":"node{}","alive":true,"cacheListenerPort":40001,"ip":"10.0.0.1","state":"ACTIVE","timestamp":{}}}])",
          caller.node + 1, options_.clock()));
}

http::Response JiraApi::result_window(const http::Request& /*request*/,
                                      const Caller& caller) const {
  if (caller.user == nullptr) return jira_unauthenticated();
  return http::Response::json(200, R"({"maxResultWindow":10000})");
}

http::Response JiraApi::read_only_mode(const http::Request& /*request*/,
                                       const Caller& /*caller*/) const {
  return http::Response::json(200, R"({"enabled":false})");
}

http::Response JiraApi::custom_fields(const http::Request& request, const Caller& caller) const {
  if (caller.user == nullptr) return jira_unauthenticated();
  const auto number = [&](std::string_view name, int64_t missing) {
    return std::max<int64_t>(0,
                             parse_int(request.query_value(name).value_or("")).value_or(missing));
  };
  const auto start = number("startAt", 1);
  const auto limit = std::min<int64_t>(50, number("maxResults", 50));
  std::string values;
  int64_t total = 0;
  for (const auto& field : all_fields()) {
    if (field.custom.empty()) continue;
    ++total;
    // The first page of this resource has the number 1.
    if (total <= (std::max<int64_t>(1, start) - 1) * limit ||
        total > std::max<int64_t>(1, start) * limit)
      continue;
    values += values.empty() ? "" : ",";
    JsonWriter json(values);
    json.begin_object();
    json.field("id", field.id);
    json.field("name", field.name);
    json.field("type", field.type);
    json.field("self", fmt::format("{}/rest/api/2/customFields/{}", site_.base_url(), field.id));
    json.end_object();
  }
  return http::Response::json(
      200, fmt::format(R"({{"maxResults":{},"startAt":{},"total":{},"isLast":{},"values":[{}]}})",
                       limit, start, total, start * limit >= total, values));
}

http::Response JiraApi::worklogs_updated(const http::Request& request, const Caller& caller) const {
  if (caller.user == nullptr) return jira_unauthenticated();
  const auto since = parse_int(request.query_value("since").value_or("0")).value_or(0);
  const auto until = options_.clock() - kFeedLag;
  std::vector<std::pair<TimeMs, int64_t>> found;
  for (size_t i = 0; i < site_.records().size(); ++i) {
    const auto& record = site_.records()[i];
    // What is older than the time asked for can not have newer worklogs.
    if (record.updated < since || !readable_record(caller, record)) continue;
    for (const auto& worklog : site_.issue(i).worklogs) {
      if (worklog.created >= since && worklog.created < until)
        found.emplace_back(worklog.created, worklog.id);
    }
  }
  std::sort(found.begin(), found.end());
  const bool last = found.size() <= kFeedPage;
  if (!last) found.resize(kFeedPage);
  const auto end = found.empty() ? since : found.back().first;
  std::string values;
  for (const auto& [when, id] : found) {
    values += fmt::format(R"({}{{"worklogId":{},"updatedTime":{},"properties":[]}})",
                          values.empty() ? "" : ",", id, when);
  }
  const auto self = fmt::format("{}/rest/api/2/worklog/updated?since=", site_.base_url());
  return http::Response::json(
      200,
      fmt::format(
          R"({{"values":[{}],"since":{},"until":{},"self":"{}{}","nextPage":"{}{}","lastPage":{}}})",
          values, since, end, self, since, self, end, last));
}

http::Response JiraApi::worklogs_deleted(const http::Request& request, const Caller& caller) const {
  if (caller.user == nullptr) return jira_unauthenticated();
  const auto since = parse_int(request.query_value("since").value_or("0")).value_or(0);
  return http::Response::json(
      200, fmt::format(R"({{"values":[],"since":{0},"until":{0},"self":"{1}","lastPage":true}})",
                       since, site_.base_url() + "/rest/api/2/worklog/deleted"));
}

http::Response JiraApi::worklog_list(const http::Request& request, const Caller& caller) const {
  if (caller.user == nullptr) return jira_unauthenticated();
  boost::system::error_code error;
  const auto body = boost::json::parse(request.body, error);
  const auto* object = body.if_object();
  const auto* ids = object == nullptr ? nullptr : object->if_contains("ids");
  if (error || ids == nullptr || !ids->is_array() || ids->get_array().size() > kFeedPage)
    return jira_error(400, "Expected an object with at most 1000 ids.");
  std::vector<int64_t> wanted;
  for (const auto& id : ids->get_array()) {
    if (id.is_int64()) wanted.push_back(id.get_int64());
  }
  std::string list;
  for (size_t i = 0; i < site_.records().size() && !wanted.empty(); ++i) {
    if (!readable_record(caller, site_.records()[i])) continue;
    const auto document = site_.document(i);
    for (const auto& entry : document->worklogs) {
      if (std::find(wanted.begin(), wanted.end(), entry.id) == wanted.end()) continue;
      list += list.empty() ? "" : ",";
      list += document->view(entry.range);
    }
  }
  return http::Response::json(200, "[" + list + "]");
}

http::Response JiraApi::tokens(const http::Request& /*request*/, const Caller& caller) const {
  if (caller.user == nullptr) return jira_unauthenticated();
  return http::Response::json(
      200,
      R"([{"id":1,"name":"scanner","createdAt":"2024-01-02T08:00:00.000+0000","lastAccessedAt":"2024-01-03T08:00:00.000+0000","expiringAt":"2030-01-02T08:00:00.000+0000"}])");
}

http::Response JiraApi::audit_events(const http::Request& /*request*/, const Caller& caller) const {
  if (!administers(caller)) return administrators_only();
  return http::Response::json(
      200,
      R"({"pagingInfo":{"lastPage":true,"nextPageCursor":null,"nextPageOffset":null,"pageSize":200},"entities":[]})");
}

}  // namespace spillguard::sim
