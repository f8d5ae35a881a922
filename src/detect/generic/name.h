// The name that a keyword stands in: "spring.datasource.password", "API key", "mot de passe".
#pragma once

#include <optional>
#include <string_view>

#include "base/span.h"
#include "detect/generic/candidate.h"

namespace spillguard::detect::generic {

struct Name {
  Span key;      // the whole name, with words before it that belong to it ("access key")
  Span keyword;  // the part that gave it away
  Noun noun = Noun::kPassword;
  bool pair = false;   // "login/password": a user stands before the secret
  bool plain = false;  // the keyword alone, a word as in prose
  bool tail = false;   // more than digits follow the keyword: "token_for_ci"
};

// The name around a hit of an anchor; nothing when it names no secret (password_policy, monkey).
std::optional<Name> name_at(std::string_view text, Span hit);

}  // namespace spillguard::detect::generic
