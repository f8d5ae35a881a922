#include "sim/wiki_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <shared_mutex>

#include "base/strings.h"
#include "sim/errors.h"
#include "sim/fault_gate.h"

namespace spillguard::sim {

WikiApi::WikiApi(const WikiSite& site, Auth& auth, WikiApiOptions options)
    : site_(site), auth_(auth), options_(std::move(options)) {
  const std::string api = "/rest/api";
  add("GET", api + "/space", &WikiApi::spaces);
  add("GET", api + "/space/{space}", &WikiApi::space);
  add("GET", api + "/space/{space}/content", &WikiApi::space_content);
  add("GET", api + "/space/{space}/content/{type}", &WikiApi::space_content_of_type);
  add("GET", api + "/space/{space}/trash", &WikiApi::trash);
  add("GET", api + "/content", &WikiApi::contents);
  add("GET", api + "/content/scan", &WikiApi::scan);
  add("GET", api + "/content/search", &WikiApi::content_search);
  add("GET", api + "/search", &WikiApi::search);
  add("GET", api + "/content/{content}", &WikiApi::content);
  add("GET", api + "/content/{content}/history", &WikiApi::history);
  add("GET", api + "/content/{content}/child", &WikiApi::children);
  add("GET", api + "/content/{content}/child/comment", &WikiApi::child_comments);
  add("GET", api + "/content/{content}/child/page", &WikiApi::child_pages);
  add("GET", api + "/content/{content}/child/attachment", &WikiApi::child_attachments);
  add("GET", api + "/content/{content}/child/attachment/{attachment}/extractedtext",
      &WikiApi::extracted_text);
  add("GET", api + "/content/{content}/descendant/{type}", &WikiApi::descendants);
  add("GET", api + "/content/{content}/label", &WikiApi::labels);
  add("GET", api + "/content/{content}/property", &WikiApi::properties);
  add("GET", api + "/content/{content}/property/{property}", &WikiApi::property);
  add("GET", api + "/content/{content}/restriction/byOperation", &WikiApi::restrictions);
  add("GET", api + "/content/{content}/restriction/byOperation/{operation}", &WikiApi::restriction);
  add("GET", api + "/space/{space}/permissions", &WikiApi::space_permissions);
  add("POST", "/rpc/json-rpc/confluenceservice-v2", &WikiApi::remote_call);
  add("GET", "/rest/experimental/content/{content}/version", &WikiApi::versions);
  add("GET", "/rest/experimental/content/{content}/version/{version}", &WikiApi::version);
  add("GET", "/download/attachments/{content}/{name}", &WikiApi::download);
  add("GET", api + "/user/current", &WikiApi::current_user);
  add("GET", api + "/user", &WikiApi::user);
  add("GET", api + "/user/memberof", &WikiApi::member_of);
  add("GET", api + "/audit", &WikiApi::audit);
  add("GET", api + "/permissions/user/{user}", &WikiApi::user_permissions);
  add("GET", api + "/server-information", &WikiApi::server_information);
  add("GET", api + "/accessmode", &WikiApi::access_mode);
  add("GET", "/status", &WikiApi::status);
  if (options_.webhooks != nullptr) add_webhook_routes();
  router_.set_error_handler([](const http::Request& request, int status) {
    if (status == 404)
      return jira_rest_error(404, fmt::format("null for uri: {}", request.raw_target));
    return confluence_error(status, fmt::format("HTTP {} {}", status, http::reason_phrase(status)));
  });
}

void WikiApi::add(std::string_view method, const std::string& path, Method handler) {
  const auto route = fmt::format("{} {}", method, path);
  router_.add(method, options_.context + path,
              [this, handler, route](const http::Request& request) {
                auth_.count(route);
                return auth_.serve(request, [&](const http::Request& same, const Caller& caller) {
                  return (this->*handler)(same, caller);
                });
              });
}

http::Response WikiApi::handle(const http::Request& request) const {
  const std::shared_lock lock(site_.mutex());
  return router_.handle(request);
}

std::optional<size_t> WikiApi::visible_space(const http::Request& request,
                                             const Caller& caller) const {
  const auto space = site_.find_space(request.param("space"));
  if (!space || !readable(caller, *space)) return std::nullopt;
  return space;
}

std::optional<WikiItem> WikiApi::visible_content(const http::Request& request,
                                                 const Caller& caller) const {
  const auto item = site_.find(request.param("content"));
  if (!item) return std::nullopt;
  if (shown(caller, *item)) return item;
  // What hangs on something in the trash or on a draft is there for those who may see that.
  const bool itself = request.path.ends_with(request.param("content"));
  const auto status = request.query_value("status").value_or(itself ? "current" : "any");
  return shown(caller, *item, status == "historical" ? "any" : status) ? item : std::nullopt;
}

bool WikiApi::readable(const Caller& caller, size_t space) const {
  const auto& key = site_.spaces()[space].key;
  return may_read(caller.user, space, options_.anonymous_scopes) &&
         std::find(caller.lost.begin(), caller.lost.end(), key) == caller.lost.end();
}

bool WikiApi::shown(const Caller& caller, const WikiItem& item, std::string_view status) const {
  const auto& page = *item.page;
  if (item.gone() || !readable(caller, page.space)) return false;
  if (page.restricted && (caller.user == nullptr || caller.user->name != "admin")) return false;
  switch (page.status) {
    case WikiStatus::kCurrent:
      return status == "current" || status == "any";
    case WikiStatus::kTrashed:
      return (status == "trashed" || status == "any") && may_administer(caller.user, page.space);
    case WikiStatus::kDraft:
      return (status == "draft" || status == "any") && caller.user != nullptr &&
             caller.user == &all_users()[page.newest().author];
    case WikiStatus::kGone:
      break;
  }
  return false;
}

http::Response WikiApi::list_items(const http::Request& request, const Caller& caller,
                                   const std::vector<WikiItem>& items,
                                   std::string_view status) const {
  const Expand expand(request, "");
  auto window = list_window(request, 25, expansion_cap(expand));
  std::string results;
  size_t listed = 0;
  for (size_t i = window.start; i < std::min(items.size(), window.start + window.limit); ++i) {
    if (!shown(caller, items[i], status)) {
      ++window.left_out;
      continue;
    }
    if (listed++ > 0) results += ',';
    append_content(results, site_, items[i], nullptr, expand, false);
  }
  return list_response(site_, request, window, listed, results);
}

ListWindow list_window(const http::Request& request, size_t missing, size_t cap) {
  const auto start = parse_int(request.query_value("start").value_or(""));
  const auto limit = parse_int(request.query_value("limit").value_or(""));
  return {.start = start && *start > 0 ? static_cast<size_t>(*start) : 0,
          .limit = std::min(cap, limit && *limit >= 0 ? static_cast<size_t>(*limit) : missing)};
}

size_t expansion_cap(const Expand& expand) {
  if (expand.has("body")) return 50;
  return expand.any() ? 200 : 1000;
}

std::string query_with(const http::Request& request,
                       const std::vector<std::pair<std::string, std::string>>& set) {
  std::string query;
  const auto put = [&](std::string_view name, std::string_view value) {
    query += fmt::format("{}{}={}", query.empty() ? "?" : "&", percent_encode(name),
                         percent_encode(value));
  };
  for (const auto& [name, value] : request.query) {
    const bool replaced =
        std::any_of(set.begin(), set.end(),
                    [&, &known = name](const auto& entry) { return entry.first == known; });
    if (!replaced) put(name, value);
  }
  for (const auto& [name, value] : set) put(name, value);
  return query;
}

http::Response list_response(const WikiSite& site, const http::Request& request,
                             const ListWindow& window, size_t shown, const std::string& results,
                             std::string_view more) {
  const auto path = std::string_view(request.path).substr(site.context().size());
  std::string links = fmt::format(R"("self":"{}{}")", site.base_url(), path);
  const auto link = [&](std::string_view name, size_t start) {
    links += fmt::format(R"(,"{}":"{}{}")", name, path,
                         query_with(request, {{"limit", std::to_string(window.limit)},
                                              {"start", std::to_string(start)}}));
  };
  const bool full = shown + window.left_out == window.limit && window.limit > 0;
  if (full || (shown > 0 && request.headers.has(kEmptyNextHeader)))
    link("next", window.start + shown);
  if (window.start > 0) link("prev", window.start > window.limit ? window.start - window.limit : 0);
  links += fmt::format(R"(,"base":"{}","context":"{}")", site.base_url(), site.context());
  return http::Response::json(
      200, fmt::format(R"({{"results":[{}],"start":{},"limit":{},"size":{}{},"_links":{{{}}}}})",
                       results, window.start, window.limit, shown, more, links));
}

}  // namespace spillguard::sim
