// Who the caller is and what he may do: myself, mypermissions, session.
#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>

#include "base/json_writer.h"
#include "base/strings.h"
#include "sim/errors.h"
#include "sim/jira_api.h"

namespace spillguard::sim {
namespace {

namespace bj = boost::json;

// What it takes to have a permission.
enum class Right { kProductAdmin, kEverybody, kAdminister, kEdit, kRead };

struct Permission {
  int id;
  std::string_view key;
  std::string_view name;
  Right right;
  bool deprecated = false;

  [[nodiscard]] bool global() const {
    return right == Right::kProductAdmin || right == Right::kEverybody;
  }
};

constexpr std::array<Permission, 49> kPermissions = {{
    {0, "ADMINISTER", "Jira Administrators", Right::kProductAdmin},
    {44, "SYSTEM_ADMIN", "Jira System Administrators", Right::kProductAdmin},
    {22, "CREATE_SHARED_OBJECTS", "Create Shared Objects", Right::kEverybody},
    {24, "MANAGE_GROUP_FILTER_SUBSCRIPTIONS", "Manage Group Filter Subscriptions",
     Right::kEverybody},
    {27, "USER_PICKER", "Browse Users", Right::kEverybody},
    {33, "BULK_CHANGE", "Bulk Change", Right::kEverybody},
    {1, "USE", "Jira Users", Right::kEverybody, true},
    {23, "ADMINISTER_PROJECTS", "Administer Projects", Right::kAdminister},
    {23, "PROJECT_ADMIN", "Administer Projects", Right::kAdminister, true},
    {10, "BROWSE_PROJECTS", "Browse Projects", Right::kRead},
    {10, "BROWSE", "Browse Projects", Right::kRead, true},
    {11, "CREATE_ISSUES", "Create Issues", Right::kEdit},
    {11, "CREATE_ISSUE", "Create Issues", Right::kEdit, true},
    {12, "EDIT_ISSUES", "Edit Issues", Right::kEdit},
    {12, "EDIT_ISSUE", "Edit Issues", Right::kEdit, true},
    {13, "ASSIGN_ISSUES", "Assign Issues", Right::kEdit},
    {13, "ASSIGN_ISSUE", "Assign Issues", Right::kEdit, true},
    {14, "RESOLVE_ISSUES", "Resolve Issues", Right::kEdit},
    {14, "RESOLVE_ISSUE", "Resolve Issues", Right::kEdit, true},
    {15, "ADD_COMMENTS", "Add Comments", Right::kEdit},
    {15, "COMMENT_ISSUE", "Add Comments", Right::kEdit, true},
    {16, "DELETE_ISSUES", "Delete Issues", Right::kAdminister},
    {16, "DELETE_ISSUE", "Delete Issues", Right::kAdminister, true},
    {17, "ASSIGNABLE_USER", "Assignable User", Right::kEdit},
    {18, "CLOSE_ISSUES", "Close Issues", Right::kEdit},
    {18, "CLOSE_ISSUE", "Close Issues", Right::kEdit, true},
    {19, "CREATE_ATTACHMENTS", "Create Attachments", Right::kEdit},
    {19, "CREATE_ATTACHMENT", "Create Attachments", Right::kEdit, true},
    {20, "WORK_ON_ISSUES", "Work On Issues", Right::kEdit},
    {20, "WORK_ISSUE", "Work On Issues", Right::kEdit, true},
    {21, "LINK_ISSUES", "Link Issues", Right::kEdit},
    {21, "LINK_ISSUE", "Link Issues", Right::kEdit, true},
    {25, "MOVE_ISSUES", "Move Issues", Right::kEdit},
    {25, "MOVE_ISSUE", "Move Issues", Right::kEdit, true},
    {26, "SET_ISSUE_SECURITY", "Set Issue Security", Right::kAdminister},
    {28, "SCHEDULE_ISSUES", "Schedule Issues", Right::kEdit},
    {28, "SCHEDULE_ISSUE", "Schedule Issues", Right::kEdit, true},
    {29, "VIEW_DEV_TOOLS", "View Development Tools", Right::kRead},
    {30, "MODIFY_REPORTER", "Modify Reporter", Right::kAdminister},
    {31, "VIEW_VOTERS_AND_WATCHERS", "View Voters and Watchers", Right::kRead},
    {32, "MANAGE_WATCHERS", "Manage Watchers", Right::kAdminister},
    {34, "EDIT_ALL_COMMENTS", "Edit All Comments", Right::kAdminister},
    {35, "EDIT_OWN_COMMENTS", "Edit Own Comments", Right::kEdit},
    {36, "DELETE_ALL_COMMENTS", "Delete All Comments", Right::kAdminister},
    {37, "DELETE_OWN_COMMENTS", "Delete Own Comments", Right::kEdit},
    {38, "DELETE_ALL_ATTACHMENTS", "Delete All Attachments", Right::kAdminister},
    {40, "EDIT_ALL_WORKLOGS", "Edit All Worklogs", Right::kAdminister},
    {41, "EDIT_OWN_WORKLOGS", "Edit Own Worklogs", Right::kEdit},
    {45, "TRANSITION_ISSUES", "Transition Issues", Right::kEdit},
}};

bool has_in_project(const Permission& permission, const User& user, size_t project) {
  switch (permission.right) {
    case Right::kProductAdmin:
      return user.product_admin;
    case Right::kEverybody:
      return true;
    case Right::kAdminister:
      return may_administer(&user, project);
    case Right::kEdit:
      return user.can_edit && may_read(&user, project, 0);
    case Right::kRead:
      return may_read(&user, project, 0);
  }
  return false;
}

void write_permission(JsonWriter& json, const Permission& permission) {
  json.field("id", std::to_string(permission.id));
  json.field("key", permission.key);
  json.field("name", permission.name);
  json.field("type", permission.global() ? "GLOBAL" : "PROJECT");
  json.field("description", permission.name);
}

std::string session_json(std::string_view base, const User& user, size_t failures) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("self",
             fmt::format("{}/rest/api/latest/user?username={}", base, percent_encode(user.name)));
  json.field("name", user.name);
  json.key("loginInfo");
  json.begin_object();
  json.field("failedLoginCount", static_cast<uint64_t>(failures));
  json.field("loginCount", 12);
  json.field("previousLoginTime", "2024-01-02T08:00:00.000+0000");
  json.end_object();
  json.end_object();
  return out;
}

}  // namespace

