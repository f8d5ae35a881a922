// Runs a parsed query over the issues that a caller may see.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "sim/jira_site.h"
#include "sim/jql.h"

namespace spillguard::sim {

struct JqlContext {
  const JiraSite& site;
  std::string_view zone;
  std::function<bool(size_t project)> readable;
  std::function<bool(const JiraRecord&)> readable_record;
  bool validate = true;  // false: values that do not exist become warnings
  TimeMs now = 0;
  int64_t lag_ms = 0;  // how far the index is behind
};

struct JqlResult {
  // Indexes of the records, sorted. With lag also of those that are gone, or hidden, by now.
  std::vector<size_t> issues;
  std::vector<std::string> warnings;
};

// kInvalidArgument with the host's words for what does not exist or is not visible.
Result<JqlResult> run_jql(const JqlQuery& query, const JqlContext& context);

// A moment as queries write it: milliseconds when it is a bare number, "yyyy-MM-dd[ HH:mm]" (also
// with slashes) in the zone, -5m -3h -2d -1w from now, now(), startOfDay().
std::optional<TimeMs> parse_query_time(std::string_view text, bool quoted, std::string_view zone,
                                       TimeMs now);

}  // namespace spillguard::sim
