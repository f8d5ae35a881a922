// What a line of a talk gives that may answer a question for a password.
// Thread-safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "base/span.h"
#include "detect/generic/candidate.h"
#include "detect/generic/chat_message.h"

namespace spillguard::detect::generic {

// What an answer gives.
struct Answer {
  Span value;
  bool pair = false;
};

// The value that is all of a message, or nearly: "it's v", "user bob, v", "bob / v". `alone`: it is
// all of it, or of a pair.
std::optional<Answer> answer_in(std::string_view text, const Message& message, Noun noun,
                                bool alone);
// "bob / v", "bob:v" in a line.
std::optional<Answer> account_in(std::string_view text, Span body);

}  // namespace spillguard::detect::generic
