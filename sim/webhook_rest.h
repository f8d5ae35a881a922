// The webhook objects of the hosts' REST interfaces, read and written.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "sim/webhooks.h"

namespace spillguard::sim {

enum class WebhookDialect {
  kJiraOld,     // /rest/webhooks/1.0/webhook, Jira up to 9
  kJiraNew,     // /rest/jira-webhook/1.0/webhooks, Jira from 10
  kConfluence,  // /rest/api/webhooks
};

// Puts what the body names into `hook`. kInvalidArgument says what is wrong with it.
Status read_webhook(WebhookDialect dialect, std::string_view body, Webhook& hook);
// `base_url` for the link to itself. A secret is never shown again.
std::string webhook_json(WebhookDialect dialect, const Webhook& hook, std::string_view base_url);
// The answer of /latest.
std::string webhook_latest_json(const Webhook& hook);

}  // namespace spillguard::sim
