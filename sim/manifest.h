// The two files that tell what the simulator holds: the manifest of planted secrets (JSON Lines)
// and the counts of all parts. They contain the planted secrets in clear: they are test data.
#pragma once

#include <string>

#include "sim/jira_site.h"
#include "sim/wiki_site.h"

namespace spillguard::sim {

std::string manifest_text(const JiraSite& jira, const WikiSite& wiki);
// {"parts":[{"product","scope","kind","parts"}…],"more_parts":[…],"items":[{"product","scope","items"}…],"plants":N}
std::string counts_text(const JiraSite& jira, const WikiSite& wiki);

// The same of Confluence's drafts or trash, which stand in no list of what is current.
std::string status_counts_text(const WikiSite& wiki, WikiStatus status);

}  // namespace spillguard::sim
