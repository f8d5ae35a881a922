// Values on the line below their name, and values that stand before it.
#include <bit>
#include <cstdint>

#include "detect/generic/reader_parts.h"
#include "detect/generic/word_set.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace spillguard::detect::generic {

using std::string_view_literals::operator""sv;
namespace {

constexpr size_t kMaxWord = 128;

// The word that ends at `end`, in quotes or not.
std::optional<Value> value_ending(std::string_view text, size_t end) {
  if (end == 0) return std::nullopt;
  const char quote = text[end - 1];
  if (quote == '"' || quote == '\'' || quote == '`') {
    size_t begin = end - 1;
    while (begin > 0 && end - begin < kMaxWord && text[begin - 1] != quote &&
           !is_line_end(text[begin - 1])) {
      --begin;
    }
    if (begin == 0 || text[begin - 1] != quote || begin >= end - 1) return std::nullopt;
    return Value{.span = {begin, end - 1}, .quote = quote, .end = end};
  }
  if (end >= 4 && text.substr(end - 2, 2) == "}}") {
    size_t begin = end - 2;
    while (begin > 1 && end - begin < kMaxWord && text[begin - 1] != '{' &&
           !is_line_end(text[begin - 1])) {
      --begin;
    }
    if (begin < 2 || text[begin - 1] != '{' || begin >= end - 2) return std::nullopt;
    return Value{.span = {begin, end - 2}, .quote = '`', .end = end};
  }
  size_t begin = end;
  while (begin > 0 && end - begin < kMaxWord && !is_gap(text[begin - 1])) --begin;
  if (begin == end || end - begin >= kMaxWord) return std::nullopt;
  return Value{.span = {begin, end}, .quote = '\0', .end = end};
}

// "width:320", "a=b": a setting of its own.
bool is_setting(std::string_view bytes) {
  size_t p = 0;
  while (p < bytes.size() && is_word(bytes[p])) ++p;
  return p != 0 && p + 1 < bytes.size() && (bytes[p] == ':' || bytes[p] == '=') &&
         bytes[p + 1] != '=';
}

bool step_back(std::string_view text, size_t& end, std::string_view lower_case) {
  if (end < lower_case.size() || !goes_on_with(text, end - lower_case.size(), lower_case)) {
    return false;
  }
  end -= lower_case.size();
  return true;
}

// The words of step_back_article() and of the ties in front of a name.
constexpr std::string_view kBefore[] = {
    "the",     "a",         "your", "my",   "our",     "das", "dein", "ihr",   "als",
    "le",      "la",        "el",   "o",    "default", "new", "root", "admin", "user",
    "initial", "temporary", "as",   "como", "comme",   "for", "de"};
constexpr auto kBeforeSet = word_set(kBefore);
// Those of them that tie, and what may stand before the others.
constexpr std::string_view kTies[] = {"as", "als", "como", "comme", "for", "de"};
constexpr std::string_view kVerbs[] = {"is", "ist", "est", "es", "="};
constexpr auto kTieSet = word_set(kTies);
constexpr auto kVerbSet = word_set(kVerbs);

// Where the word that ends at `end` begins, if it is short.
size_t find_blank_back(std::string_view text, size_t end) {
  constexpr size_t kLongest = 10;
#if defined(__SSE2__)
  constexpr size_t kAtOnce = 16;
  if (end >= kAtOnce) {
    const __m128i bytes =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + (end - kAtOnce)));
    const auto blanks =
        static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' '))));
    return end - kLongest + static_cast<size_t>(std::bit_width(blanks >> (kAtOnce - kLongest)));
  }
#endif
  const size_t first = end - std::min(end, kLongest);
  size_t begin = end;
  while (begin > first && text.data()[begin - 1] != ' ') --begin;
  return begin;
}

