// The forms that people write: placeholders, variables, code, words.
#include <algorithm>
#include <array>
#include <cstdint>

#include "detect/generic/characters.h"
#include "detect/generic/stand_in_words.h"
#include "detect/generic/value_forms.h"
#include "detect/generic/word_set.h"
#include "detect/stand_ins.h"

namespace spillguard::detect::generic {
namespace {

// Four fifths of it: "mypassword42", "secretkey77".
constexpr int kMostlyStandIn = 820;

bool begins_with_word(std::string_view value, std::string_view word) {
  return value.size() >= word.size() && same_word(value.substr(0, word.size()), word);
}

// <p>, <?php, </a: a tag of a markup language begins somewhere.
bool holds_markup(std::string_view value) {
  for (size_t at = value.find('<'); at != std::string_view::npos; at = value.find('<', at + 1)) {
    if (at + 1 == value.size()) return false;
    const char next = value[at + 1];
    if (next == '?' || next == '/' || next == '!') return true;
    const size_t close = value.find('>', at);
    if (is_letter(next) && close != std::string_view::npos &&
        all_of_text(value.substr(at + 1, close - at - 1), is_alnum)) {
      return true;
    }
  }
  return false;
}

// name=value and name:value, which stand for themselves: "width:320,", "pipe=806f", "hintText=".
bool is_pair(std::string_view value) {
  const size_t joint = value.find_first_of("=:");
  if (joint == std::string_view::npos || joint < 1 || !is_letter(value.front())) return false;
  const std::string_view name = value.substr(0, joint);
  if (!all_of_text(name, [](char c) { return is_letter(c) || c == '_' || c == '-' || c == '.'; })) {
    return false;
  }
  // The padding of base64.
  if (joint + 1 == value.size()) return value.size() % 4 != 0 && is_lower(value.front());
  if (value[joint] == '=') return value[joint + 1] != '=';
  return value.back() == ',' || value.back() == ';' ||
         all_of_text(value.substr(joint + 1), is_digit);
}

constexpr int base64_digit(char c) {
  if (is_upper(c)) return c - 'A';
  if (is_lower(c)) return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

// The text that base64 stands for, if it is one of printable ASCII; its length, else 0.
size_t decode_base64_text(std::string_view value, std::array<char, 64>& out) {
  while (!value.empty() && value.back() == '=') value.remove_suffix(1);
  if (value.size() < 4 || value.size() > 84 || value.size() % 4 == 1) return 0;
  uint32_t bits = 0;
  int held = 0;
  size_t size = 0;
  for (const char c : value) {
    const int digit = base64_digit(c);
    if (digit < 0) return 0;
    bits = (bits << 6U) | static_cast<uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    const auto byte = static_cast<unsigned char>(bits >> static_cast<unsigned>(held));
    // A last line feed is of echo.
    if (byte == '\n') continue;
    if (byte < ' ' || byte > '~') return 0;
    out.at(size++) = static_cast<char>(byte);
  }
  return size;
}

}  // namespace

bool is_variable_form(std::string_view value) {
  if (value.size() < 2) return false;
  static constexpr std::string_view kList[] = {
      "process.env", "os.environ",   "os.getenv", "getenv(",  "ENV[",     "env.",    "System.get",
      "config.get",  "secrets.",     "props.",    "$env:",    "$_",       "github.", "vars.",
      "var.",        "this.",        "self.",     "params.",  "request.", "args.",   "settings.",
      "options.",    "credentials(", "vault(",    "arn:aws:", "ssm:",     "op://"};
  static constexpr WordBegins kBegins(kList);
  if (kBegins.begin(value)) return true;
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
  for (size_t i = 1; i < value.size(); ++i) {
    // ${ {{ #{ $( <% %{ @{
    const char c = value[i];
    const char before = value[i - 1];
    if (c == '{' && std::string_view("${#%@").find(before) != std::string_view::npos) return true;
    if ((c == '(' && before == '$') || (c == '%' && before == '<')) return true;
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

// Ctrl+Alt+Entf: keys of a keyboard that are pressed together.
bool is_shortcut(std::string_view value) {
  const size_t plus = value.find('+');
  if (plus == std::string_view::npos || plus < 3) return false;
  constexpr size_t kLongest = 24;
  if (value.size() > kLongest || plus + 1 == value.size()) return false;
  const std::string_view first = value.substr(0, plus);
  for (const std::string_view key :
       {"ctrl", "strg", "control", "alt", "altgr", "shift", "umschalt", "maj", "cmd", "win",
        "windows", "option", "may\u00FAs", "mayus"}) {
    if (same_word(first, key)) return true;
  }
  return false;
}

bool is_code(std::string_view value, bool quoted) {
  if (holds_markup(value) || is_shortcut(value)) return true;
  if (!quoted) {
    if (is_pair(value)) return true;
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
  // Markup, and code in a string; a header with fields of its own, which are read themselves.
  return value.find("=\"") != std::string_view::npos ||
         value.find("=\\\"") != std::string_view::npos ||
         value.find("</") != std::string_view::npos || value.find("/>") != std::string_view::npos ||
         value.find("\" +") != std::string_view::npos ||
         value.find("' +") != std::string_view::npos ||
         value.find("+ '") != std::string_view::npos ||
         value.find("+ \"") != std::string_view::npos || value.starts_with("\\n");
}

// cGFzc3dvcmQ= and "Basic dXNlcjpwYXNz": stand-ins in base64.
bool encodes_stand_in(std::string_view value) {
  if (begins_with_word(value, "basic ")) value.remove_prefix(6);
  std::array<char, 64> buffer{};
  const size_t size = decode_base64_text(value, buffer);
  if (size < 3) return false;
  std::string_view text(buffer.data(), size);
  text = text.substr(text.find(':') == std::string_view::npos ? 0 : text.find(':') + 1);
  return is_literal(text) || stand_in_share(text) >= kMostlyStandIn || is_masked(text);
}

bool is_literal(std::string_view value) { return is_stating_word(value); }

bool is_stand_in(std::string_view value) { return is_stand_in(value, stand_in_share(value)); }

bool is_stand_in(std::string_view value, int share) {
  static constexpr std::string_view kList[] = {"your",    "insert",   "enter_",  "enter-", "change",
                                               "replace", "add_your", "put_",    "the_",   "the-",
                                               "<your",   "example",  "redacted"};
  static constexpr WordBegins kBegins(kList);
  if (kBegins.begin(value)) return true;
  return share >= kMostlyStandIn || is_placeholder(value) || encodes_stand_in(value);
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

namespace {

// Words of sentences and of names: "see-the-vault-entry" is no row, nor "orders-db-password-name".
constexpr std::string_view kNotInRows[] = {
    "the",   "your",   "our",    "see",        "ask",         "and",      "for",    "not",
    "this",  "that",   "from",   "with",       "has",         "been",     "will",   "must",
    "are",   "was",    "here",   "there",      "use",         "get",      "set",    "same",
    "you",   "who",    "please", "enter",      "bitte",       "siehe",    "der",    "die",
    "das",   "und",    "dein",   "ihr",        "voir",        "votre",    "les",    "voici",
    "ver",   "aqui",   "sua",    "para",       "password",    "passwort", "passwd", "pass",
    "token", "secret", "key",    "credential", "credentials", "auth",     "api",    "user",
    "login", "name",   "value",  "change"};
constexpr auto kNotInRowSet = word_set(kNotInRows);

}  // namespace

// Of names, too, those with dots and underscores have four words; not those that end with a number.
bool is_word_row(std::string_view value) {
  constexpr size_t kLeastLetters = 3;
  constexpr size_t kMostLetters = 12;
  constexpr size_t kMostDigits = 4;
  constexpr size_t kLeastWords = 4;
  size_t words = 0;
  char joint = '\0';
  size_t at = 0;
  while (true) {
    const size_t begin = at;
    while (at < value.size() && (is_lower(value[at]) || (at == begin && is_upper(value[at])))) ++at;
    if (at - begin < kLeastLetters || at - begin > kMostLetters) return false;
    if (kNotInRowSet.holds(value.substr(begin, at - begin))) return false;
    ++words;
    if (at == value.size() || is_digit(value[at]) || value[at] == '!') break;
    if (joint == '\0') joint = value[at];
    if (value[at] != joint || (joint != '-' && joint != '.' && joint != '_')) return false;
    ++at;
    if (at < value.size() && is_digit(value[at])) break;
  }
  if (words < kLeastWords || (joint != '-' && at == value.size())) return false;
  const size_t digits = at;
  while (at < value.size() && is_digit(value[at])) ++at;
  if (at - digits > kMostDigits) return false;
  return at == value.size() || (at + 1 == value.size() && value[at] == '!');
}

}  // namespace spillguard::detect::generic
