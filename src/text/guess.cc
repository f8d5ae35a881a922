#include <algorithm>
#include <array>

#include "base/strings.h"
#include "text/text.h"
#include "text/wiki_syntax.h"

namespace spillguard::text {
namespace guess {
namespace {

constexpr size_t kNone = std::string_view::npos;
constexpr size_t kLooked = 8192;

std::string_view extension_of(std::string_view file_name) {
  const size_t slash = file_name.rfind('/');
  const std::string_view base = slash == kNone ? file_name : file_name.substr(slash + 1);
  const size_t dot = base.rfind('.');
  return dot == kNone || dot == 0 ? std::string_view{} : base.substr(dot + 1);
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != kNone; }

// {"version":1,"type":"doc", in any order and with any blanks.
bool looks_like_adf(std::string_view head) {
  if (!head.starts_with('{')) {
    return false;
  }
  for (size_t i = head.find("\"type\""); i != kNone; i = head.find("\"type\"", i + 1)) {
    std::string_view rest = trim(head.substr(i + 6));
    if (rest.starts_with(':') && trim(rest.substr(1)).starts_with("\"doc\"")) {
      return true;
    }
  }
  return false;
}

bool looks_like_storage(std::string_view head) {
  return has(head, "<ac:") || has(head, "<ri:") || has(head, "<at:");
}

bool looks_like_html(std::string_view head) {
  return starts_with_ignore_case(head, "<!doctype html") ||
         starts_with_ignore_case(head, "<html") || starts_with_ignore_case(head, "<body");
}

// Begins with an element that a page of Confluence begins with.
bool begins_like_page(std::string_view head) {
  constexpr std::array<std::string_view, 14> kBegins = {
      "<p>",  "<p ",  "<p/>", "<h1",    "<h2",  "<h3",         "<h4",
      "<ul>", "<ol>", "<div", "<table", "<pre", "<blockquote", "<hr"};
  return std::any_of(kBegins.begin(), kBegins.end(),
                     [&](std::string_view begin) { return head.starts_with(begin); });
}

// Only what no other kind of text has: macros that close, link targets, tables with headings.
bool looks_like_wiki(std::string_view head) {
  constexpr std::array<std::string_view, 7> kMacros = {
      "{code}", "{code:", "{noformat}", "{quote}", "{panel:", "{color:", "{panel}"};
  if (std::any_of(kMacros.begin(), kMacros.end(),
                  [&](std::string_view macro) { return has(head, macro); })) {
    return true;
  }
  if (has(head, "|http://]") || has(head, "|https://]") || has(head, "|smart-link]")) {
    return true;
  }
  while (!head.empty()) {
    const size_t end = std::min(head.find('\n'), head.size());
    const std::string_view trimmed = trim(head.substr(0, end));
    head.remove_prefix(std::min(end + 1, head.size()));
    const bool heading = trimmed.size() > 4 && trimmed[0] == 'h' && wiki_line_mark(trimmed) == 4;
    const bool table = trimmed.size() > 4 && trimmed.starts_with("||") && trimmed.ends_with("||");
    const size_t link = trimmed.find("|http");
    const bool target = link != kNone && trimmed.rfind('[', link) != kNone &&
                        trimmed.find(']', link) != kNone && has(trimmed.substr(link), "://");
    if (heading || table || target) {
      return true;
    }
  }
  return false;
}

}  // namespace
}  // namespace guess

Markup guess_markup(std::string_view file_name, std::string_view source) {
  std::string_view head = source.substr(0, guess::kLooked);
  if (head.starts_with("\xEF\xBB\xBF")) {
    head.remove_prefix(3);
  }
  head = trim(head);
  const std::string extension = to_lower(guess::extension_of(file_name));
  if (extension == "html" || extension == "htm" || extension == "xhtml") {
    return Markup::kHtml;
  }
  // Names that say nothing: an export's, the standard input.
  const bool nameless = extension.empty();
  if ((nameless || extension == "json" || extension == "adf") && guess::looks_like_adf(head)) {
    return Markup::kAdf;
  }
  if ((nameless || extension == "xml" || extension == "storage") && head.starts_with('<')) {
    if (guess::looks_like_storage(head) || guess::begins_like_page(head)) {
      return Markup::kStorage;
    }
    if (guess::looks_like_html(head)) {
      return Markup::kHtml;
    }
  }
  if ((nameless || extension == "txt" || extension == "wiki" || extension == "jira") &&
      guess::looks_like_wiki(head)) {
    return Markup::kWiki;
  }
  return extension == "wiki" || extension == "jira" ? Markup::kWiki : Markup::kPlain;
}

}  // namespace spillguard::text
