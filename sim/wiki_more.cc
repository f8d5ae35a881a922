// Labels, properties, restrictions of a content; permissions of a space.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/json_writer.h"
#include "base/strings.h"
#include "sim/errors.h"
#include "sim/wiki_api.h"

namespace spillguard::sim {
namespace {

namespace bj = boost::json;

void append_property(std::string& out, const WikiSite& site, const WikiItem& item,
                     const WikiProperty& property) {
  JsonWriter json(out);
  json.begin_object();
  json.field("id", fmt::format("{}{}", item.id(), property.key.size()));
  json.field("key", property.key);
  json.key("value");
  json.raw(property.json);
  json.key("version");
  json.begin_object();
  json.field("when", format_iso8601(item.created()));
  json.field("message", "");
  json.field("number", 1);
  json.field("minorEdit", false);
  json.field("hidden", false);
  json.end_object();
  json.key("_links");
  json.raw(fmt::format(R"({{"self":"{}/rest/api/content/{}/property/{}"}})", site.base_url(),
                       item.id(), percent_encode(property.key)));
  json.key("_expandable");
  json.raw(fmt::format(R"({{"content":"/rest/api/content/{}"}})", item.id()));
  json.end_object();
}

const std::vector<WikiProperty>& properties_of(const WikiItem& item) {
  static const std::vector<WikiProperty> none;
  return item.comment == nullptr && item.attachment == nullptr ? item.page->properties : none;
}

}  // namespace

http::Response WikiApi::labels(const http::Request& request, const Caller& caller) const {
  const auto item = visible_content(request, caller);
  if (!item) return content_missing(request);
  std::string results;
  append_labels(results, *item);
  const bool page = item->comment == nullptr && item->attachment == nullptr;
  return list_response(site_, request, list_window(request, 200, 200),
                       page ? item->page->labels.size() : 0, results);
}

http::Response WikiApi::properties(const http::Request& request, const Caller& caller) const {
  const auto item = visible_content(request, caller);
  if (!item) return content_missing(request);
  const auto& all = properties_of(*item);
  const auto window = list_window(request, 10, 100);
  std::string results;
  size_t listed = 0;
  for (size_t i = window.start; i < all.size() && listed < window.limit; ++i, ++listed) {
    if (listed > 0) results += ',';
    append_property(results, site_, *item, all[i]);
  }
  return list_response(site_, request, window, listed, results);
}

http::Response WikiApi::property(const http::Request& request, const Caller& caller) const {
  const auto item = visible_content(request, caller);
  if (!item) return content_missing(request);
  for (const auto& property : properties_of(*item)) {
    if (property.key != request.param("property")) continue;
    std::string out;
    append_property(out, site_, *item, property);
    return http::Response::json(200, std::move(out));
  }
  return confluence_not_found(fmt::format("property with key {}", request.param("property")));
}

http::Response WikiApi::restrictions(const http::Request& request, const Caller& caller) const {
  const auto item = visible_content(request, caller);
  if (!item) return content_missing(request);
  std::string out = "{";
  for (const std::string_view operation : {"read", "update"}) {
    out += fmt::format(R"("{}":)", operation);
    append_restriction(out, site_, *item, operation);
    out += ',';
  }
  out += fmt::format(R"("_links":{{"self":"{}/rest/api/content/{}/restriction/byOperation"}}}})",
                     site_.base_url(), item->id());
  return http::Response::json(200, std::move(out));
}

http::Response WikiApi::restriction(const http::Request& request, const Caller& caller) const {
  const auto item = visible_content(request, caller);
  const auto operation = request.param("operation");
  if (!item || (operation != "read" && operation != "update")) return content_missing(request);
  std::string out;
  append_restriction(out, site_, *item, operation);
  return http::Response::json(200, std::move(out));
}

http::Response WikiApi::descendants(const http::Request& request, const Caller& caller) const {
  const auto type = request.param("type");
  if (type == "comment") {
    auto deep = request;
    deep.query.emplace_back("depth", "all");
    return child_comments(deep, caller);
  }
  if (type == "attachment") return child_attachments(request, caller);
  if (type != "page") return confluence_error(400, fmt::format("Unknown content type {}", type));
  const auto item = visible_content(request, caller);
  if (!item) return content_missing(request);
  std::vector<WikiItem> found;
  for (const auto& page : site_.pages()) {
    // Up the tree, which is not deeper than there are pages.
    auto parent = page.parent;
    for (size_t depth = 0; parent != 0 && parent != item->id() && depth < 100; ++depth) {
      const auto above = site_.find(std::to_string(parent));
      parent = above ? above->page->parent : 0;
    }
    if (parent == item->id() && page.status == WikiStatus::kCurrent)
      found.push_back({.page = &page});
  }
  return list_items(request, caller, found);
}

http::Response WikiApi::extracted_text(const http::Request& request, const Caller& caller) const {
  if (!visible_content(request, caller)) return content_missing(request);
  return http::Response::empty(204);
}

http::Response WikiApi::space_permissions(const http::Request& request,
                                          const Caller& caller) const {
  const auto space = visible_space(request, caller);
  if (!space)
    return confluence_not_found(fmt::format("space with key : {}", request.param("space")));
  // Not 403: a known defect of the host.
  if (!may_administer(caller.user, *space))
    return confluence_error(500, "java.lang.reflect.UndeclaredThrowableException");
  std::string out;
  const auto grant = [&](const User& user, std::string_view operation) {
    out += out.empty() ? "" : ",";
    out += fmt::format(
        R"({{"operation":{{"targetType":"space","operationKey":"{}"}},"subject":{{"type":"known","username":"{}","userKey":"{}"}},"spaceKey":"{}","spaceId":{}}})",
        operation, user.name, user.confluence_key, site_.spaces()[*space].key,
        site_.spaces()[*space].id);
  };
  for (const auto& user : all_users()) {
    if (user.can_log_in && may_read(&user, *space, 0)) grant(user, "read");
    if (user.can_log_in && may_administer(&user, *space)) grant(user, "administer");
  }
  return http::Response::json(200, "[" + out + "]");
}

http::Response WikiApi::remote_call(const http::Request& request, const Caller& caller) const {
  if (caller.user == nullptr) return confluence_error(401, "Log in first.");
  boost::system::error_code error;
  const auto parsed = bj::parse(request.body, error);
  const auto* call = parsed.if_object();
  const auto* method = call == nullptr ? nullptr : call->if_contains("method");
  const auto* params = call == nullptr ? nullptr : call->if_contains("params");
  if (error || method == nullptr || !method->is_string() || params == nullptr ||
      !params->is_array() || params->get_array().empty() || !params->at(0).is_string()) {
    return http::Response::json(
        200, R"({"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"Invalid request"}})");
  }
  if (method->get_string() != "getPermissionsForUser") {
    return http::Response::json(
        200, R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}})");
  }
  const auto& key = params->at(0).get_string();
  const auto space = site_.find_space(std::string_view(key.data(), key.size()));
  const User* user = caller.user;
  if (params->get_array().size() > 1 && params->at(1).is_string()) {
    const auto& name = params->at(1).get_string();
    user = find_user(std::string_view(name.data(), name.size()));
  }
  std::string list;
  if (space && readable(caller, *space) && may_read(user, *space, 0)) {
    list = R"("VIEWSPACE")";
    if (user->can_edit) list += R"(,"EDITSPACE")";
    if (may_administer(user, *space)) list += R"(,"SETSPACEPERMISSIONS")";
  }
  return http::Response::json(200,
                              fmt::format(R"({{"jsonrpc":"2.0","id":1,"result":[{}]}})", list));
}

}  // namespace spillguard::sim
