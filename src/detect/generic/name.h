// The name that a keyword stands in: "spring.datasource.password", "API key", "mot de passe".
#pragma once

#include <array>
#include <cstdint>
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

// A keyword that is looked at more closely.
enum class RunWord : uint8_t { kOther, kKey, kNonce, kPasse, kClave, kContra };

// What the bytes of a name alone say, whatever stands around it.
struct RunMeaning {
  bool named = false;  // else it names no secret (password_policy, monkey)
  Noun noun = Noun::kPassword;
  RunWord word = RunWord::kOther;
  uint8_t begin = 0;  // of the keyword in the run
  uint8_t end = 0;
  bool first = false;  // no word of the run stands before the keyword
  bool plain = false;
  bool tail = false;
};
// A run has up to 160 bytes.
RunMeaning meaning_of_run(std::string_view run);

// The meanings of names seen last: a text has few and says them often. Of one thread; what it
// answers does not depend on what it was asked before.
class NameCache {
 public:
  RunMeaning meaning(std::string_view text, Span run);

 private:
  struct Short {
    uint64_t key = 0;  // bytes of a run, and zeros
    RunMeaning meaning;
  };
  using Key = std::array<uint64_t, 3>;
  struct Entry {
    Key key{};
    RunMeaning meaning;
  };
  // Most names are short.
  std::array<Short, 256> shorts_{};
  std::array<Entry, 512> entries_{};
};

// Whether "and ", "/ " and the like may stand before a name behind a blank, and with them a user.
// False is certain.
bool may_have_user_before(std::string_view text, size_t begin);

// The whole name of a key that is called so and no more: "API key", "clave de acceso". Nothing when
// no word says whose key it is.
std::optional<Span> owned_key(std::string_view text, Span key);

// Whether another word is glued behind a hit of an anchor for users and their secrets, which is
// then the name of something else, whatever stands around it: "loginButton", "auth.js".
bool is_glued_credential(std::string_view text, Span hit);

// The name around a hit of an anchor; nothing when it names no secret.
std::optional<Name> name_at(std::string_view text, Span hit, NameCache& cache);

}  // namespace spillguard::detect::generic
