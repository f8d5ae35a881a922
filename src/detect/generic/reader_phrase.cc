// Phrases that name no secret and say that one follows, or stands before them: "log in with admin
// and v", "unlocked with v", "IDENTIFIED BY 'v'".
#include <array>
#include <optional>

#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {

using std::string_view_literals::operator""sv;
namespace {

constexpr size_t kMaxMarked = 100;  // bytes of a value between marks

// The value right behind a phrase; nothing when there is none.
bool offer_behind_phrase(std::string_view text, Span phrase, size_t from, Noun noun, bool quoted,
                         std::vector<Candidate>& out) {
  const size_t p = skip_blanks(text, from, 8);
  if (p == from) return false;
  const auto value = quoted ? quoted_value(text, p) : value_at(text, p);
  if (!value) return false;
  const Place place{
      .text = text, .name = {.key = phrase, .keyword = phrase, .noun = noun}, .out = out};
  place.offer(*value, Setting::kCommandLine);
  return true;
}

// A name for what a phrase says of a secret.
Place place_of(std::string_view text, Span phrase, Noun noun, std::vector<Candidate>& out) {
  return {.text = text,
          .name = {.key = phrase, .keyword = phrase, .noun = noun, .plain = true},
          .out = out};
}

// {{kiosk}} / {{v}} and `kiosk` / `v`, which people write of accounts without a word that says so:
// around the hit, which is what stands between.
void read_marked_pair(std::string_view text, Span hit, std::vector<Candidate>& out) {
  constexpr size_t kLongestUser = 48;
  const char open = text[hit.end - 1];
  size_t user = hit.begin;
  bool digits = false;
  while (user > 0 && hit.begin - user < kLongestUser && text[user - 1] != open) {
    const char c = text[--user];
    if (is_gap(c)) return;
    digits = digits || is_digit(c);
  }
  const char close = open == '{' ? '}' : '`';
  size_t end = hit.end;
  while (end < text.size() && end - hit.end < kMaxMarked && text[end] != close &&
         !is_gap(text[end])) {
    ++end;
  }
  if (user == 0 || user == hit.begin || text[user - 1] != open || at(text, end) != close) return;
  const std::string_view value = text.substr(hit.end, end - hit.end);
  // "`node18` / `node20`" are two of a kind.
  if (!looks_made(value) && (digits || !unlike_words(value))) return;
  const Place place = place_of(text, hit, Noun::kPassword, out);
  place.offer({.span = {hit.end, end}, .quote = '\0', .end = end}, Setting::kList);
}

// "v einloggen", "kiosk und v anmelden" behind "mit ".
void read_before_verb(std::string_view text, Span verb, std::vector<Candidate>& out) {
  constexpr size_t kFar = 100;
  if (verb.begin < 8 || text[verb.begin - 1] != ' ') return;
  const Span line = line_around(text, verb.begin);
  const size_t first = std::max(line.begin, verb.begin - std::min(verb.begin, kFar));
  const std::string_view before = text.substr(first, verb.begin - 1 - first);
  const size_t with = before.rfind("mit ");
  if (with == std::string_view::npos || (with != 0 && before[with - 1] != ' ')) return;
  const size_t begin = skip_blanks(text, first + with + 4, 4);
  const Place place = place_of(text, verb, Noun::kPassword, out);
  const auto ends_there = [&] {
    return !out.empty() && out.back().value.end <= verb.begin &&
           out.back().value.end + 3 >= verb.begin;
  };
  const size_t count = out.size();
  if (!read_strict_pair(place, begin, Setting::kProse)) {
    const auto value = value_at(text, begin);
    if (!value || !unlike_words(text.substr(value->span.begin, value->span.size()))) return;
    place.offer(*value, Setting::kProse);
  }
  if (out.size() > count && !ends_there()) out.pop_back();
}

// "sign in with the user kiosk and v" in five languages, behind the tie.
void read_login(std::string_view text, Span hit, std::vector<Candidate>& out) {
  size_t p = skip_blanks(text, hit.end, 4);
  if (p == hit.end) return;
  for (const std::string_view word :
       {"mit "sv, "el "sv, "le "sv, "o "sv, "dem "sv, "usuario "sv, "usu\u00E1rio "sv,
        "utilisateur "sv, "l'utilisateur "sv, "compte "sv, "benutzer "sv, "user "sv}) {
    if (goes_on_with(text, p, word)) p = skip_blanks(text, p + word.size(), 4);
  }
  read_strict_pair(place_of(text, hit, Noun::kPassword, out), p, Setting::kProse);
}

}  // namespace

