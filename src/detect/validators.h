// Checks that a rule can ask for by name, on top of its pattern: check sums, structure, and whether
// the text is a stand-in that people write where a secret would be.
// Thread-safety: pure functions.
#pragma once

#include <span>
#include <string_view>

#include "base/span.h"

namespace spillguard::detect {

// What a check may look at.
struct Candidate {
  std::string_view text;  // the whole scanned text
  Span match;             // group 0
  Span secret;            // the secret in it
  [[nodiscard]] std::string_view secret_text() const {
    return text.substr(secret.begin, secret.size());
  }
  [[nodiscard]] std::string_view match_text() const {
    return text.substr(match.begin, match.size());
  }
};

using ValidatorFunction = bool (*)(const Candidate&);

struct Validator {
  std::string_view name;
  ValidatorFunction function;
  std::string_view meaning;  // one line for documentation and `rules list`
};

std::span<const Validator> validators();
// nullptr when there is none of that name.
const Validator* find_validator(std::string_view name);

}  // namespace spillguard::detect
