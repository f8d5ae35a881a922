// A rule on a text, with what it nearly found: matches of the pattern in plain text that a filter
// refused, and which one it was. For people who write rules; a scan never does this work.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/span.h"
#include "cli/command_line.h"
#include "detect/engine.h"
#include "detect/rule.h"

namespace spillguard::cli {

struct TrialMatch {
  Span match;
  Span secret;
  double entropy = 0;                // of the secret, bits a byte
  bool found = false;                // the rule reports it
  std::vector<std::string> refused;  // else why not, a clause a filter
  std::string text;                  // the secret, after decoding
  std::string decoded;               // the decoders, outermost first; empty for plain text
};

struct RuleTrial {
  std::vector<TrialMatch> matches;  // by secret.begin
  std::vector<detect::LimitHit> limits;
  bool anchor_stands = false;  // one of the rule's anchors stands in the text
};

// The rule alone, as if it were switched on. Fails when it can not be compiled.
Result<RuleTrial> try_rule(const detect::Rule& rule, std::string_view text);

// `spillguard rules test`.
void add_rules_trial(CommandLine& line);

}  // namespace spillguard::cli
