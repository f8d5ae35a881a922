// The pieces of Jira wiki markup that can be told by looking at them alone. When in doubt a piece
// is no markup: a kept star costs nothing, a lost or torn token costs a finding.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/span.h"

namespace spillguard::text {

// {name} or {name:parameters} of a macro that Jira knows; offsets count from the '{'.
struct WikiMacro {
  std::string_view name;
  Span parameters;
  size_t length = 0;        // with both braces
  bool verbatim = false;    // no markup inside: code, noformat
  bool inline_run = false;  // its text belongs to the text around it: color, anchor
};
std::optional<WikiMacro> parse_wiki_macro(std::string_view text);

// {*} and its like: a phrase mark inside a word, as Jira's editor writes it.
bool is_braced_mark(std::string_view text);

// What stands between [ and ].
struct WikiLink {
  Span text;  // empty when the target is all there is
  Span target;
  Span tip;  // the third part, when it says something
};
std::optional<WikiLink> parse_wiki_link(std::string_view inside);

// What stands between ! and !: an image or another embedded file.
bool is_wiki_image(std::string_view inside);

// The length of what marks a line: "h1. ", "bq. ", "* ", "## ", "----". 0 when nothing does.
size_t wiki_line_mark(std::string_view line);

bool is_wiki_escapable(char c);
// Whether a phrase (*bold*, _emphasis_, …) may begin behind or end before this text of its line.
// Stricter than Jira, which takes any character that is no letter: tokens are full of those.
bool may_open_phrase(std::string_view before);
bool may_close_phrase(std::string_view after);

}  // namespace spillguard::text
