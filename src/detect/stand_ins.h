// Texts that people write where a secret would stand: placeholders, variables, words.
// Thread-safety: pure functions.
#pragma once

#include <string_view>

namespace spillguard::detect {

// xxxx, *****, changeme, <your token>, 1234567890, abcabcabc, aaaaaaa …
bool is_placeholder(std::string_view secret);
// $VAR, ${VAR}, {{ var }}, %VAR%, #{var}, <var>, [var]: a name that something else replaces.
bool is_variable(std::string_view secret);
// "password", "pass", "secret" and the like, alone.
bool is_password_word(std::string_view secret);
// Letters that could be pronounced, joined like an identifier: "access-token-manager", "getApiKey".
bool reads_like_words(std::string_view secret);

}  // namespace spillguard::detect
