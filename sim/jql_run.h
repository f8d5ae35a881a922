// Runs a parsed query over the issues that a caller may see.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "sim/jira_site.h"
#include "sim/jql.h"
#include "sim/users.h"

namespace spillguard::sim {

struct JqlContext {
  const JiraSite& site;
  const User* user = nullptr;
  size_t anonymous_scopes = 0;
  bool validate = true;  // false: values that do not exist become warnings
  TimeMs now = 0;
};

struct JqlResult {
  std::vector<size_t> issues;  // indexes of the records, sorted
  std::vector<std::string> warnings;
};

// kInvalidArgument with the host's words for what does not exist or is not visible.
Result<JqlResult> run_jql(const JqlQuery& query, const JqlContext& context);

// A moment as queries write it: milliseconds when it is a bare number, "yyyy-MM-dd[ HH:mm]" (also
// with slashes) in the zone, -5m -3h -2d -1w from now, now(), startOfDay().
std::optional<TimeMs> parse_query_time(std::string_view text, bool quoted, std::string_view zone,
                                       TimeMs now);

}  // namespace spillguard::sim