http::Response JiraApi::myself(const http::Request& request, const Caller& caller) const {
  if (caller.user == nullptr) return jira_unauthenticated();
  const auto index = static_cast<size_t>(caller.user - all_users().data());
  std::string out = site_.people()[index];
  out.pop_back();
  const auto expand = query_words(request, "expand");
  bool with_groups = false;
  for (const auto& word : expand) with_groups |= word == "groups";
  const std::string_view groups =
      caller.user->product_admin
          ? R"([{"name":"jira-administrators"},{"name":"jira-software-users"}])"
          : R"([{"name":"jira-software-users"}])";
  out += fmt::format(
      R"(,"deleted":false,"locale":"en_US","lastLoginTime":"2024-01-02T08:00:00+0000","groups":{{"size":{},"items":{}}},"applicationRoles":{{"size":1,"items":[]}},"expand":"groups,applicationRoles"}})",
      caller.user->product_admin ? 2 : 1, with_groups ? groups : "[]");
  return http::Response::json(200, std::move(out));
}

http::Response JiraApi::user(const http::Request& request, const Caller& caller) const {
  if (caller.user == nullptr) return jira_unauthenticated();
  const auto name = request.query_value("username");
  const auto key = request.query_value("key");
  for (size_t i = 0; i < all_users().size(); ++i) {
    const auto& known = all_users()[i];
    if (key ? *key == known.jira_key : name && *name == known.name)
      return http::Response::json(200, site_.people()[i]);
  }
  return jira_error(404, fmt::format("There is no user '{}'.", key.value_or(name.value_or(""))));
}