void step_back_article(std::string_view text, size_t& end) {
  for (const std::string_view article :
       {"the "sv, "a "sv,    "your "sv,  "my "sv,   "our "sv,     "das "sv,      "dein "sv,
        "ihr "sv, "le "sv,   "la "sv,    "el "sv,   "a "sv,       "o "sv,        "default "sv,
        "new "sv, "root "sv, "admin "sv, "user "sv, "initial "sv, "temporary "sv}) {
    size_t begin = end;
    // "como" ends with an article, and is none.
    if (step_back(text, begin, article) && (begin == 0 || is_gap(text[begin - 1]))) end = begin;
  }
}

// echo v | tool --password-stdin
void read_echo(const Place& place) {
  const std::string_view text = place.text;
  const Span line = line_around(text, place.name.key.begin);
  const std::string_view before = text.substr(line.begin, place.name.key.begin - line.begin);
  const size_t echo = before.find("echo ");
  const size_t pipe = before.find('|');
  if (echo == std::string_view::npos || pipe == std::string_view::npos || pipe < echo) return;
  size_t p = skip_blanks(text, line.begin + echo + 5, 4);
  if (goes_on_with(text, p, "-n ")) p = skip_blanks(text, p + 3, 4);
  const auto value = value_at(text, p);
  if (value && value->end <= line.begin + pipe) place.offer(*value, Setting::kCommandLine);
}

}  // namespace

namespace {

// The " / " of a pair; 0 when there is none.
size_t slash_of_pair_line(std::string_view text, size_t line_end) {
  constexpr size_t kLongestUser = 64;
  const size_t begin = skip_space(text, line_end, 4);
  size_t p = begin;
  while (p - begin < kLongestUser &&
         (is_name_byte(text, p) || at(text, p) == '@' || is_kind(at(text, p), kJoinKind))) {
    ++p;
  }
  const bool slash = at(text, p) == ' ' && at(text, p + 1) == '/' && at(text, p + 2) == ' ';
  return slash && p != begin ? p + 1 : 0;
}

}  // namespace

bool may_be_pair_line(std::string_view text, size_t line_end) {
  return is_line_end(at(text, line_end)) && slash_of_pair_line(text, line_end) != 0;
}

bool read_pair_line(const Place& place, size_t line_end) {
  const std::string_view text = place.text;
  const size_t slash = slash_of_pair_line(text, line_end);
  if (slash == 0) return false;
  const auto value = value_at(text, skip_blanks(text, slash + 1, 4));
  if (!value || !is_line_end(at(text, skip_blanks(text, value->end)))) return false;
  return read_strict_pair(place, skip_space(text, line_end, 4), Setting::kList);
}

// What a console answers: => "v"
bool read_echoed(const Place& place, size_t from) {
  const std::string_view text = place.text;
  const size_t p = skip_space(text, from, 4);
  if (!goes_on_with(text, p, "=> ") || !opens_quote(text, p + 3)) return false;
  const auto value = quoted_value(text, p + 3);
  if (!value || !is_line_end(at(text, skip_blanks(text, value->end)))) return false;
  place.offer(*value, Setting::kList);
  return true;
}

