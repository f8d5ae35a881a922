#include "sim/webhook_rest.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/json_writer.h"
#include "sim/users.h"

namespace spillguard::sim {
namespace {

namespace bj = boost::json;

Status bad_webhook(std::string message) { return fail(Code::kInvalidArgument, std::move(message)); }

Status read_text(const bj::object& body, std::string_view name, std::string& target) {
  const auto* value = body.if_contains(name);
  if (value == nullptr || value->is_null()) return {};
  if (!value->is_string()) return bad_webhook(fmt::format("{} must be a text", name));
  target = std::string(value->get_string());
  return {};
}

Status read_events(const bj::object& body, Webhook& hook) {
  const auto* events = body.if_contains("events");
  if (events == nullptr) return {};
  if (!events->is_array()) return bad_webhook("events must be a list");
  hook.events.clear();
  for (const auto& event : events->get_array()) {
    if (!event.is_string()) return bad_webhook("events must be a list of names");
    hook.events.emplace_back(event.get_string());
  }
  return {};
}

// Jira from 10 and Confluence: the secret comes in the configuration and is not given out again.
Status read_configuration(const bj::object& body, Webhook& hook) {
  const auto* configuration = body.if_contains("configuration");
  if (configuration == nullptr) return {};
  if (!configuration->is_object()) return bad_webhook("configuration must be an object");
  auto kept = configuration->get_object();
  if (const auto* secret = kept.if_contains("secret")) {
    if (!secret->is_string() || secret->get_string().size() > 255)
      return bad_webhook("configuration.secret must be a text of at most 255 characters");
    hook.secret = std::string(secret->get_string());
    kept.erase("secret");
  }
  // Jira keeps these as texts.
  const auto* exclude = kept.if_contains("EXCLUDE_BODY");
  hook.exclude_body = exclude != nullptr && exclude->is_string() && exclude->get_string() == "true";
  hook.configuration_json = bj::serialize(kept);
  return {};
}

void write_event_names(JsonWriter& json, const Webhook& hook) {
  json.key("events");
  json.begin_array();
  for (const auto& event : hook.events) json.value(event);
  json.end_array();
}

}  // namespace

Status read_webhook(WebhookDialect dialect, std::string_view text, Webhook& hook) {
  boost::system::error_code error;
  const auto parsed = bj::parse(bj::string_view(text.data(), text.size()), error);
  const auto* body = parsed.if_object();
  if (error || body == nullptr) return bad_webhook("expected a JSON object");
  SG_TRY(read_text(*body, "name", hook.name));
  SG_TRY(read_text(*body, "url", hook.url));
  SG_TRY(read_events(*body, hook));
  const auto flag = [&](std::string_view name, bool& target) {
    const auto* value = body->if_contains(name);
    if (value != nullptr && value->is_bool()) target = value->get_bool();
  };
  if (dialect == WebhookDialect::kJiraOld) {
    flag("excludeBody", hook.exclude_body);
    flag("enabled", hook.active);
    const auto* filters = body->if_contains("filters");
    if (filters != nullptr) hook.filter_json = bj::serialize(*filters);
  } else {
    flag("active", hook.active);
    SG_TRY(read_configuration(*body, hook));
  }
  if (hook.name.empty()) return bad_webhook("The webhook needs a name.");
  if (!hook.url.starts_with("http://") && !hook.url.starts_with("https://"))
    return bad_webhook("The URL of the webhook must be absolute.");
  return {};
}

std::string webhook_json(WebhookDialect dialect, const Webhook& hook, std::string_view base_url) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  if (dialect == WebhookDialect::kJiraOld) {
    const auto* user = find_user(hook.user);
    json.field("name", hook.name);
    json.field("url", hook.url);
    json.field("excludeBody", hook.exclude_body);
    json.key("filters");
    json.raw(hook.filter_json.empty() ? R"({"issue-related-events-section":""})"
                                      : hook.filter_json);
    write_event_names(json, hook);
    json.field("enabled", hook.active);
    json.field("self", fmt::format("{}/rest/webhooks/1.0/webhook/{}", base_url, hook.id));
    json.field("lastUpdatedUser", hook.user);
    json.field("lastUpdatedDisplayName", user == nullptr ? "" : user->display_name);
    json.field("lastUpdated", hook.updated);
    json.end_object();
    return out;
  }
  json.field("id", hook.id);
  json.field("name", hook.name);
  json.field("createdDate", hook.created);
  json.field("updatedDate", hook.updated);
  write_event_names(json, hook);
  json.key("configuration");
  json.raw(hook.configuration_json);
  json.field("url", hook.url);
  json.field("active", hook.active);
  json.field("scopeType", "global");
  json.field("sslVerificationRequired", true);
  json.end_object();
  return out;
}

std::string webhook_latest_json(const Webhook& hook) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("id", hook.id);
  json.field("event", hook.last_event);
  json.field("start", hook.updated);
  json.field("finish", hook.updated);
  json.field("duration", 1);
  json.key("request");
  json.begin_object();
  json.field("method", "POST");
  json.field("url", hook.url);
  json.field("body", hook.last_body);
  json.end_object();
  json.key("result");
  json.begin_object();
  const bool good = hook.last_status >= 200 && hook.last_status < 300;
  json.field("outcome", good ? "SUCCESS" : hook.last_status == 0 ? "ERROR" : "FAILURE");
  json.field("description", std::to_string(hook.last_status));
  json.end_object();
  json.end_object();
  return out;
}

}  // namespace spillguard::sim