http::Response JiraApi::my_permissions(const http::Request& request, const Caller& caller) const {
  if (caller.user == nullptr) return jira_unauthenticated();
  std::optional<size_t> project;
  bool named = false;
  for (const std::string_view name : {"projectKey", "projectId"}) {
    const auto value = request.query_value(name);
    if (!value || value->empty()) continue;
    named = true;
    project = site_.find_project(*value);
  }
  for (const std::string_view name : {"issueKey", "issueId"}) {
    const auto value = request.query_value(name);
    if (!value || value->empty() || named) continue;
    named = true;
    if (const auto issue = site_.find_issue(*value);
        issue && readable_record(caller, site_.records()[*issue])) {
      project = site_.records()[*issue].project;
    }
  }
  if (named && (!project || !readable(caller, *project))) {
    return jira_error(404, "No project or issue could be found with that key or id.");
  }
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("permissions");
  json.begin_object();
  for (const auto& permission : kPermissions) {
    json.key(permission.key);
    json.begin_object();
    write_permission(json, permission);
    bool has = false;
    // Without a project: in any of them.
    for (size_t i = 0; i < site_.projects().size() && !has; ++i) {
      if (!project || *project == i) has = has_in_project(permission, *caller.user, i);
    }
    json.field("havePermission", has);
    if (permission.deprecated) json.field("deprecatedKey", true);
    json.end_object();
  }
  json.end_object();
  json.end_object();
  return http::Response::json(200, std::move(out));
}

http::Response JiraApi::permissions(const http::Request& /*request*/, const Caller& caller) const {
  if (caller.user == nullptr) return jira_unauthenticated();
  if (!caller.user->product_admin)
    return jira_error(403, "You do not have permission to list permissions.");
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("permissions");
  json.begin_object();
  for (const auto& permission : kPermissions) {
    if (permission.deprecated) continue;
    json.key(permission.key);
    json.begin_object();
    write_permission(json, permission);
    json.end_object();
  }
  json.end_object();
  json.end_object();
  return http::Response::json(200, std::move(out));
}

http::Response JiraApi::log_in(const http::Request& request, const Caller& /*caller*/) const {
  boost::system::error_code error;
  const auto parsed = bj::parse(request.body, error);
  const auto* body = parsed.if_object();
  const auto* name = body == nullptr ? nullptr : body->if_contains("username");
  const auto* password = body == nullptr ? nullptr : body->if_contains("password");
  if (error || name == nullptr || password == nullptr || !name->is_string() ||
      !password->is_string()) {
    return jira_error(400, "Expected an object with username and password.");
  }
  const std::string user_name(name->get_string());
  if (auth_.locked_out(user_name)) {
    auto response = jira_error(403, "Login denied: solve the CAPTCHA on the login page first.");
    response.headers.set(
        "X-Authentication-Denied-Reason",
        fmt::format("CAPTCHA_CHALLENGE; login-url={}/login.jsp", site_.base_url()));
    return response;
  }
  const auto session = auth_.log_in(user_name, std::string(password->get_string()));
  if (!session) return jira_error(401, "Login failed");
  const auto* user = find_user(user_name);
  const auto login = session_json(site_.base_url(), *user, auth_.failures(user_name));
  // The login answer has the login's part of the session resource, and the cookie in words.
  const auto info = login.substr(login.find("\"loginInfo\""));
  auto response = http::Response::json(
      200, fmt::format(R"({{"session":{{"name":"JSESSIONID","value":"{}"}},{})", *session, info));
  response.headers.add("Set-Cookie", auth_.cookie_header(*session));
  return response;
}

http::Response JiraApi::session(const http::Request& /*request*/, const Caller& caller) const {
  if (caller.user == nullptr) {
    return jira_error(
        401, "You are not authenticated. Authentication required to perform this operation.");
  }
  return http::Response::json(
      200, session_json(site_.base_url(), *caller.user, auth_.failures(caller.user->name)));
}

http::Response JiraApi::log_out(const http::Request& request, const Caller& caller) const {
  if (caller.user == nullptr) {
    return jira_error(
        401, "You are not authenticated. Authentication required to perform this operation.");
  }
  if (const auto session = request.cookie("JSESSIONID")) auth_.log_out(*session);
  return http::Response::empty(204);
}

}  // namespace spillguard::sim
