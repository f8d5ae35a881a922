// The forms that people write: placeholders, variables, code, words.
#include <algorithm>
#include <array>

#include "detect/generic/characters.h"
#include "detect/generic/stand_in_words.h"
#include "detect/generic/value_forms.h"
#include "detect/stand_ins.h"

namespace spillguard::detect::generic {
namespace {

bool begins_with_word(std::string_view value, std::string_view word) {
  return value.size() >= word.size() && same_word(value.substr(0, word.size()), word);
}

}  // namespace

bool is_variable_form(std::string_view value) {
  if (value.size() < 2) return false;
  static constexpr std::array<std::string_view, 27> kBegins = {
      "process.env", "os.environ",   "os.getenv", "getenv(",  "ENV[",     "env.",    "System.get",
      "config.get",  "secrets.",     "props.",    "$env:",    "$_",       "github.", "vars.",
      "var.",        "this.",        "self.",     "params.",  "request.", "args.",   "settings.",
      "options.",    "credentials(", "vault(",    "arn:aws:", "ssm:",     "op://"};
  if (std::any_of(kBegins.begin(), kBegins.end(),
                  [&](std::string_view begin) { return begins_with_word(value, begin); })) {
    return true;
  }
  const char first = value.front();
  const char last = value.back();
  if ((first == '@' && last == '@') || (first == '%' && last == '%') ||
      (first == '#' && last == '#' && value.size() > 2)) {
    return all_of_text(value.substr(1, value.size() - 2),
                       [](char c) { return is_word(c) || c == '.' || c == '-'; });
  }
  if ((first == '<' && last == '>') || (first == '[' && last == ']') ||
      (first == '{' && last == '}') || (first == '(' && last == ')')) {
    return true;
  }
  for (const std::string_view mark : {"${", "{{", "#{", "$(", "<%", "%{", "@{"}) {
    if (value.find(mark) != std::string_view::npos) return true;
  }
  // $NAME, $name, :name, %s, %(name)s, \1
  const auto name = [](std::string_view text) {
    return !text.empty() && !is_digit(text.front()) && all_of_text(text, is_word) &&
           std::none_of(text.begin(), text.end(), is_digit);
  };
  if (first == '$' || first == ':' || first == '&' || first == '@') {
    return name(value.substr(1)) || (first == '$' && is_dotted_name(value.substr(1)));
  }
  return first == '%' && (value.size() <= 4 || value[1] == '(');
}

bool is_code(std::string_view value, bool quoted) {
  if (!quoted) {
    if (value.find("()") != std::string_view::npos || value.find("->") != std::string_view::npos ||
        value.find("::") != std::string_view::npos || value.find("=>") != std::string_view::npos ||
        value.find("==") < value.size() - std::min<size_t>(value.size(), 2) ||
        value.find("||") != std::string_view::npos || value.find("&&") != std::string_view::npos) {
      return true;
    }
    // name( … , name[ …
    const size_t open = value.find_first_of("([");
    if (open != std::string_view::npos && open > 1 && is_letter(value.front()) &&
        all_of_text(value.substr(0, open), [](char c) { return is_word(c) || c == '.'; })) {
      return true;
    }
    if (value.ends_with("()") || value.ends_with("{") || value.ends_with("(")) return true;
    for (const std::string_view word : {"new ", "await ", "return ", "func ", "function"}) {
      if (value.starts_with(word)) return true;
    }
  }
  // Markup, and code in a string.
  return value.find("</") != std::string_view::npos || value.find("/>") != std::string_view::npos ||
         value.find("\" +") != std::string_view::npos ||
         value.find("' +") != std::string_view::npos ||
         value.find("+ '") != std::string_view::npos ||
         value.find("+ \"") != std::string_view::npos || value.starts_with("\\n");
}

bool is_literal(std::string_view value) { return is_stating_word(value); }

bool is_stand_in(std::string_view value) {
  static constexpr std::array<std::string_view, 13> kBegins = {
      "your", "insert", "enter_", "enter-", "change",  "replace", "add_your",
      "put_", "the_",   "the-",   "<your",  "example", "redacted"};
  if (std::any_of(kBegins.begin(), kBegins.end(),
                  [&](std::string_view begin) { return begins_with_word(value, begin); })) {
    return true;
  }
  return is_placeholder(value) || stand_in_share(value) >= 1024;
}

bool is_phrase(std::string_view value) {
  size_t words = 0;
  size_t at = 0;
  while (at < value.size()) {
    const size_t begin = at;
    while (at < value.size() && !is_space(value[at])) ++at;
    std::string_view word = value.substr(begin, at - begin);
    while (!word.empty() && !is_alnum(word.back()) && word.back() > 0) word.remove_suffix(1);
    while (!word.empty() && !is_alnum(word.front()) && word.front() > 0) word.remove_prefix(1);
    // Words are letters; "it's", "e-mail" and what lies beyond ASCII are too.
    if (!all_of_text(word, [](char c) {
          return is_letter(c) || c == '\'' || c == '-' || c == '/' || c == '_' || c == '.' || c < 0;
        })) {
      return false;
    }
    words += word.empty() ? 0 : 1;
    while (at < value.size() && is_space(value[at])) ++at;
  }
  return words >= 2;
}

}  // namespace spillguard::detect::generic
