#include "detect/generic/name_phrases.h"

#include <algorithm>

#include "detect/generic/bytes.h"
#include "detect/generic/keywords.h"
#include "detect/generic/name_parts.h"
#include "detect/generic/word_set.h"

namespace spillguard::detect::generic {

using std::string_view_literals::operator""sv;
namespace {

using LowerPhraseWord = LowerBytes<kMaxPart>;

bool word_is(std::string_view text, Span word, std::string_view lower_case) {
  return word.size() == lower_case.size() && goes_on_with(text, word.begin, lower_case);
}

// Whether two bytes begin one of the words that end_of_owner() looks for; words of English that
// follow a key hardly do.
bool begins_owner(char first, char second) {
  const char next = lower(second);
  switch (lower(first)) {
    case 'd':
      return next == 'e' || next == 'a' || next == '\'' || next == '\xE2';
    case 'a':
      return next == 'p' || next == 'c';
    case 'p':
      return next == 'r' || next == 'a' || next == '\xC3';
    case 's':
      return next == 'e';
    case 'c':
      return next == 'i' || next == 'h' || next == 'r' || next == 'o';
    case 'm':
      return next == 'a' || next == 'e';
    case 'w':
      return next == 'i' || next == 'l';
    case 'h':
      return next == 'm';
    case 'j':
      return next == 'w';
    default:
      return false;
  }
}

// What a key of another language is of; lower case.
constexpr std::string_view kOwners[] = {"api",           "acceso",
                                        "acces",         "acc\u00E8s",
                                        "acesso",        "secreta",
                                        "secrete",       "secr\u00E8te",
                                        "privada",       "privee",
                                        "priv\u00E9e",   "cifrado",
                                        "chiffrement",   "criptografia",
                                        "encriptacion",  "encriptaci\u00F3n",
                                        "assinatura",    "compartida",
                                        "compartilhada", "partilhada",
                                        "partagee",      "partag\u00E9e",
                                        "maestra",       "mestra",
                                        "precompartida", "precompartilhada",
                                        "wifi",          "wlan",
                                        "jwt",           "hmac"};
// The same where a word ties them to the key: these are of English, too, or of other things.
constexpr std::string_view kTiedOwners[] = {"signature", "firma", "licence", "licencia",
                                            "producto",  "wpa",   "wpa2"};
constexpr auto kOwnerSet = word_set(kOwners);
constexpr auto kTiedOwnerSet = word_set(kTiedOwners);

constexpr std::string_view kRenewals[] = {"nova", "nueva", "nouvelle", "neuer", "novas"};
constexpr auto kRenewalSet = word_set(kRenewals);

constexpr std::string_view kOfDatabases[] = {
    "primaria",   "prim\u00E1ria", "foranea",      "for\u00E1nea", "for\u00E2nea",
    "externa",    "publica",       "p\u00FAblica", "cache",        "unica",
    "\u00FAnica", "duplicada",     "compuesta",    "estrangeira",  "natural",
    "candidata",  "cach\u00E9",    "hash",         "particion",    "partici\u00F3n"};
constexpr auto kOfDatabaseSet = word_set(kOfDatabases);

constexpr std::string_view kOfWifi[] = {"wifi", "wlan", "wpa", "wep"};
constexpr auto kOfWifiSet = word_set(kOfWifi);

constexpr std::string_view kArticles[] = {"la", "su", "tu", "mi", "nueva", "otra", "y"};
constexpr auto kArticleSet = word_set(kArticles);

// The word of name bytes at an offset.
Span name_word(std::string_view text, size_t from) {
  const size_t last = std::min(text.size(), from + kMaxPart);
  size_t end = from;
  while (end < last && is_name_byte(text, end)) ++end;
  return {from, end};
}

}  // namespace

Span word_before(std::string_view text, size_t offset) {
  size_t end = offset;
  if (end == 0 || (text[end - 1] != ' ' && text[end - 1] != '-')) return {offset, offset};
  --end;
  const size_t first = end - std::min(end, kMaxPart);
  size_t begin = find_word_begin(text, first, end);
  while (begin > first && is_name_byte(text, begin - 1)) --begin;
  return {begin, end};
}

std::optional<size_t> begin_of_passe(std::string_view text, size_t passe) {
  const Span word = word_before(text, passe);
  if (word_is(text, word, "palavra") || word_is(text, word, "palabra") ||
      word_is(text, word, "frase")) {
    return word.begin;
  }
  if (!word_is(text, word, "de")) return std::nullopt;
  const Span first = word_before(text, word.begin);
  for (const std::string_view head : {"mot"sv, "mots"sv, "phrase"sv, "frase"sv, "code"sv}) {
    if (word_is(text, first, head)) return first.begin;
  }
  return std::nullopt;
}

size_t end_of_owner(std::string_view text, Span key) {
  size_t p = skip_blanks(text, key.end, 2);
  if (!begins_owner(at(text, p), at(text, p + 1))) return key.end;
  const size_t word = p;
  if (goes_on_with(text, p, "de la ")) {
    p += 6;
  } else if (goes_on_with(text, p, "de ") || goes_on_with(text, p, "da ")) {
    p += 3;
  } else if (goes_on_with(text, p, "del ")) {
    p += 4;
  } else if (goes_on_with(text, p, "d'")) {
    p += 2;
  } else if (goes_on_with(text, p, "d\u2019")) {
    p += 4;
  }
  if (goes_on_with(text, p, "pr\u00E9-")) {  // pr\u00E9-partag\u00E9e
    p += 5;
  } else if (goes_on_with(text, p, "pre-")) {
    p += 4;
  }
  const Span owner = name_word(text, p);
  const LowerPhraseWord lower_owner(text, owner);
  const bool owns =
      kOwnerSet.holds(lower_owner.view()) || (p != word && kTiedOwnerSet.holds(lower_owner.view()));
  return owns ? owner.end : key.end;
}

bool is_foreign_key(std::string_view part) { return part == "chave" || part.starts_with("cl"); }

bool owns_foreign_key(std::string_view part) {
  return kOwnerSet.holds(part) || kTiedOwnerSet.holds(part);
}

bool renews_key(std::string_view part) { return kRenewalSet.holds(part); }

bool is_of_wifi(std::string_view part) { return kOfWifiSet.holds(part); }

bool is_key_of_wifi(std::string_view text, Span key) {
  // At either end of the name, or in a bracket behind it.
  const auto word_from = [&](size_t from) {
    size_t end = from;
    while (end - from < kMaxPart && is_kind(at(text, end), kLetterKind)) ++end;
    return text.substr(std::min(from, text.size()), end - from);
  };
  size_t last = key.end;
  while (last > key.begin && is_kind(text[last - 1], kLetterKind)) --last;
  return is_of_wifi(word_from(key.begin)) ||
         (at(text, key.end + 1) == '(' && is_of_wifi(word_from(key.end + 2))) ||
         is_of_wifi(text.substr(last, key.end - last));
}

bool is_key_of_bracket(std::string_view text, size_t key_end) {
  size_t p = key_end;
  if (at(text, p) != ' ' || at(text, p + 1) != '(') return false;
  p += 2;
  size_t end = p;
  while (end - p < kMaxPart && is_kind(at(text, end), kLetterKind)) ++end;
  return qualifies_key(text.substr(p, end - p));
}

bool is_database_key(std::string_view text, size_t key_end) {
  if (at(text, key_end) != ' ' && at(text, key_end) != '_') return false;
  size_t p = key_end + 1;
  if (goes_on_with(text, p, "de ")) p += 3;
  const Span word = name_word(text, p);
  return kOfDatabaseSet.holds(text.substr(word.begin, word.size()));
}

bool is_short_contrasena(std::string_view text, size_t begin) {
  if (begin == 0 || text[begin - 1] == '\n') return true;
  const Span before = word_before(text, begin);
  return kArticleSet.holds(text.substr(before.begin, before.size()));
}

std::optional<Span> access_code(std::string_view text, Span hit) {
  const size_t last = std::min(text.size(), hit.end + kMaxPart);
  Span name = hit;
  while (name.end < last && is_name_byte(text, name.end)) ++name.end;
  while (name.begin > 0 && hit.begin - name.begin < 4 && is_name_byte(text, name.begin - 1)) {
    --name.begin;
  }
  const std::string_view first = text.substr(name.begin, hit.begin - name.begin);
  const std::string_view rest = text.substr(hit.end, name.end - hit.end);
  const char head = lower(text[hit.begin]);
  if (head == 'd') {  // c\u00F3digo de acceso
    const bool whole = same_word(rest, "so") || same_word(rest, "o") || same_word(rest, "sso");
    if (!whole || !(first == "c\u00F3" || same_word(first, "co") || first == "C\u00F3")) {
      return std::nullopt;
    }
    return name;
  }
  if (lower(text[hit.begin + 1]) == 'e') {  // access code
    if (!same_word(first, "ac") || !rest.empty()) return std::nullopt;
    return name;
  }
  if (!first.empty() || !(rest == "\u00E8s" || same_word(rest, "es"))) return std::nullopt;
  return name;
}

size_t skip_leaders(std::string_view text, size_t from) {
  constexpr size_t kMost = 60;
  constexpr size_t kLeast = 3;  // of leaders
  size_t p = at(text, from) == ' ' ? from + 1 : from;
  if (at(text, p) != '.') return from;
  const size_t first = p;
  const size_t last = std::min(text.size(), p + kMost);
  while (p < last && text[p] == '.') ++p;
  const size_t dots = p - first;
  if (at(text, p) == ':' || (dots >= kLeast && at(text, p) == ' ' && at(text, p + 1) == ':')) {
    return p;
  }
  return from;
}

}  // namespace spillguard::detect::generic
