// Who the caller is and what he may do on Confluence, and what the server says about itself.
#include <fmt/format.h>

#include "base/json_writer.h"
#include "sim/errors.h"
#include "sim/wiki_api.h"

namespace spillguard::sim {

http::Response WikiApi::current_user(const http::Request& /*request*/, const Caller& caller) const {
  if (caller.user == nullptr) {
    // 200, not 401: the type tells.
    return http::Response::json(
        200,
        R"({"type":"anonymous","profilePicture":{"path":"/images/icons/profilepics/anonymous.svg","width":48,"height":48,"isDefault":true},"displayName":"Anonymous"})");
  }
  std::string out;
  append_user(out, site_.base_url(), static_cast<size_t>(caller.user - all_users().data()));
  return http::Response::json(200, std::move(out));
}

http::Response WikiApi::user(const http::Request& request, const Caller& caller) const {
  if (caller.user == nullptr) return confluence_error(403, "Log in to see users.");
  const auto name = request.query_value("username");
  const auto key = request.query_value("key");
  for (size_t i = 0; i < all_users().size(); ++i) {
    const auto& known = all_users()[i];
    if (!(key ? *key == known.confluence_key : name && *name == known.name)) continue;
    std::string out;
    append_user(out, site_.base_url(), i);
    return http::Response::json(200, std::move(out));
  }
  return confluence_not_found("user with that name or key");
}

http::Response WikiApi::member_of(const http::Request& request, const Caller& caller) const {
  if (caller.user == nullptr)
    return confluence_error(403, "Anonymous users are not members of groups.");
  const auto name = request.query_value("username").value_or(caller.user->name);
  const auto* user = find_user(name);
  for (const auto& known : all_users()) {
    if (request.query_value("key").value_or("") == known.confluence_key) user = &known;
  }
  if (user == nullptr) return confluence_not_found("user with that name");
  std::string results = R"({"type":"group","name":"confluence-users"})";
  if (user->product_admin) results += R"(,{"type":"group","name":"confluence-administrators"})";
  return list_response(site_, request, list_window(request, 200, 200), user->product_admin ? 2 : 1,
                       results);
}

http::Response WikiApi::audit(const http::Request& request, const Caller& caller) const {
  if (caller.user == nullptr || !caller.user->product_admin) {
    return confluence_error(403, "Only administrators may read the audit log.");
  }
  return list_response(site_, request, list_window(request, 1000, 1000), 0, "");
}

http::Response WikiApi::user_permissions(const http::Request& request, const Caller& caller) const {
  if (caller.user == nullptr) return confluence_error(401, "Log in first.");
  if (!caller.user->product_admin)
    return confluence_error(403, "Only administrators may read permissions of users.");
  const auto* user = find_user(request.param("user"));
  if (user == nullptr) return confluence_not_found("user with that name");
  std::string out = R"([{"operation":{"operationKey":"use","targetType":"application"}})";
  if (user->product_admin)
    out += R"(,{"operation":{"operationKey":"administer","targetType":"application"}})";
  return http::Response::json(200, out + "]");
}

http::Response WikiApi::server_information(const http::Request& /*request*/,
                                           const Caller& caller) const {
  if (caller.user == nullptr) return confluence_error(401, "Log in first.");
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("baseUrl", site_.base_url());
  json.field("version", "10.0.3");
  json.field("buildNumber", 10003);
  json.field("marketplaceBuildNumber", 10003);
  json.field("buildDate", "2025-06-01T00:00:00.000Z");
  json.end_object();
  return http::Response::json(200, std::move(out));
}

http::Response WikiApi::access_mode(const http::Request& /*request*/,
                                    const Caller& /*caller*/) const {
  return http::Response::json(200, "\"READ_WRITE\"");
}

http::Response WikiApi::status(const http::Request& /*request*/, const Caller& /*caller*/) const {
  return http::Response::json(200, R"({"state":"RUNNING"})");
}

}  // namespace spillguard::sim
