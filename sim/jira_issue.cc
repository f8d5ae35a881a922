// /issue/{idOrKey} and what hangs on it.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "sim/bytes.h"
#include "sim/errors.h"
#include "sim/jira_api.h"

namespace spillguard::sim {
namespace {

// What the host echoes for a list without an explicit end.
constexpr size_t kEverything = 1'048'576;
constexpr uint64_t kMostBytes = 64ULL << 20;

size_t size_value(const http::Request& request, std::string_view name, size_t missing) {
  const auto value = parse_int(request.query_value(name).value_or(""));
  return value && *value >= 0 ? static_cast<size_t>(*value) : missing;
}

const JiraDocument::Entry* entry_of(const std::vector<JiraDocument::Entry>& entries,
                                    std::string_view id) {
  const auto number = parse_int(id);
  for (const auto& entry : entries) {
    if (number == entry.id) return &entry;
  }
  return nullptr;
}

}  // namespace

http::Response JiraApi::issue(const http::Request& request, const Caller& caller) const {
  const auto issue = visible_issue(request, caller);
  if (!issue) return jira_not_found();
  const FieldChoice fields(query_words(request, "fields"), "*all");
  const auto expand = query_words(request, "expand");
  std::string out;
  append_issue(out, site_, *issue,
               {.fields = fields,
                .changelog = std::find(expand.begin(), expand.end(), "changelog") != expand.end(),
                .administrator = may_administer(caller.user, site_.records()[*issue].project)});
  out.pop_back();
  append_names_and_schema(out, expand);
  out += '}';
  return http::Response::json(200, std::move(out));
}

http::Response JiraApi::comments(const http::Request& request, const Caller& caller) const {
  const auto issue = visible_issue(request, caller);
  if (!issue) return jira_not_found();
  const auto limit = size_value(request, "maxResults", kEverything);
  return http::Response::json(
      200, comments_page(*site_.document(*issue),
                         may_administer(caller.user, site_.records()[*issue].project),
                         size_value(request, "startAt", 0), limit, limit));
}

http::Response JiraApi::worklogs(const http::Request& request, const Caller& caller) const {
  const auto issue = visible_issue(request, caller);
  if (!issue) return jira_not_found();
  const auto document = site_.document(*issue);
  const auto total = document->worklogs.size();
  const auto start = size_value(request, "startAt", 0);
  const auto limit = size_value(request, "maxResults", total);
  std::string list;
  for (size_t i = start; i < total && i - start < limit; ++i) {
    if (!list.empty()) list += ',';
    list += document->view(document->worklogs[i].range);
  }
  return http::Response::json(
      200, fmt::format(R"({{"startAt":{},"maxResults":{},"total":{},"worklogs":[{}]}})", start,
                       limit, total, list));
}

http::Response JiraApi::comment(const http::Request& request, const Caller& caller) const {
  const auto issue = visible_issue(request, caller);
  if (!issue) return jira_not_found();
  const bool administrator = may_administer(caller.user, site_.records()[*issue].project);
  const auto document = site_.document(*issue);
  const auto* found = entry_of(document->comments, request.param("comment"));
  // Whoever may not see it is told the same as when there is none.
  if (found == nullptr || (found->for_administrators && !administrator)) {
    return jira_error(404, fmt::format("There is no comment with the id {} on this issue.",
                                       request.param("comment")));
  }
  return http::Response::json(200, std::string(document->view(found->range)));
}

http::Response JiraApi::worklog(const http::Request& request, const Caller& caller) const {
  const auto issue = visible_issue(request, caller);
  if (!issue) return jira_not_found();
  const auto document = site_.document(*issue);
  const auto* found = entry_of(document->worklogs, request.param("worklog"));
  if (found == nullptr) {
    return jira_error(404, fmt::format("There is no worklog with the id {} on this issue.",
                                       request.param("worklog")));
  }
  return http::Response::json(200, std::string(document->view(found->range)));
}

http::Response JiraApi::remote_links(const http::Request& request, const Caller& caller) const {
  const auto issue = visible_issue(request, caller);
  if (!issue) return jira_not_found();
  const auto document = site_.document(*issue);
  return http::Response::json(200, std::string(document->view(document->remote_links)));
}

http::Response JiraApi::properties(const http::Request& request, const Caller& caller) const {
  const auto issue = visible_issue(request, caller);
  if (!issue) return jira_not_found();
  const auto document = site_.document(*issue);
  std::string keys;
  for (const auto& property : document->properties) {
    keys += fmt::format(R"({}{{"self":"{}/rest/api/2/issue/{}/properties/{}","key":"{}"}})",
                        keys.empty() ? "" : ",", site_.base_url(),
                        site_.key_of(site_.records()[*issue]), percent_encode(property.key),
                        property.key);
  }
  return http::Response::json(200, fmt::format(R"({{"keys":[{}]}})", keys));
}

http::Response JiraApi::property(const http::Request& request, const Caller& caller) const {
  const auto issue = visible_issue(request, caller);
  if (!issue) return jira_not_found();
  const auto document = site_.document(*issue);
  for (const auto& property : document->properties) {
    if (property.key != request.param("property")) continue;
    return http::Response::json(
        200, fmt::format(R"({{"key":"{}","value":{}}})", property.key, property.json));
  }
  return jira_error(
      404, fmt::format("The property with key '{}' does not exist.", request.param("property")));
}

std::optional<JiraApi::Attached> JiraApi::visible_attachment(const http::Request& request,
                                                             const Caller& caller) const {
  const auto id = parse_int(request.param("attachment"));
  const auto issue = id ? site_.find_attachment(*id) : std::nullopt;
  if (!issue || !readable_record(caller, site_.records()[*issue])) return std::nullopt;
  Attached found{.document = site_.document(*issue)};
  for (const auto& attachment : found.document->attachments) {
    if (attachment.id == *id) found.attachment = &attachment;
  }
  return found.attachment == nullptr ? std::nullopt : std::optional(found);
}

http::Response JiraApi::attachment(const http::Request& request, const Caller& caller) const {
  const auto place = visible_attachment(request, caller);
  if (!place) {
    return jira_error(404, fmt::format("The attachment with id '{}' does not exist",
                                       request.param("attachment")));
  }
  return http::Response::json(200, std::string(place->document->view(place->attachment->range)));
}

http::Response JiraApi::attachment_bytes(const http::Request& request, const Caller& caller) const {
  const auto place = visible_attachment(request, caller);
  if (!place) {
    // Not the REST layer: who is not logged in is sent to the login page.
    if (caller.user != nullptr) return html_error(404, "The attachment does not exist.");
    auto response = http::Response::empty(302);
    response.headers.set(
        "Location",
        fmt::format(
            "{}/login.jsp?permissionViolation=true&os_destination=%2Fsecure%2Fattachment%2F{}%2F",
            site_.base_url(), percent_encode(request.param("attachment"))));
    return response;
  }
  const auto& attachment = *place->attachment;
  auto response = attachment.file != nullptr
                      ? file_response(attachment.file, attachment.mime_type)
                      : attachment_response(attachment.id, std::min(attachment.size, kMostBytes),
                                            attachment.mime_type);
  response.headers.set("Content-Disposition", fmt::format("attachment; filename*=UTF-8''{}",
                                                          percent_encode(attachment.name)));
  response.headers.set("X-Content-Type-Options", "nosniff");
  return response;
}

}  // namespace spillguard::sim
