// Why a finding is one: the rule and its version, the filters that the secret passed and with what
// values, what the model of the generic detector made of it, and what was decoded to get at it.
//
// Made from a match when somebody asks; a scan does none of this work. Thread-safety: pure
// functions of an immutable engine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "detect/engine.h"

namespace spillguard::detect {

struct Explanation {
  // A filter of the rule that the match passed.
  struct Filter {
    std::string name;   // "entropy", "stop words", "context", "validator"
    std::string value;  // what it saw: "4.31", the validator's name
    std::string limit;  // what it asks for: "at least 3.50", the validator's meaning
  };
  // What a feature added to the score.
  struct Feature {
    std::string name;
    double value = 0;
    double contribution = 0;  // to the log odds
  };

  int32_t id = 0;
  std::string rule;
  std::string title;
  std::string version;   // rule_version()
  std::string severity;  // by name
  std::string found_by;  // "pattern" or the detector's name
  std::string anchor;    // a literal of the rule in the match or before it; of a pattern alone
  uint64_t length = 0;   // of the secret, in bytes
  double entropy = 0;    // of the secret, bits a byte
  std::vector<Filter> filters;
  double score = 1;               // of a detector that weighs
  std::vector<Feature> features;  // its reasons, the heaviest first
  std::string decoded;            // the decoders, outermost first; empty for plain text
  std::vector<std::string> also;  // other rules that find the same secret
};

// Of a match that the engine gave for this text. Shows words of the rule and of the text around the
// secret that the rule names (anchors and context words), but nothing of the secret besides its
// length and entropy.
Explanation explain(const Engine& engine, std::string_view text, const Match& match);

}  // namespace spillguard::detect
