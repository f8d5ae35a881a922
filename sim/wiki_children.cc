// What hangs below a page or a comment: pages, comments, attachments.
#include <fmt/format.h>

#include <algorithm>

#include "sim/errors.h"
#include "sim/wiki_api.h"

namespace spillguard::sim {
namespace {

// How many children an expansion shows of a kind.
constexpr size_t kShownChildren = 25;

std::vector<WikiItem> pages_below(const WikiSite& site, const WikiItem& item) {
  std::vector<WikiItem> found;
  for (const auto& page : site.pages()) {
    if (page.parent == item.id() && page.status == WikiStatus::kCurrent)
      found.push_back({.page = &page});
  }
  return found;
}

// `deep`: the answers of a page's comments as well.
std::vector<WikiItem> comments_below(const WikiItem& item,
                                     const std::vector<std::string_view>& locations, bool deep) {
  std::vector<WikiItem> found;
  if (item.attachment != nullptr) return found;
  for (const auto& comment : item.page->comments) {
    if (comment.gone) continue;
    if (std::find(locations.begin(), locations.end(), comment.location) == locations.end())
      continue;
    const bool below =
        item.comment == nullptr ? deep || comment.parent == 0 : comment.parent == item.comment->id;
    if (below) found.push_back({.page = item.page, .comment = &comment});
  }
  return found;
}

std::vector<WikiItem> attachments_below(const WikiItem& item) {
  std::vector<WikiItem> found;
  if (item.comment != nullptr || item.attachment != nullptr) return found;
  for (const auto& attachment : item.page->attachments) {
    if (!attachment.gone) found.push_back({.page = item.page, .attachment = &attachment});
  }
  return found;
}

// Without a location the host shows what is not resolved.
const std::vector<std::string_view>& usual_locations() {
  static const std::vector<std::string_view> locations = {"footer", "inline"};
  return locations;
}

void append_short_list(std::string& out, const WikiSite& site, const std::string& path,
                       const std::vector<WikiItem>& items, const Expand& expand) {
  const auto shown = std::min(items.size(), kShownChildren);
  out += R"({"results":[)";
  for (size_t i = 0; i < shown; ++i) {
    if (i > 0) out += ',';
    append_content(out, site, items[i], nullptr, expand, false);
  }
  out += fmt::format(R"(],"start":0,"limit":{},"size":{},"_links":{{"self":"{}{}")", kShownChildren,
                     shown, site.base_url(), path);
  if (shown == kShownChildren)
    out += fmt::format(R"(,"next":"{}?limit={}&start={}")", path, kShownChildren, kShownChildren);
  out += "}}";
}

}  // namespace

void append_children(std::string& out, const WikiSite& site, const WikiItem& item,
                     const Expand& expand) {
  const auto path = fmt::format("/rest/api/content/{}/child", item.id());
  out += '{';
  std::string left;
  const auto list = [&](std::string_view kind, const std::vector<WikiItem>& items) {
    const auto below = fmt::format("{}/{}", path, kind);
    if (!expand.has(kind)) {
      left += fmt::format(R"({}"{}":"{}")", left.empty() ? "" : ",", kind, below);
      return;
    }
    out += fmt::format(R"("{}":)", kind);
    append_short_list(out, site, below, items, expand.inside(kind));
    out += ',';
  };
  list("attachment", attachments_below(item));
  list("comment", comments_below(item, usual_locations(), false));
  list("page", item.comment == nullptr ? pages_below(site, item) : std::vector<WikiItem>());
  out += fmt::format(R"("_links":{{"self":"{}{}"}},"_expandable":{{{}}}}})", site.base_url(), path,
                     left);
}

http::Response WikiApi::children(const http::Request& request, const Caller& caller) const {
  const auto item = visible_content(request, caller);
  if (!item) return content_missing(request);
  std::string out;
  append_children(out, site_, *item, Expand(request, ""));
  return http::Response::json(200, std::move(out));
}

http::Response WikiApi::child_comments(const http::Request& request, const Caller& caller) const {
  const auto item = visible_content(request, caller);
  if (!item) return content_missing(request);
  const auto asked = request.query_values("location");
  const bool deep = request.query_value("depth").value_or("") == "all";
  return list_items(request, caller,
                    comments_below(*item, asked.empty() ? usual_locations() : asked, deep), "any");
}

http::Response WikiApi::child_pages(const http::Request& request, const Caller& caller) const {
  const auto item = visible_content(request, caller);
  if (!item) return content_missing(request);
  return list_items(request, caller, pages_below(site_, *item));
}

http::Response WikiApi::child_attachments(const http::Request& request,
                                          const Caller& caller) const {
  const auto item = visible_content(request, caller);
  if (!item) return content_missing(request);
  auto found = attachments_below(*item);
  if (const auto name = request.query_value("filename"))
    std::erase_if(found, [&](const WikiItem& one) { return one.attachment->name != *name; });
  return list_items(request, caller, found, "any");
}

}  // namespace spillguard::sim
