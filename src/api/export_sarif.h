// A finding as a download shows it, and the form of SARIF for it. Internal to the exports.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "detect/rule.h"
#include "store/types.h"

namespace spillguard::api {

// A finding with everything that a row shows.
struct ExportedFinding {
  const store::Scope* scope = nullptr;
  const store::Finding* finding = nullptr;
  std::string_view title;
  std::string_view text;  // the match, or its mask
  std::string place;      // within an attachment
  std::string link;
  int64_t first_version = 0;
  int64_t last_version = 0;
  std::string versions;
};

// SARIF 2.1.0: all in front of the results, which stand one behind the other with commas between,
// and what follows them.
void append_sarif_head(std::string& out, const detect::RuleSet& rules);
void append_sarif_result(std::string& out, const ExportedFinding& shown);
void append_sarif_tail(std::string& out, int64_t hidden);

}  // namespace spillguard::api
