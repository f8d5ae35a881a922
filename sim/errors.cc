#include "sim/errors.h"

#include <fmt/format.h>

#include "base/json_writer.h"
#include "sim/prose.h"

namespace spillguard::sim {

http::Response jira_error(int status, std::string_view message) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("errorMessages");
  json.begin_array();
  json.value(message);
  json.end_array();
  json.key("errors");
  json.raw("{}");
  json.end_object();
  return http::Response::json(status, std::move(body));
}

http::Response jira_rest_error(int status, std::string_view message) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.field("message", message);
  json.field("status-code", status);
  json.end_object();
  return http::Response::json(status, std::move(body));
}

http::Response confluence_error(int status, std::string_view message) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.field("statusCode", status);
  json.key("data");
  json.raw(fmt::format(
      R"({{"authorized":{},"valid":true,"allowedInReadOnlyMode":true,"errors":[],"successful":false}})",
      status == 404));
  json.field("message", message);
  json.field("reason", http::reason_phrase(status));
  json.end_object();
  return http::Response::json(status, std::move(body));
}

http::Response html_error(int status, std::string_view message) {
  return http::Response::text(
      status,
      fmt::format("<html><head><title>{0} ({1})</title></head><body><h1>{0} ({1})</h1>"
                  "<p>{2}</p></body></html>",
                  http::reason_phrase(status), status, escape_xml(message)),
      "text/html;charset=UTF-8");
}

http::Response jira_not_found() { return jira_error(404, "Issue Does Not Exist"); }

http::Response jira_unauthenticated() {
  return jira_rest_error(401, "Client must be authenticated to access this resource.");
}

http::Response confluence_not_found(std::string_view what) {
  return confluence_error(
      404, fmt::format("No {} found, or you do not have permission to view it", what));
}

}  // namespace spillguard::sim
