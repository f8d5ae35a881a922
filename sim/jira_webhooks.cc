// Registering webhooks with Jira: the resources of version 9 or those of version 10.
#include <fmt/format.h>

#include "base/strings.h"
#include "sim/errors.h"
#include "sim/jira_api.h"
#include "sim/webhook_rest.h"

namespace spillguard::sim {
namespace {

WebhookDialect dialect_of(int version) {
  return version >= 10 ? WebhookDialect::kJiraNew : WebhookDialect::kJiraOld;
}

http::Response no_hook(std::string_view id) {
  return jira_error(404, fmt::format("There is no webhook with the id {}.", id));
}

}  // namespace

void JiraApi::add_webhook_routes() {
  const std::string path =
      options_.version >= 10 ? "/rest/jira-webhook/1.0/webhooks" : "/rest/webhooks/1.0/webhook";
  add("GET", path, &JiraApi::webhooks);
  add("POST", path, &JiraApi::webhook_create);
  add("GET", path + "/{webhook}", &JiraApi::webhook);
  add("PUT", path + "/{webhook}", &JiraApi::webhook_update);
  add("DELETE", path + "/{webhook}", &JiraApi::webhook_delete);
  if (options_.version >= 10) add("GET", path + "/{webhook}/latest", &JiraApi::webhook_latest);
}

std::optional<http::Response> JiraApi::refuse_webhooks(const Caller& caller) const {
  if (caller.user == nullptr) return jira_unauthenticated();
  if (!caller.user->product_admin)
    return jira_error(403, "You do not have permission to manage webhooks.");
  return std::nullopt;
}

std::optional<Webhook> JiraApi::webhook_of(const http::Request& request) const {
  const auto id = parse_int(request.param("webhook"));
  return id ? options_.webhooks->find(Product::kJira, *id) : std::nullopt;
}

http::Response JiraApi::webhooks(const http::Request& /*request*/, const Caller& caller) const {
  if (auto refused = refuse_webhooks(caller)) return *refused;
  std::string list;
  for (const auto& hook : options_.webhooks->list(Product::kJira)) {
    list += list.empty() ? "" : ",";
    list += webhook_json(dialect_of(options_.version), hook, site_.base_url());
  }
  return http::Response::json(200, "[" + list + "]");
}

http::Response JiraApi::webhook(const http::Request& request, const Caller& caller) const {
  if (auto refused = refuse_webhooks(caller)) return *refused;
  const auto hook = webhook_of(request);
  if (!hook) return no_hook(request.param("webhook"));
  return http::Response::json(200,
                              webhook_json(dialect_of(options_.version), *hook, site_.base_url()));
}

http::Response JiraApi::webhook_create(const http::Request& request, const Caller& caller) const {
  if (auto refused = refuse_webhooks(caller)) return *refused;
  Webhook hook;
  hook.user = std::string(caller.user->name);
  const auto read = read_webhook(dialect_of(options_.version), request.body, hook);
  if (!read) return jira_error(400, read.error().message);
  const auto made = options_.webhooks->add(std::move(hook));
  return http::Response::json(201,
                              webhook_json(dialect_of(options_.version), made, site_.base_url()));
}

http::Response JiraApi::webhook_update(const http::Request& request, const Caller& caller) const {
  if (auto refused = refuse_webhooks(caller)) return *refused;
  auto hook = webhook_of(request);
  if (!hook) return no_hook(request.param("webhook"));
  const auto read = read_webhook(dialect_of(options_.version), request.body, *hook);
  if (!read) return jira_error(400, read.error().message);
  options_.webhooks->update(*hook);
  return webhook(request, caller);
}

http::Response JiraApi::webhook_delete(const http::Request& request, const Caller& caller) const {
  if (auto refused = refuse_webhooks(caller)) return *refused;
  const auto hook = webhook_of(request);
  if (!hook) return no_hook(request.param("webhook"));
  options_.webhooks->remove(Product::kJira, hook->id);
  return http::Response::empty(204);
}

http::Response JiraApi::webhook_latest(const http::Request& request, const Caller& caller) const {
  if (auto refused = refuse_webhooks(caller)) return *refused;
  const auto hook = webhook_of(request);
  if (!hook) return no_hook(request.param("webhook"));
  if (hook->last_event.empty()) return http::Response::empty(204);
  return http::Response::json(200, webhook_latest_json(*hook));
}

}  // namespace spillguard::sim
