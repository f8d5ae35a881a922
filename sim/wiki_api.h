// The REST resources of the simulated Confluence. Thread-safe: each request holds the site's lock.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "http/message.h"
#include "http/router.h"
#include "sim/auth.h"
#include "sim/webhooks.h"
#include "sim/wiki_json.h"
#include "sim/wiki_site.h"

namespace spillguard::sim {

struct WikiApiOptions {
  std::string context = "/confluence";
  size_t anonymous_scopes = 0;
  Clock clock = now_ms;
  Webhooks* webhooks = nullptr;  // outlives the API; null: no such resources
};

class WikiApi {
 public:
  // The site and the auth outlive this.
  WikiApi(const WikiSite& site, Auth& auth, WikiApiOptions options);

  [[nodiscard]] http::Response handle(const http::Request& request) const;

 private:
  using Method = http::Response (WikiApi::*)(const http::Request&, const Caller&) const;
  void add(std::string_view method, const std::string& path, Method handler);

  // wiki_spaces.cc
  http::Response spaces(const http::Request& request, const Caller& caller) const;
  http::Response space(const http::Request& request, const Caller& caller) const;
  http::Response space_content(const http::Request& request, const Caller& caller) const;
  http::Response space_content_of_type(const http::Request& request, const Caller& caller) const;
  http::Response trash(const http::Request& request, const Caller& caller) const;
  // wiki_content.cc
  http::Response contents(const http::Request& request, const Caller& caller) const;
  http::Response scan(const http::Request& request, const Caller& caller) const;
  http::Response content(const http::Request& request, const Caller& caller) const;
  http::Response versions(const http::Request& request, const Caller& caller) const;
  http::Response version(const http::Request& request, const Caller& caller) const;
  http::Response history(const http::Request& request, const Caller& caller) const;
  http::Response download(const http::Request& request, const Caller& caller) const;
  // wiki_children.cc
  http::Response children(const http::Request& request, const Caller& caller) const;
  http::Response child_comments(const http::Request& request, const Caller& caller) const;
  http::Response child_pages(const http::Request& request, const Caller& caller) const;
  http::Response child_attachments(const http::Request& request, const Caller& caller) const;
  // wiki_more.cc
  http::Response labels(const http::Request& request, const Caller& caller) const;
  http::Response properties(const http::Request& request, const Caller& caller) const;
  http::Response property(const http::Request& request, const Caller& caller) const;
  http::Response restrictions(const http::Request& request, const Caller& caller) const;
  http::Response restriction(const http::Request& request, const Caller& caller) const;
  http::Response descendants(const http::Request& request, const Caller& caller) const;
  http::Response extracted_text(const http::Request& request, const Caller& caller) const;
  http::Response space_permissions(const http::Request& request, const Caller& caller) const;
  http::Response remote_call(const http::Request& request, const Caller& caller) const;
  // wiki_search.cc
  http::Response content_search(const http::Request& request, const Caller& caller) const;
  http::Response search(const http::Request& request, const Caller& caller) const;
  // Items that the query finds and the caller may see, in the query's order.
  Result<std::vector<WikiItem>> run_cql(std::string_view cql, const Caller& caller,
                                        bool with_archived) const;
  // wiki_webhooks.cc
  void add_webhook_routes();
  [[nodiscard]] std::optional<http::Response> refuse_webhooks(const Caller& caller) const;
  [[nodiscard]] std::optional<Webhook> webhook_of(const http::Request& request) const;
  http::Response webhooks(const http::Request& request, const Caller& caller) const;
  http::Response webhook(const http::Request& request, const Caller& caller) const;
  http::Response webhook_create(const http::Request& request, const Caller& caller) const;
  http::Response webhook_update(const http::Request& request, const Caller& caller) const;
  http::Response webhook_delete(const http::Request& request, const Caller& caller) const;
  http::Response webhook_latest(const http::Request& request, const Caller& caller) const;
  // wiki_callers.cc
  http::Response current_user(const http::Request& request, const Caller& caller) const;
  http::Response user(const http::Request& request, const Caller& caller) const;
  http::Response member_of(const http::Request& request, const Caller& caller) const;
  http::Response audit(const http::Request& request, const Caller& caller) const;
  http::Response user_permissions(const http::Request& request, const Caller& caller) const;
  http::Response server_information(const http::Request& request, const Caller& caller) const;
  http::Response access_mode(const http::Request& request, const Caller& caller) const;
  http::Response status(const http::Request& request, const Caller& caller) const;

  [[nodiscard]] bool readable(const Caller& caller, size_t space) const;
  // Whether lists of that status ("current", "trashed", "draft", "any") show it to the caller.
  [[nodiscard]] bool shown(const Caller& caller, const WikiItem& item,
                           std::string_view status = "current") const;
  [[nodiscard]] std::optional<size_t> visible_space(const http::Request& request,
                                                    const Caller& caller) const;
  [[nodiscard]] std::optional<WikiItem> visible_content(const http::Request& request,
                                                        const Caller& caller) const;
  // A page of items with the host's caps, links and echoed limit. What the caller does not see
  // takes a place and is left out.
  [[nodiscard]] http::Response list_items(const http::Request& request, const Caller& caller,
                                          const std::vector<WikiItem>& items,
                                          std::string_view status = "current") const;

  const WikiSite& site_;
  Auth& auth_;
  WikiApiOptions options_;
  http::Router router_;
};

// Where a list starts and how much of it is shown.
struct ListWindow {
  size_t start = 0;
  size_t limit = 25;
  size_t left_out = 0;  // places of the page whose items the caller does not see
};
// `missing` when no limit is asked for; never more than `cap`.
ListWindow list_window(const http::Request& request, size_t missing, size_t cap);
// What the host allows at most for an expansion: 50 with bodies, 200 with others, 1000 without.
size_t expansion_cap(const Expand& expand);
// {"results":[…],"start","limit","size","_links":{…}}. `next` is written whenever the page is full,
// even if nothing follows, and without the context path: so does the host.
http::Response list_response(const WikiSite& site, const http::Request& request,
                             const ListWindow& window, size_t shown, const std::string& results,
                             std::string_view more = {});
// 404 for the content of the route.
http::Response content_missing(const http::Request& request);
// The request's query with one parameter replaced, encoded again.
std::string query_with(const http::Request& request,
                       const std::vector<std::pair<std::string, std::string>>& set);

}  // namespace spillguard::sim
