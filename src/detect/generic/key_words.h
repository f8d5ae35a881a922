// What the words of a key besides its keyword make of it.
// Thread-safety: pure functions.
#pragma once

#include <string_view>

namespace spillguard::detect::generic {

// "tokenName", "password.file", "secret-length": behind the keyword stands what the value is
// instead.
bool turns_key_away(std::string_view tail);
// "unexpected token", "public key", "primary key", "forgot password": before it.
bool disarms_key(std::string_view head);
// Names of standards whose values are public or for one use, whatever their words say.
bool names_no_secret(std::string_view name);
// "api key", "access token", "client secret", "db password".
bool strengthens_key(std::string_view head);

// Calls visit(word) for each word of a name: camelCase, snake_case, dotted and dashed ones.
template <typename Visit>
void for_each_word(std::string_view name, Visit visit);

}  // namespace spillguard::detect::generic

#include "detect/generic/characters.h"

namespace spillguard::detect::generic {

// Whether a word begins at an offset behind a letter of a name: at a hump of camelCase.
inline bool is_hump(std::string_view name, size_t i) {
  return is_upper(name[i]) &&
         (is_lower(name[i - 1]) || (i + 1 < name.size() && is_lower(name[i + 1])));
}

// The word that a name begins with, which begins with a letter.
inline std::string_view first_word(std::string_view name) {
  size_t end = 1;
  while (end < name.size() && is_letter(name[end]) && !is_hump(name, end)) ++end;
  return name.substr(0, end);
}

template <typename Visit>
void for_each_word(std::string_view name, Visit visit) {
  size_t begin = 0;
  for (size_t i = 0; i <= name.size(); ++i) {
    const bool end = i == name.size() || !is_letter(name[i]);
    const bool hump = !end && i > begin && is_hump(name, i);
    if (!end && !hump) continue;
    if (i > begin) visit(name.substr(begin, i - begin));
    begin = end ? i + 1 : i;
  }
}

}  // namespace spillguard::detect::generic
