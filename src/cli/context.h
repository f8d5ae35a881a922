// The surroundings of a secret as people may see them: one line, all secrets masked, nothing that a
// terminal would obey.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "detect/engine.h"

namespace spillguard::cli {

// A text without control characters, valid UTF-8.
std::string for_terminal(std::string_view text);
// The mask of a secret, for people.
std::string shown_secret(std::string_view secret);

// The lines of one text in which secrets stand. Refers to the text.
class MaskedLines {
 public:
  MaskedLines(std::string_view text, std::span<const detect::Match> matches);
  // Up to 60 bytes of the secret's first line before it, and of its last line behind it.
  [[nodiscard]] std::string before(Span secret) const;
  [[nodiscard]] std::string after(Span secret) const;

 private:
  [[nodiscard]] std::string masked(Span part) const;
  std::string_view text_;
  std::vector<Span> secrets_;  // merged, ascending
};

}  // namespace spillguard::cli
