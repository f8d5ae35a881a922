// /content: lists, the scan, one content with its versions and attachments' bytes.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "sim/bytes.h"
#include "sim/errors.h"
#include "sim/wiki_api.h"

namespace spillguard::sim {
namespace {

// "content:false:393229": direction and the last id seen.
struct Cursor {
  bool backwards = false;
  std::optional<int64_t> id;
};

std::optional<Cursor> parse_cursor(std::string_view text) {
  if (text.empty()) return Cursor{};
  const auto parts = split(text, ':');
  if (parts.size() != 3 || parts[0] != "content" || (parts[1] != "true" && parts[1] != "false"))
    return std::nullopt;
  Cursor cursor{.backwards = parts[1] == "true", .id = parse_int(parts[2])};
  if (!cursor.id && parts[2] != "null") return std::nullopt;
  return cursor;
}

}  // namespace

http::Response content_missing(const http::Request& request) {
  return confluence_not_found(
      fmt::format("content with id: ContentId{{id={}}}", request.param("content")));
}

http::Response WikiApi::contents(const http::Request& request, const Caller& caller) const {
  const auto type = request.query_value("type").value_or("page");
  const auto status = request.query_value("status").value_or("current");
  if (type != "page" && type != "blogpost")
    return confluence_error(400, fmt::format("Unsupported content type: {}", type));
  const auto key = request.query_value("spaceKey");
  const auto title = request.query_value("title");
  std::vector<WikiItem> items;
  for (const auto& page : site_.pages()) {
    if (page.blog != (type == "blogpost") || !readable(caller, page.space)) continue;
    if (key && !equals_ignore_case(site_.spaces()[page.space].key, *key)) continue;
    if (title && page.newest().title != *title) continue;
    if (shown(caller, {.page = &page}, status)) items.push_back({.page = &page});
  }
  return list_items(request, caller, items, status);
}

http::Response WikiApi::scan(const http::Request& request, const Caller& caller) const {
  const auto cursor = parse_cursor(request.query_value("cursor").value_or(""));
  if (!cursor) return confluence_error(400, "The cursor could not be read.");
  const auto type = request.query_value("type").value_or("page");
  const auto key = request.query_value("spaceKey");
  const auto status = request.query_value("status").value_or("current");
  const Expand expand(request, "");
  const auto limit = list_window(request, 25, expansion_cap(expand)).limit;
  std::vector<WikiItem> found;
  const auto wanted = [&](const WikiItem& item) {
    if (item.type() != type || !shown(caller, item, status)) return false;
    return !key || equals_ignore_case(site_.spaces()[item.page->space].key, *key);
  };
  const auto& items = site_.items_by_id();
  if (cursor->backwards) {
    for (size_t i = items.size(); i-- > 0 && found.size() < limit;) {
      if ((!cursor->id || items[i].id() < *cursor->id) && wanted(items[i]))
        found.insert(found.begin(), items[i]);
    }
  } else {
    auto place = cursor->id ? std::upper_bound(
                                  items.begin(), items.end(), *cursor->id,
                                  [](int64_t id, const WikiItem& item) { return id < item.id(); })
                            : items.begin();
    for (; place != items.end() && found.size() < limit; ++place) {
      if (wanted(*place)) found.push_back(*place);
    }
  }
  std::string results;
  for (const auto& item : found) {
    if (!results.empty()) results += ',';
    append_content(results, site_, item, nullptr, expand, false);
  }
  const auto path = std::string_view(request.path).substr(site_.context().size());
  std::string more;
  std::string links = fmt::format(R"("self":"{}{}")", site_.base_url(), path);
  if (!found.empty() && (found.size() == limit || caller.empty_next)) {
    const auto next = fmt::format("content:false:{}", found.back().id());
    more = fmt::format(R"(,"nextCursor":"{}")", next);
    links += fmt::format(R"(,"next":"{}{}")", path,
                         query_with(request, {{"cursor", next}, {"limit", std::to_string(limit)}}));
  }
  if (cursor->id && !found.empty())
    more += fmt::format(R"(,"prevCursor":"content:true:{}")", found.front().id());
  return http::Response::json(
      200,
      fmt::format(
          R"({{"results":[{}],"cursor":"content:{}:{}"{},"limit":{},"size":{},"_links":{{{},"base":"{}","context":"{}"}}}})",
          results, cursor->backwards, cursor->id ? std::to_string(*cursor->id) : "null", more,
          limit, found.size(), links, site_.base_url(), site_.context()));
}

http::Response WikiApi::content(const http::Request& request, const Caller& caller) const {
  const auto item = visible_content(request, caller);
  if (!item) return content_missing(request);
  const auto status = request.query_value("status").value_or("current");
  if ((status == "trashed" && item->page->status != WikiStatus::kTrashed) ||
      (status == "draft" && item->page->status != WikiStatus::kDraft))
    return content_missing(request);
  const WikiVersion* version = nullptr;
  if (const auto asked = request.query_value("version"); asked && item->versions() != nullptr) {
    const auto number = parse_int(*asked);
    if (!number) return confluence_error(400, "The version must be a number.");
    // 0 is the newest one.
    for (const auto& known : *item->versions()) {
      if (known.number == *number || *number == 0) version = &known;
    }
    if (version == nullptr) return content_missing(request);
    const bool newest = version == &item->versions()->back();
    if (!newest && status == "current") return content_missing(request);
  }
  std::string out;
  append_content(out, site_, *item, version, Expand(request, "history,space,version"), true);
  return http::Response::json(200, std::move(out));
}

http::Response WikiApi::versions(const http::Request& request, const Caller& caller) const {
  const auto item = visible_content(request, caller);
  if (!item) return content_missing(request);
  const auto window = list_window(request, 200, 200);
  // Newest first.
  const auto made = item->attachment == nullptr ? std::vector<WikiVersion>()
                                                : attachment_versions(*item->attachment);
  const auto& all = item->attachment == nullptr ? *item->versions() : made;
  std::string results;
  size_t shown = 0;
  for (size_t i = window.start; i < all.size() && shown < window.limit; ++i, ++shown) {
    if (shown > 0) results += ',';
    append_version(results, site_, *item, all[all.size() - 1 - i]);
  }
  return list_response(site_, request, window, shown, results);
}

http::Response WikiApi::version(const http::Request& request, const Caller& caller) const {
  const auto item = visible_content(request, caller);
  const auto number = parse_int(request.param("version"));
  if (!item || !number) return content_missing(request);
  const auto made = item->attachment == nullptr ? std::vector<WikiVersion>()
                                                : attachment_versions(*item->attachment);
  for (const auto& known : item->attachment == nullptr ? *item->versions() : made) {
    if (known.number != *number) continue;
    std::string out;
    append_version(out, site_, *item, known);
    return http::Response::json(200, std::move(out));
  }
  return content_missing(request);
}

http::Response WikiApi::history(const http::Request& request, const Caller& caller) const {
  const auto item = visible_content(request, caller);
  if (!item) return content_missing(request);
  std::string out;
  append_history(out, site_, *item, true, true);
  return http::Response::json(200, std::move(out));
}

http::Response WikiApi::download(const http::Request& request, const Caller& caller) const {
  const auto item = visible_content(request, caller);
  if (item) {
    for (const auto& attachment : item->page->attachments) {
      if (attachment.gone || attachment.name != request.param("name")) continue;
      // The newest has the bytes of its id, each older one its own.
      const auto asked = parse_int(request.query_value("version").value_or(""));
      const auto version =
          asked && *asked > 0 && *asked < attachment.versions ? attachment.versions - *asked : 0;
      auto response =
          attachment.file != nullptr && version == 0
              ? file_response(attachment.file, attachment.mime_type)
              : attachment_response(attachment.id + version, attachment.size, attachment.mime_type);
      response.headers.set("Content-Disposition", fmt::format("attachment; filename*=UTF-8''{}",
                                                              percent_encode(attachment.name)));
      return response;
    }
  }
  if (caller.user != nullptr) return html_error(404, "The attachment does not exist.");
  auto response = http::Response::empty(302);
  response.headers.set("Location", site_.base_url() + "/login.action?os_destination=%2Fdownload");
  return response;
}

}  // namespace spillguard::sim