size_t behind_login_tie(std::string_view text, size_t from) {
  for (const std::string_view word : {"with "sv, "as "sv, "using "sv, "to it with "sv}) {
    if (goes_on_with(text, from, word)) return skip_blanks(text, from + word.size(), 4);
  }
  return from;
}

bool read_strict_pair(const Place& place, size_t from, Setting setting) {
  const size_t count = place.out.size();
  if (!read_pair(place, from, setting)) return false;
  if (place.out.size() == count) return false;
  Candidate& last = place.out.back();
  if (!unlike_words(place.text.substr(last.value.begin, last.value.size()))) {
    place.out.pop_back();
    return false;
  }
  last.noun = Noun::kPassword;
  // The user is no way from the name to the value.
  if (from >= place.name.key.end && last.value.begin > from) {
    last.distance = static_cast<uint32_t>(last.value.begin - from);
  }
  return true;
}

bool read_phrase(std::string_view text, Span hit, std::vector<Candidate>& out) {
  const char first = lower(text[hit.begin]);
  if (first == '}' || first == '`') {
    read_marked_pair(text, hit, out);
    return true;
  }
  if (first == 'i' && goes_on_with(text, hit.begin, "identified ")) {
    size_t p = hit.end;
    if (goes_on_with(text, hit.begin, "identified with")) {
      // IDENTIFIED WITH plugin BY 'v'
      p = skip_blanks(text, p, 4);
      while (p < text.size() && p - hit.end < 48 && (is_word(text[p]) || text[p] == '\'')) ++p;
      p = skip_blanks(text, p, 4);
      if (!goes_on_with(text, p, "by")) return true;
      p += 2;
    } else if (goes_on_with(text, p, " password")) {
      p += 9;
    } else if (goes_on_with(text, p, " values")) {
      p += 7;
    }
    offer_behind_phrase(text, hit, p, Noun::kPassword, false, out);
    return true;
  }
  if (first == 'u') {
    const Place place = place_of(text, hit, Noun::kPassword, out);
    const size_t p = skip_blanks(text, hit.end, 4);
    const auto value = value_at(text, p);
    if (p != hit.end && value && unlike_words(text.substr(value->span.begin, value->span.size()))) {
      place.offer(*value, Setting::kProse);
    }
    return true;
  }
  if (text[hit.end - 1] == ':') {  // "Acceso: kiosk / v"
    const size_t p = skip_blanks(text, hit.end, 8);
    if (p != hit.end && (hit.begin == 0 || !is_name_byte(text, hit.begin - 1))) {
      read_strict_pair(place_of(text, hit, Noun::kCredential, out), p, Setting::kList);
    }
    return true;
  }
  if (first == 'e' || goes_on_with(text, hit.begin, "anmelden")) {
    const char second = lower(text[hit.begin + 1]);
    const bool german = first == 'a' || second == 'i' || lower(text[hit.begin + 3]) == 's';
    if (german) {
      read_before_verb(text, hit, out);
      if (lower(text[hit.end - 1]) != 'n') return true;
    }
    read_login(text, hit, out);
    return true;
  }
  if (first == 'a' || first == 'c' || first == 't' || goes_on_with(text, hit.begin, "logar") ||
      goes_on_with(text, hit.begin, "sesi")) {
    read_login(text, hit, out);
    return true;
  }
  if (first == 's' && goes_on_with(text, hit.begin, "securestring")) {
    size_t p = hit.end;
    if (goes_on_with(text, skip_blanks(text, p, 4), "-string")) p = skip_blanks(text, p, 4) + 7;
    offer_behind_phrase(text, hit, p, Noun::kPassword, true, out);
    return true;
  }
  if (first == 'l' &&
      (goes_on_with(text, hit.begin, "log in") || goes_on_with(text, hit.begin, "login") ||
       goes_on_with(text, hit.begin, "logged in"))) {
    const size_t tie = skip_blanks(text, hit.end, 4);
    size_t p = behind_login_tie(text, tie);
    if (p == tie) return !goes_on_with(text, hit.begin, "login");
    for (const std::string_view word : {"user "sv, "username "sv, "credentials "sv, "the "sv}) {
      if (goes_on_with(text, p, word)) p = skip_blanks(text, p + word.size(), 4);
    }
    const Place place{
        .text = text,
        .name = {.key = hit, .keyword = hit, .noun = Noun::kCredential, .plain = true},
        .out = out};
    read_pair(place, p, Setting::kProse);
    return true;
  }
  return false;
}

}  // namespace spillguard::detect::generic
