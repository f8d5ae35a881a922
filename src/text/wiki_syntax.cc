#include "text/wiki_syntax.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace spillguard::text {
namespace wiki_syntax {
namespace {

constexpr size_t kNone = std::string_view::npos;
constexpr size_t kLongestMacroName = 20;

constexpr std::array<std::string_view, 24> kBlockMacros = {
    "chart",    "children", "code",  "column",  "contentbylabel", "csv",
    "excerpt",  "expand",   "html",  "include", "info",           "markdown",
    "noformat", "note",     "panel", "quote",   "section",        "sql",
    "table",    "tip",      "toc",   "warning", "wiki",           "xml"};
constexpr std::array<std::string_view, 4> kInlineMacros = {"anchor", "color", "jira", "status"};

template <size_t size>
bool is_one_of(const std::array<std::string_view, size>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Whether a part of a link looks like something that can be linked to.
bool is_target(std::string_view part) {
  constexpr std::array<std::string_view, 6> kPrefixes = {"mailto:", "file:", "www.",
                                                         "//",      "\\\\",  "tel:"};
  if (part.find("://") != kNone) {
    return true;
  }
  if (std::any_of(kPrefixes.begin(), kPrefixes.end(),
                  [&](std::string_view prefix) { return part.starts_with(prefix); })) {
    return true;
  }
  const bool local =
      part.size() > 1 && (part[0] == '#' || part[0] == '^' || part[0] == '~' || part[0] == '/');
  return local && part.find(' ') == kNone;
}

}  // namespace
}  // namespace wiki_syntax

std::optional<WikiMacro> parse_wiki_macro(std::string_view text) {
  size_t i = 1;
  while (i < text.size() && i <= wiki_syntax::kLongestMacroName &&
         ((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z'))) {
    ++i;
  }
  if (i == 1 || i >= text.size() || (text[i] != '}' && text[i] != ':')) {
    return std::nullopt;
  }
  WikiMacro macro;
  macro.name = text.substr(1, i - 1);
  const std::string name = to_lower(macro.name);
  macro.inline_run = wiki_syntax::is_one_of(wiki_syntax::kInlineMacros, name);
  if (!macro.inline_run && !wiki_syntax::is_one_of(wiki_syntax::kBlockMacros, name)) {
    return std::nullopt;
  }
  macro.verbatim = name == "code" || name == "noformat";
  macro.parameters = {i, i};
  if (text[i] == ':') {
    const size_t end = text.find_first_of("}\n", i);
    if (end == std::string_view::npos || text[end] != '}') {
      return std::nullopt;
    }
    macro.parameters = {i + 1, end};
    i = end;
  }
  macro.length = i + 1;
  return macro;
}

bool is_braced_mark(std::string_view text) {
  constexpr std::string_view kMarks = "*_-+^~";
  return text.size() >= 3 && text[0] == '{' && text[2] == '}' &&
         kMarks.find(text[1]) != std::string_view::npos;
}

std::optional<WikiLink> parse_wiki_link(std::string_view inside) {
  const size_t bar = inside.find('|');
  WikiLink link;
  if (bar == std::string_view::npos) {
    // [~user], [^file], [#anchor] and [anything else] stay as they stand.
    const bool address = inside.find("://") != std::string_view::npos ||
                         inside.starts_with("mailto:") || inside.starts_with("\\\\");
    if (!address || inside.find(' ') != std::string_view::npos) {
      return std::nullopt;
    }
    link.target = {0, inside.size()};
    return link;
  }
  size_t end = inside.find('|', bar + 1);
  end = end == std::string_view::npos ? inside.size() : end;
  if (!wiki_syntax::is_target(inside.substr(bar + 1, end - bar - 1))) {
    return std::nullopt;
  }
  link.text = {0, bar};
  link.target = {bar + 1, end};
  if (end + 1 < inside.size() && !inside.substr(end + 1).starts_with("smart-")) {
    link.tip = {end + 1, inside.size()};
  }
  return link;
}

bool is_wiki_image(std::string_view inside) {
  constexpr std::array<std::string_view, 16> kEndings = {
      ".png",  ".jpg", ".jpeg", ".gif", ".bmp", ".svg",  ".webp", ".tif",
      ".tiff", ".mp4", ".mov",  ".avi", ".pdf", ".docx", ".xlsx", ".emf"};
  const std::string_view file = inside.substr(0, inside.find('|'));
  if (file.empty() || file.size() > 2048 || file.front() == ' ') {
    return false;
  }
  if (file.starts_with("http://") || file.starts_with("https://")) {
    return file.find(' ') == std::string_view::npos;
  }
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) {
    return file.size() > ending.size() &&
           equals_ignore_case(file.substr(file.size() - ending.size()), ending);
  });
}

size_t wiki_line_mark(std::string_view line) {
  if (line.size() > 3 && line[0] == 'h' && line[1] >= '1' && line[1] <= '6' && line[2] == '.' &&
      line[3] == ' ') {
    return 4;
  }
  if (line.starts_with("bq. ")) {
    return 4;
  }
  if (trim(line) == "----") {
    return line.size();
  }
  size_t i = 0;
  while (i < line.size() && (line[i] == '*' || line[i] == '#' || line[i] == '-')) {
    ++i;
  }
  const bool list =
      i > 0 && i < 8 && i < line.size() && line[i] == ' ' && (line[0] != '-' || i == 1);
  return list ? i + 1 : 0;
}

bool is_wiki_escapable(char c) {
  constexpr std::string_view kMarkup = "{}[]!*_-+^~|?#";
  return kMarkup.find(c) != std::string_view::npos;
}

bool may_open_phrase(std::string_view before) {
  if (before.ends_with('(')) {
    before.remove_suffix(1);
  }
  return before.empty() || before.back() == ' ' || before.back() == '\t';
}

bool may_close_phrase(std::string_view after) {
  constexpr std::string_view kPunctuation = ".,;:!?)\"'";
  for (size_t i = 0; i < after.size() && i < 3; ++i) {
    if (after[i] == ' ' || after[i] == '\t' || after[i] == '|') {
      return true;
    }
    if (kPunctuation.find(after[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

}  // namespace spillguard::text
