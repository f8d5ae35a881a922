// Registering webhooks with Confluence.
#include <fmt/format.h>

#include "base/strings.h"
#include "sim/errors.h"
#include "sim/webhook_rest.h"
#include "sim/wiki_api.h"

namespace spillguard::sim {
namespace {

constexpr auto kWikiHooks = WebhookDialect::kConfluence;

}  // namespace

void WikiApi::add_webhook_routes() {
  const std::string path = "/rest/api/webhooks";
  add("GET", path, &WikiApi::webhooks);
  add("POST", path, &WikiApi::webhook_create);
  add("GET", path + "/{webhook}", &WikiApi::webhook);
  add("PUT", path + "/{webhook}", &WikiApi::webhook_update);
  add("DELETE", path + "/{webhook}", &WikiApi::webhook_delete);
  add("GET", path + "/{webhook}/latest", &WikiApi::webhook_latest);
}

std::optional<http::Response> WikiApi::refuse_webhooks(const Caller& caller) const {
  if (caller.user != nullptr && caller.user->product_admin) return std::nullopt;
  return confluence_error(401, "Only administrators may manage webhooks.");
}

std::optional<Webhook> WikiApi::webhook_of(const http::Request& request) const {
  const auto id = parse_int(request.param("webhook"));
  return id ? options_.webhooks->find(Product::kConfluence, *id) : std::nullopt;
}

http::Response WikiApi::webhooks(const http::Request& request, const Caller& caller) const {
  if (auto refused = refuse_webhooks(caller)) return *refused;
  const auto all = options_.webhooks->list(Product::kConfluence);
  const auto window = list_window(request, 100, 100);
  std::string list;
  size_t shown = 0;
  for (size_t i = window.start; i < all.size() && shown < window.limit; ++i, ++shown) {
    list += list.empty() ? "" : ",";
    list += webhook_json(kWikiHooks, all[i], site_.base_url());
  }
  return list_response(site_, request, window, shown, list,
                       fmt::format(R"(,"totalCount":{})", all.size()));
}

http::Response WikiApi::webhook(const http::Request& request, const Caller& caller) const {
  if (auto refused = refuse_webhooks(caller)) return *refused;
  const auto hook = webhook_of(request);
  if (!hook) return confluence_not_found("webhook with that id");
  return http::Response::json(200, webhook_json(kWikiHooks, *hook, site_.base_url()));
}

http::Response WikiApi::webhook_create(const http::Request& request, const Caller& caller) const {
  if (auto refused = refuse_webhooks(caller)) return *refused;
  Webhook hook;
  hook.product = Product::kConfluence;
  hook.user = std::string(caller.user->name);
  const auto read = read_webhook(kWikiHooks, request.body, hook);
  if (!read) return confluence_error(400, read.error().message);
  const auto made = options_.webhooks->add(std::move(hook));
  return http::Response::json(201, webhook_json(kWikiHooks, made, site_.base_url()));
}

http::Response WikiApi::webhook_update(const http::Request& request, const Caller& caller) const {
  if (auto refused = refuse_webhooks(caller)) return *refused;
  auto hook = webhook_of(request);
  if (!hook) return confluence_not_found("webhook with that id");
  const auto read = read_webhook(kWikiHooks, request.body, *hook);
  if (!read) return confluence_error(400, read.error().message);
  options_.webhooks->update(*hook);
  return webhook(request, caller);
}

http::Response WikiApi::webhook_delete(const http::Request& request, const Caller& caller) const {
  if (auto refused = refuse_webhooks(caller)) return *refused;
  const auto hook = webhook_of(request);
  if (!hook) return confluence_not_found("webhook with that id");
  options_.webhooks->remove(Product::kConfluence, hook->id);
  return http::Response::empty(204);
}

http::Response WikiApi::webhook_latest(const http::Request& request, const Caller& caller) const {
  if (auto refused = refuse_webhooks(caller)) return *refused;
  const auto hook = webhook_of(request);
  if (!hook) return confluence_not_found("webhook with that id");
  if (hook->last_event.empty()) return http::Response::empty(204);
  return http::Response::json(200, webhook_latest_json(*hook));
}

}  // namespace spillguard::sim
