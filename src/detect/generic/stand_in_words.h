// Words that say what stands there instead of standing for it: "password", "my", "test",
// "required". Thread-safety: pure functions.
#pragma once

#include <span>
#include <string_view>

namespace spillguard::detect::generic {

// How much of a value is made of the words that people put where a secret belongs (password, token,
// your, my, test, foo …), also in leetspeak and with "123" behind them, in 1/1024 of its letters
// and digits.
int stand_in_share(std::string_view value);

// Those words, in lower case; the longest share of a value that they cover counts.
std::span<const std::string_view> stand_in_words();

// Whether the value is one word that states something: true, null, required, invalid, string.
bool is_stating_word(std::string_view value);

}  // namespace spillguard::detect::generic
