#include "detect/stand_ins.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/strings.h"
#include "detect/generic/characters.h"
#include "detect/generic/word_set.h"

namespace spillguard::detect {
namespace {

bool lower_letter(char c) { return c >= 'a' && c <= 'z'; }
bool upper_letter(char c) { return c >= 'A' && c <= 'Z'; }
bool vowel(char c) { return std::string_view("aeiouy").find(c) != std::string_view::npos; }

// Parts of stand-ins, in lower case. Long enough to be rare in random text.
constexpr std::string_view kMarkList[] = {
    "example",  "changeme",  "change_me",  "change-me",  "placeholder", "dummy",
    "redacted", "your_",     "your-",      "yourkey",    "yourtoken",   "yoursecret",
    "yourpass", "xxxx",      "****",       "....",       "____",        "insert_",
    "insert-",  "replace_",  "replace-",   "replaceme",  "notreal",     "not_real",
    "fakekey",  "faketoken", "1234567890", "0123456789", "abcdefgh",    "\xE2\x80\xA6"};
constexpr generic::WordFinder kMarks(kMarkList);

// The longest row of characters that each follow the one before, in any case: "4567", "cdef".
size_t longest_sequence(std::string_view text) {
  size_t longest = 0;
  size_t up = 1;
  size_t same = 1;
  for (size_t i = 1; i < text.size(); ++i) {
    const int step = generic::lower(text[i]) - generic::lower(text[i - 1]);
    up = step == 1 ? up + 1 : 1;
    same = step == 0 ? same + 1 : 1;
    longest = std::max({longest, up, same});
  }
  return longest;
}

// Whether the text is a unit written three times or more, in any case.
bool is_repetition(std::string_view text) {
  for (size_t unit = 1; unit * 3 <= text.size(); ++unit) {
    bool all = true;
    for (size_t i = unit; i < text.size() && all; ++i) {
      all = generic::lower(text[i]) == generic::lower(text[i - unit]);
    }
    if (all) return true;
  }
  return false;
}

// A run of letters of one word: pronounceable, in a rough sense.
bool pronounceable(std::string_view word) {
  size_t vowels = 0;
  size_t consonants = 0;
  for (const char c : word) {
    if (vowel(c)) {
      ++vowels;
      consonants = 0;
    } else if (++consonants > 4) {
      return false;
    }
  }
  return vowels * 5 >= word.size() && vowels * 10 <= word.size() * 8;
}

}  // namespace

bool is_placeholder(std::string_view secret) {
  if (secret.empty() || is_variable(secret)) return true;
  if (kMarks.find(secret, true) != 0) return true;
  const size_t sequence = longest_sequence(secret);
  if (sequence >= 10 || (sequence >= 4 && sequence * 2 > secret.size())) return true;
  return is_repetition(secret);
}

bool is_variable(std::string_view secret) {
  if (secret.size() < 2) return false;
  const char first = secret.front();
  const char last = secret.back();
  if ((first == '<' && last == '>') || (first == '[' && last == ']') ||
      (first == '%' && last == '%') || (first == '{' && last == '}')) {
    return true;
  }
  if (secret.find("${") != std::string_view::npos || secret.find("{{") != std::string_view::npos ||
      secret.find("#{") != std::string_view::npos || secret.find("$(") != std::string_view::npos) {
    return true;
  }
  // $NAME and nothing else; a password may well begin with a dollar and go on otherwise.
  return first == '$' && std::all_of(secret.begin() + 1, secret.end(),
                                     [](char c) { return upper_letter(c) || c == '_'; });
}

bool is_password_word(std::string_view secret) {
  static constexpr std::array<std::string_view, 22> kWords = {"password",
                                                              "passwd",
                                                              "pass",
                                                              "pwd",
                                                              "secret",
                                                              "mypassword",
                                                              "my-password",
                                                              "token",
                                                              "xxx",
                                                              "passwort",
                                                              "yourpassword",
                                                              "userpassword",
                                                              "dbpassword",
                                                              "credentials",
                                                              "kennwort",
                                                              "motdepasse",
                                                              "mot_de_passe",
                                                              "contrasena",
                                                              "contrase\u00F1a",
                                                              "contrase\u00D1a",
                                                              "clave",
                                                              "senha"};
  const std::string text = to_lower(secret);
  return std::find(kWords.begin(), kWords.end(), text) != kWords.end();
}

bool reads_like_words(std::string_view secret) {
  std::string word;
  size_t letters = 0;
  size_t readable = 0;
  size_t others = 0;
  const auto close = [&] {
    if (word.size() >= 2 && pronounceable(word)) readable += word.size();
    word.clear();
  };
  for (size_t i = 0; i < secret.size(); ++i) {
    const char c = secret[i];
    if (lower_letter(c) || upper_letter(c)) {
      // camelCase: an upper letter behind a lower one begins a word
      if (upper_letter(c) && i > 0 && lower_letter(secret[i - 1])) close();
      word += upper_letter(c) ? static_cast<char>(c + 32) : c;
      ++letters;
    } else {
      close();
      if (c != '-' && c != '_' && c != '.' && c != ' ' && c != '/' && c != ':') ++others;
    }
  }
  close();
  // Random letters are pronounceable now and then, whole secrets of them are not.
  return letters > 0 && others * 6 <= letters && readable * 10 >= letters * 9;
}

}  // namespace spillguard::detect
