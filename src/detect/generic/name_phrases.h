// Names of several words, and the words behind a name that say what it is of: "mot de passe",
// "clave de acceso", "CLE_SECRETE", "code d'accès", "Kennw.:".
// Thread-safety: pure functions that look at a bounded stretch.
#pragma once

#include <optional>
#include <string_view>

#include "base/span.h"

namespace spillguard::detect::generic {

// The word before an offset with one blank or dash between; empty when there is none.
Span word_before(std::string_view text, size_t offset);

// "mot de passe", "palavra-passe": the begin of the name, or nothing when "passe" is something
// else.
std::optional<size_t> begin_of_passe(std::string_view text, size_t passe);

// "clave de acceso", "chave da API", "cl\u00E9 d'API": where the name ends; key.end when it does
// not.
size_t end_of_owner(std::string_view text, Span key);

// Whether a key is of another language than English, so that its owner stands behind it.
bool is_foreign_key(std::string_view part);
// Whether a part behind such a key says that it is a secret: CHAVE_API, CLE_SECRETE.
bool owns_foreign_key(std::string_view part);
// Whether the word before such a key says that it takes the place of another: "nova chave".
bool renews_key(std::string_view part);
// wifi, wlan, wpa: people choose such keys as they choose passwords.
bool is_of_wifi(std::string_view part);
// "wifi key", "cl\u00E9 wifi", "Schl\u00FCssel (WPA2)"
bool is_key_of_wifi(std::string_view text, Span key);
// "Schl\u00FCssel (WPA2)", "Cl\u00E9 (wifi) :": what is in the bracket says whose it is.
bool is_key_of_bracket(std::string_view text, size_t key_end);
// "clave primaria", "clave de partici\u00F3n", "clave_cache": of a database.
bool is_database_key(std::string_view text, size_t key_end);

// "la contra": short for contrase\u00F1a, and elsewhere another word.
bool is_short_contrasena(std::string_view text, size_t begin);

// Whether a hit of an anchor is one of the names below; most are told by a byte.
inline bool may_be_code(std::string_view text, Span hit) {
  constexpr size_t kShortest = 9;
  return hit.size() >= kShortest && text[hit.begin + 4] == ' ';
}
// "code d'acc\u00E8s", "c\u00F3digo de acceso", "access code": the name, or nothing.
std::optional<Span> access_code(std::string_view text, Span hit);

// Leaders and the point of an abbreviation between a name and its colon: "Contrase\u00F1a...: v",
// "Kennw.: v". Where they end, or `from` when no such thing stands there.
size_t skip_leaders(std::string_view text, size_t from);

}  // namespace spillguard::detect::generic
