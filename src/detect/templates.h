// Examples of rule files are templates, so that no rule file holds anything that looks like a live
// secret: "ghp_{{alnum:36}}". The words are listed in docs/rules.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "detect/rule.h"

namespace spillguard::detect {

// The text of a template. The same seed gives the same text on every machine. Unknown or broken
// templates are refused (kInvalidArgument).
Result<std::string> expand_template(std::string_view text, std::string_view seed);

// The texts of a rule's examples and counter-examples, always the same for the same rule. Rules of
// files had their templates checked when they were read; of others, an error names the template.
Result<std::vector<std::string>> expand_examples(const Rule& rule);
Result<std::vector<std::string>> expand_counter_examples(const Rule& rule);

// The check sum that GitHub and npm put at the end of their tokens: CRC-32 of the random part, in
// base 62 (digits, upper case, lower case), six characters, zeros in front.
// Source:
// https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
std::string base62_crc32(std::string_view random_part);

}  // namespace spillguard::detect
