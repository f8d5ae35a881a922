// /space and what hangs on it.
#include <fmt/format.h>

#include <algorithm>

#include "sim/errors.h"
#include "sim/wiki_api.h"

namespace spillguard::sim {
namespace {

std::vector<WikiItem> pages_of(const WikiSite& site, size_t space, bool blogs) {
  std::vector<WikiItem> items;
  for (const auto& page : site.pages()) {
    if (page.space == space && page.blog == blogs && page.status == WikiStatus::kCurrent)
      items.push_back({.page = &page});
  }
  return items;
}

}  // namespace

http::Response WikiApi::spaces(const http::Request& request, const Caller& caller) const {
  const Expand expand(request, "");
  const auto type = request.query_value("type").value_or("");
  const auto keys = request.query_values("spaceKey");
  std::vector<size_t> found;
  for (size_t i = 0; i < site_.spaces().size(); ++i) {
    const auto& space = site_.spaces()[i];
    const bool wanted =
        keys.empty() || std::find(keys.begin(), keys.end(), space.key) != keys.end();
    if (!readable(caller, i) || !wanted || (type == "personal" && !space.personal) ||
        (type == "global" && space.personal)) {
      continue;
    }
    const auto status = request.query_value("status").value_or("current");
    if (space.archived == (status == "archived")) found.push_back(i);
  }
  const auto window = list_window(request, 25, expansion_cap(expand));
  std::string results;
  size_t shown = 0;
  for (size_t i = window.start; i < found.size() && shown < window.limit; ++i, ++shown) {
    if (shown > 0) results += ',';
    append_space(results, site_, found[i], expand, false);
  }
  return list_response(site_, request, window, shown, results);
}

http::Response WikiApi::space(const http::Request& request, const Caller& caller) const {
  const auto space = visible_space(request, caller);
  if (!space)
    return confluence_not_found(fmt::format("space with key : {}", request.param("space")));
  std::string out;
  append_space(out, site_, *space, Expand(request, ""), true);
  return http::Response::json(200, std::move(out));
}

http::Response WikiApi::space_content(const http::Request& request, const Caller& caller) const {
  const auto space = visible_space(request, caller);
  if (!space)
    return confluence_not_found(fmt::format("space with key : {}", request.param("space")));
  // Without a type the answer has a list of each.
  const auto pages = list_items(request, caller, pages_of(site_, *space, false));
  const auto blogs = list_items(request, caller, pages_of(site_, *space, true));
  return http::Response::json(
      200, fmt::format(R"({{"page":{},"blogpost":{},"_links":{{"base":"{}","context":"{}"}}}})",
                       pages.body, blogs.body, site_.base_url(), site_.context()));
}

http::Response WikiApi::space_content_of_type(const http::Request& request,
                                              const Caller& caller) const {
  if (request.param("type") == "trash") return trash(request, caller);
  const auto space = visible_space(request, caller);
  if (!space)
    return confluence_not_found(fmt::format("space with key : {}", request.param("space")));
  const auto type = request.param("type");
  if (type != "page" && type != "blogpost")
    return confluence_error(400, fmt::format("Unknown content type {}", type));
  return list_items(request, caller, pages_of(site_, *space, type == "blogpost"));
}

http::Response WikiApi::trash(const http::Request& request, const Caller& caller) const {
  const auto space = visible_space(request, caller);
  if (!space)
    return confluence_not_found(fmt::format("space with key : {}", request.param("space")));
  if (!may_administer(caller.user, *space)) {
    return confluence_error(403,
                            "Only space administrators are allowed to see the trash of a space.");
  }
  std::vector<WikiItem> items;
  for (const auto& page : site_.pages()) {
    if (page.space == *space && page.status == WikiStatus::kTrashed)
      items.push_back({.page = &page});
  }
  return list_items(request, caller, items, "trashed");
}

}  // namespace spillguard::sim
