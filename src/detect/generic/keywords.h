// The words that give a secret away, in English, German, French, Spanish and Portuguese, and what
// the words beside them in a name do to that. Pure data and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "detect/generic/candidate.h"

namespace spillguard::detect::generic {

// What the literal index looks for, in any case: stems, so that few literals find many words.
struct Anchor {
  std::string_view text;
  bool tool = false;  // a program whose arguments are read
};
std::span<const Anchor> anchors();
// How an anchor is read where it stands in plain prose.
enum class Stem : uint8_t {
  kNone,    // as elsewhere
  kWord,    // password, token …
  kKey,     // needs a word that says whose
  kPairs,   // credentials …: a user and a value
  kLogin,   // the same, or "login as …"
  kPhrase,  // "log in as …" only
};
Stem stem_of(uint32_t anchor);

// Whether small letters follow an anchor that ends there, and no word that names a secret goes on
// so: "passing", "keyboard", "author". What else such a word may hold has an anchor of its own.
bool goes_on_otherwise(std::string_view text, uint32_t anchor, size_t end);

// What one part of a name says ("password", "dbpass", "apikey"), in lower case; nothing when it
// says nothing. Keys count only with a word before them that says whose (qualifies_key).
std::optional<Noun> noun_of(std::string_view part);
// Whether the part before "key" makes a secret of it: "api", "access", "signing" …
bool qualifies_key(std::string_view part);
// Whether the part before a key or token makes none of it: "public", "primary", "next page" …
bool disqualifies(std::string_view part);
// Whether a name that goes on with this part is about the secret only: "length", "policy" …
bool describes(std::string_view part);
// Whether a name that begins with this part is about the secret only: "has", "min" …
bool asks(std::string_view part);
// Words for the user in "login/password": user, login, benutzer, usuario …
bool names_user(std::string_view part);

}  // namespace spillguard::detect::generic