bool read_next_line(const Place& place, size_t from, bool tied) {
  if (read_echoed(place, from)) return true;
  if (!tied && place.name.tail) return false;
  if (place.name.noun == Noun::kCredential && read_pair_line(place, from)) return true;
  const std::string_view text = place.text;
  // The name stands alone on its line, but for a list's mark, a few words and a colon.
  const Span line = line_around(text, place.name.key.begin);
  // Behind more than that it must look like a value: "… with my name kiosk and this password:"
  constexpr size_t kShortLine = 48;
  const bool far = place.name.key.begin - line.begin > kShortLine;
  if (far && !tied) return false;
  for (size_t p = line.begin; !far && p < place.name.key.begin; ++p) {
    if (text[p] == '=' || text[p] == ',' || text[p] == ';' || text[p] == '(') return false;
  }
  size_t p = skip_space(text, from, 8);
  size_t breaks = 0;
  for (size_t i = from; i < p; ++i) breaks += text[i] == '\n' ? 1 : 0;
  if (breaks == 0 || breaks > 2) return false;
  while (at(text, p) == '-' || at(text, p) == '*' || at(text, p) == '>' || at(text, p) == '#') {
    if (!is_blank(at(text, p + 1))) break;
    p = skip_blanks(text, p + 1, 8);
  }
  const size_t end = line_end(text, p);
  if (place.name.pair && read_pair(place, p, Setting::kList)) return true;
  const auto value = value_at(text, p);
  if (!value) return false;
  const size_t rest = skip_blanks(text, value->end);
  const bool alone = rest >= end || rest >= text.size();
  const char after = at(text, value->span.end);
  if (!alone || after == ':' || after == '=') return false;
  const std::string_view bytes = text.substr(value->span.begin, value->span.size());
  const bool picture = bytes.find("](") != std::string_view::npos;
  const bool fits = place.name.plain && place.name.noun != Noun::kCredential && !picture;
  if (far && (!fits || !unlike_words(bytes))) return false;
  if (value->quote == '\0' && (is_setting(bytes) || (!tied && !unlike_words(bytes)))) return false;
  place.offer(*value, Setting::kList);
  return true;
}

bool may_be_tied_before(std::string_view text, size_t key) {
  if (key < 4 || text[key - 1] != ' ') return false;
  // What read_before() steps over: articles and ties, by their words.
  const size_t last = key - 1;
  const size_t word = find_blank_back(text, last);
  const std::string_view article(text.data() + word, last - word);
  if (!kBeforeSet.holds(article)) return false;
  if (kTieSet.holds(article)) return true;
  // "the password" and nothing that ties before it: most are of sentences.
  if (word == 0) return false;
  const size_t begin = find_blank_back(text, word - 1);
  const std::string_view other(text.data() + begin, word - 1 - begin);
  return kBeforeSet.holds(other) || kVerbSet.holds(other);
}

void read_before(const Place& place) {
  const std::string_view text = place.text;
  const size_t key = place.name.key.begin;
  // admin:v (user:password)
  if (place.name.pair && key > 0) {
    size_t open = key;
    while (open > 0 && key - open < 32 && text[open - 1] != '(' && !is_line_end(text[open - 1])) {
      --open;
    }
    if (open > 1 && text[open - 1] == '(' && is_blank(text[open - 2])) {
      size_t end = open - 1;
      while (end > 0 && is_blank(text[end - 1])) --end;
      if (const auto both = value_ending(text, end)) {
        const std::string_view bytes = text.substr(both->span.begin, both->span.size());
        const size_t cut = bytes.find_first_of(":/");
        if (cut != std::string_view::npos && cut != 0) {
          place.offer({.span = {both->span.begin + cut + 1, both->span.end},
                       .quote = both->quote,
                       .end = both->end},
                      Setting::kList);
        }
      }
    }
    return;
  }
  if (key < 4) return;
  if (place.name.tail && goes_on_with(text, place.name.key.end - 5, "stdin")) read_echo(place);
  if (!may_be_tied_before(text, key)) return;
  size_t end = key;
  step_back_article(text, end);
  bool tied = false;
  bool words = true;  // may stand there
  for (const std::string_view tie : {" as "sv, " als "sv, " como "sv, " comme "sv, " for "sv}) {
    tied = tied || step_back(text, end, tie);
  }
  if (!tied) {
    for (const std::string_view tie : {" is "sv, " ist "sv, " est "sv, " es "sv, " = "sv}) {
      tied = tied || (end != key && step_back(text, end, tie));
    }
  }
  if (!tied) {
    // "le puse v de clave"
    if (place.name.noun != Noun::kPassword || !step_back(text, end, " de ")) return;
    words = false;
  }
  while (end > 0 && is_blank(text[end - 1])) --end;
  const auto value = value_ending(text, end);
  if (!value) return;
  const std::string_view bytes = text.substr(value->span.begin, value->span.size());
  if (words || unlike_words(bytes)) place.offer(*value, Setting::kProse);
}

}  // namespace spillguard::detect::generic
