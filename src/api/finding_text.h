// Words that lists and exports share.
#pragma once

#include <string_view>
#include <vector>

#include "detect/rule.h"

namespace spillguard::api {

// Where a finding stands, in the words of the documented products: "DESCRIPTION", "COMMENT" …
std::string_view location_name(std::string_view content_kind);
std::vector<int32_t> disabled_rules(const detect::RuleSet& rules);

}  // namespace spillguard::api
