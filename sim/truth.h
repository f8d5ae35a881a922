// What the simulated sites hold at this moment: the counterpart of a scanner's ledger and findings.
#pragma once

#include <string>
#include <vector>

#include "sim/churn.h"
#include "sim/jira_site.h"
#include "sim/wiki_site.h"

namespace spillguard::sim {

// Where a secret stands.
struct SecretPlace {
  std::string part;
  std::string content;
  int64_t version = 0;
  bool current = false;
};

std::vector<SecretPlace> places_in(const JiraIssue& issue, const std::string& secret);
std::vector<SecretPlace> places_in(const WikiPage& page, const std::string& secret);

// {"parts":[…],"items":[…],"hidden":[…],"deleted":[…],"plants":N,"changes":N}. Locks both sites.
std::string truth_json(const JiraSite& jira, const WikiSite& wiki, const Churn& churn);
// The manifest as it is now, a JSON object a line.
std::string plants_text(const JiraSite& jira, const WikiSite& wiki, const Churn& churn);

}  // namespace spillguard::sim
