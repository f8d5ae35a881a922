// Registering our webhook on a host, where the account may.
#include "base/json_writer.h"
#include "hosts/confluence_host.h"
#include "hosts/jira_host.h"

namespace spillguard::hosts {

namespace {

constexpr const char* kHookName = "Spillguard";

constexpr const char* kJiraEvents[] = {
    "jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created",
    "comment_updated",    "comment_deleted",    "worklog_created",    "worklog_updated",
    "worklog_deleted",    "issue_property_set", "issuelink_created",  "issuelink_deleted",
    "project_created",    "project_updated",    "project_deleted"};
constexpr const char* kConfluenceEvents[] = {
    "page_created",       "page_updated",        "page_moved",         "page_removed",
    "page_restored",      "page_trashed",        "blog_created",       "blog_updated",
    "blog_removed",       "blog_restored",       "blog_trashed",       "comment_created",
    "comment_updated",    "comment_removed",     "attachment_created", "attachment_updated",
    "attachment_removed", "attachment_restored", "attachment_trashed", "label_added",
    "label_removed",      "space_created",       "space_updated",      "space_removed"};

template <typename Events>
void write_events(JsonWriter& json, const Events& events) {
  json.key("events");
  json.begin_array();
  for (const char* event : events) json.value(event);
  json.end_array();
}

// Whether a list of webhooks, bare or in an envelope, has one with our address.
bool has_hook(JsonView list, const std::string& url) {
  for (const char* key : {"values", "results"}) {
    if (list.is_object() && list[key].is_array()) list = list[key];
  }
  for (size_t i = 0; i < list.size(); ++i) {
    if (list.at(i)["url"].string() == url) return true;
  }
  return false;
}

Error not_allowed(Error error) {
  if (error.code != Code::kPermissionDenied && error.code != Code::kUnauthenticated &&
      error.code != Code::kNotFound) {
    return error;
  }
  // Only administrators may; for us that is no loss of the credential.
  return Error{Code::kPermissionDenied,
               "the account that scans may not register webhooks (" + error.message +
                   "): let an administrator do it, see docs/configuration.md"};
}

}  // namespace

Result<bool> ensure_hook(Transport& transport, const HookPlace& place, const WebhookSpec& spec) {
  Question list{.path = place.path};
  list.query = {{"limit", "1000"}};
  list.keeps_credential = true;
  auto hooks = transport.ask(list);
  if (!hooks) return fail(not_allowed(std::move(hooks).error()));
  if (has_hook(hooks->json.root(), spec.url)) return false;
  Question create{.path = place.path};
  create.once = true;
  create.keeps_credential = true;
  JsonWriter json(create.body);
  json.begin_object();
  json.field("name", kHookName);
  json.field("url", spec.url);
  if (place.is_jira) {
    write_events(json, kJiraEvents);
  } else {
    write_events(json, kConfluenceEvents);
  }
  if (place.has_secret) {
    json.field("active", true);
    json.key("configuration");
    json.begin_object();
    json.field("secret", spec.secret.reveal());
    json.end_object();
  } else {
    json.field("excludeBody", false);
  }
  json.end_object();
  auto created = transport.ask(create);
  if (!created) return fail(not_allowed(std::move(created).error()));
  return true;
}

Result<WebhookState> JiraHost::ensure_webhook(const WebhookSpec& spec) {
  SG_TRY(ensure_identity());
  // From 10 on, then up to 9, which knows no secrets.
  auto made = ensure_hook(
      transport_,
      {.path = {"rest", "jira-webhook", "1.0", "webhooks"}, .is_jira = true, .has_secret = true},
      spec);
  if (made) return WebhookState{.is_new = *made, .is_signed = true};
  auto old = ensure_hook(
      transport_,
      {.path = {"rest", "webhooks", "1.0", "webhook"}, .is_jira = true, .has_secret = false}, spec);
  if (!old) return fail(std::move(old).error());
  return WebhookState{.is_new = *old, .is_signed = false};
}

Result<WebhookState> ConfluenceHost::ensure_webhook(const WebhookSpec& spec) {
  SG_TRY(ensure_identity());
  SG_ASSIGN(const bool made,
            ensure_hook(transport_,
                        {.path = {"rest", "api", "webhooks"}, .is_jira = false, .has_secret = true},
                        spec));
  return WebhookState{.is_new = made, .is_signed = true};
}

}  // namespace spillguard::hosts
