// What the hosts send about a change.
#pragma once

#include <vector>

#include "sim/churn.h"
#include "sim/webhooks.h"

namespace spillguard::sim {

// The events of one change, in the host's order. The site of the change is locked by the caller.
std::vector<WebhookEvent> events_of(const ChangeDone& change, const JiraSite& jira);

}  // namespace spillguard::sim
