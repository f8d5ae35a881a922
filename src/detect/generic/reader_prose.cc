// Sentences: "the pw is v", "Passwort lautet: v", "password for admin is v", "--password v".
#include <array>
#include <bit>

#include "detect/generic/keywords.h"
#include "detect/generic/reader_parts.h"
#include "detect/generic/word_set.h"

namespace spillguard::detect::generic {

using std::string_view_literals::operator""sv;
namespace {

struct Text {
  std::string_view bytes;
  Span word;
  [[nodiscard]] bool is(std::string_view lower_case) const {
    return word.size() == lower_case.size() && goes_on_with(bytes, word.begin, lower_case);
  }
  template <size_t N>
  [[nodiscard]] bool is_one_of(const WordSet<N>& set) const {
    return set.holds(bytes.substr(std::min(word.begin, bytes.size()), word.size()));
  }
};

// Verbs behind which the value stands.
constexpr std::string_view kCopulas[] = {
    "is",         "are",       "was",        "equals",     "ist",      "sind",  "war",
    "lautet",     "lauten",    "lautete",    "est",        "sont",     "es",    "son",
    "era",        "ser\u00E1", "\u00E9",     "s\u00E3o",   "sera",     "reads", "becomes",
    "hei\u00DFt", "ficou",     "fica",       "qued\u00F3", "queda",    "c'est", "c\u2019est",
    "be",         "seria",     "ser\u00EDa", "serait",     "w\u00E4re"};

// Verbs before "to": "is set to", "was changed to".
constexpr std::string_view kChanges[] = {"set",      "changed", "reset",       "updated", "equal",
                                         "defaults", "default", "chang\u00E9", "back"};

// Words between the verb and the value.
constexpr std::string_view kFillers[] = {
    "now",       "still",       "currently",  "set",          "to",          "just",
    "simply",    "always",      "probably",   "jetzt",        "nun",         "immer",
    "aktuell",   "weiterhin",   "maintenant", "toujours",     "ahora",       "agora",
    "sempre",    "siempre",     "as",         "follows",      "also",        "be",
    "usually",   "normally",    "likely",     "changed",      "wie",         "folgt",
    "the",       "auf",         "das",        "following",    "called",      "this",
    "one",       "here",        "hier",       "ici",          "aqui",        "aqu\u00ED",
    "este",      "esta",        "como",       "derzeit",      "momentan",    "suivant",
    "folgendes", "actualmente", "atualmente", "actuellement", "temporarily", "reset",
    "either",    "entweder",    "soit",       "still,",       "steht",       "nouveau",
    "a",         "ser"};

// Words behind a name that say whose it is.
constexpr std::string_view kWhose[] = {"of",  "for", "on",  "from", "von",  "vom", "f\u00FCr",
                                       "zum", "zur", "de",  "du",   "del",  "des", "da",
                                       "do",  "dos", "den", "para", "pour", "que", "that"};

constexpr auto kWhoseSet = word_set(kWhose);
constexpr auto kCopulaSet = word_set(kCopulas);
constexpr auto kChangeSet = word_set(kChanges);
constexpr auto kFillerSet = word_set(kFillers);

// Sentences end here; what follows is about something else.
bool ends_clause(std::string_view text, size_t p) {
  const char c = at(text, p);
  if (is_kind(c, kLetterKind)) return false;
  if (is_line_end(c) || c == ';' || c == '|' || c == '\t') return true;
  return (c == '.' || c == '!' || c == '?') && (is_gap(at(text, p + 1)));
}

Span next_word(std::string_view text, size_t from) {
  const size_t last = std::min(text.size(), from + kLongProseWord);
  return {from, from < last ? find_kind(text, from, last, kBreakKind) : from};
}

// The words of a clause, one after the other: the bytes that end them are found together.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}
  // What next_word() gives; offsets never fall.
  Span next(size_t from) {
    if (from >= text_.size()) return {from, from};
    uint64_t breaks = from - begin_ < kBits ? breaks_ >> (from - begin_) : 0;
    if (breaks == 0) {
      begin_ = from;
      breaks = breaks_ = find_breaks(text_, from);
    }
    const size_t length =
        breaks == 0 ? kLongProseWord : static_cast<size_t>(std::countr_zero(breaks));
    return {from, from + std::min(length, kLongProseWord)};
  }

 private:
  static constexpr size_t kBits = 64;
  std::string_view text_;
  size_t begin_ = 0;
  uint64_t breaks_ = 0;
};

// Whether the name is an option of a command: --password, -password, /password
bool is_option(std::string_view text, size_t key) {
  return key > 0 && text[key - 1] == '-' && (key == 1 || !is_word(text[key - 2]));
}

// How much a bare value must look like one.
enum class Doubt : uint8_t {
  kNone,
  kSentence,  // words pass only where they end the clause
  kWords,     // no words
};

bool is_description(std::string_view text, Span word) {
  constexpr size_t kLongest = 24;
  return word.size() <= kLongest && describes(text.substr(word.begin, word.size()));
}

// Whether small letters and capitals change more often than in most names: "tHWnsCGRlrwZbqcab".
// The model tells the rest of the names.
bool has_odd_case(std::string_view letters) {
  constexpr size_t kLeast = 8;
  if (letters.size() < kLeast) return false;
  size_t humps = 0;
  size_t changes = 0;
  for (size_t p = 1; p < letters.size(); ++p) {
    const bool upper = is_upper(letters[p]);
    const bool changed = upper != is_upper(letters[p - 1]);
    humps += changed && upper ? 1 : 0;
    changes += changed ? 1 : 0;
  }
  return humps >= 2 && changes * 3 >= letters.size();
}

// Whether a word of letters alone stands here, and nothing that would make more of it: most names
// in sentences are followed by one.
bool is_plain_word(std::string_view text, size_t from) {
  constexpr size_t kLongest = 40;
  const size_t last = std::min(text.size(), from + kLongest);
  size_t end = from;
  while (end < last && is_kind(text.data()[end], kLetterKind)) ++end;
  if (end == from) return false;
  const char c = at(text, end);
  const bool ends =
      c == '.' || c == '?' ? is_gap(at(text, end + 1)) : is_gap(c) || c == ',' || c == ';';
  return ends && !has_odd_case(text.substr(from, end - from));
}

// Behind a bracket that begins with a word and ends a few words on; the word's end when it does
// not.
size_t behind_bracket(std::string_view text, Span word) {
  constexpr size_t kMaxBracket = 80;
  const size_t last = std::min(text.size(), word.begin + kMaxBracket);
  for (size_t p = word.begin; p < last && !is_line_end(text[p]); ++p) {
    if (text[p] == ')') return p + 1;
  }
  return word.end;
}

// The bytes that the words of read_clause_word() begin with.
bool may_be_clause_word(char first, bool owned) {
  return owned || first == '(' || first == '-' || first == '=' || first == '\xE2' ||
         first == '\xC3' || first == 'a' || first == 'c' || first == 'e' || first == 'p' ||
         first == 't' || first == 'w' || first == 'z';
}

// "when asked for the passphrase type v"
bool read_typed(const Place& place, size_t from) {
  const size_t p = skip_blanks(place.text, from, 4);
  const Span word = next_word(place.text, p);
  return looks_made(place.text.substr(word.begin, word.size())) && offer_unlike_words(place, p);
}

bool offer_at(const Place& place, size_t from, Setting setting, Doubt doubt) {
  if (doubt == Doubt::kWords && is_plain_word(place.text, from)) return false;
  auto value = value_at(place.text, from);
  if (value && value->span.size() == 1 && is_digit(place.text[from])) {
    // "enable secret 0 v": the kind of a password in the settings of switches
    value = value_at(place.text, skip_blanks(place.text, from + 1, 2));
  }
  if (!value) return false;
  // "host:5432:db:user:<password>"
  if (at(place.text, value->span.end) == ':' && at(place.text, value->span.end + 1) == '<') {
    return false;
  }
  const std::string_view bytes = place.text.substr(value->span.begin, value->span.size());
  if (doubt != Doubt::kNone && value->quote == '\0' && !unlike_words(bytes)) {
    if (doubt == Doubt::kWords) return false;
    if (!ends_clause(place.text, value->span.end)) return false;
  }
  place.offer(*value, setting);
  return true;
}

// Behind a verb or a colon: passes over fillers, and takes what follows.
bool read_after_verb(const Place& place, size_t from, Setting setting, Doubt doubt) {
  const std::string_view text = place.text;
  size_t p = skip_fillers(text, from, 3).end;
  if (at(text, p) == ':' || at(text, p) == '=') p = skip_blanks(text, p + 1, 8);
  while (at(text, p) == '*') ++p;
  if (is_line_end(at(text, p))) return false;
  const bool pairs = place.name.pair || place.name.noun == Noun::kCredential;
  if (pairs &&
      (read_strict_pair(place, p, Setting::kList) || read_pair(place, p, Setting::kList))) {
    return true;
  }
  if (place.name.noun == Noun::kCredential) return false;
  const size_t count = place.out.size();
  if (!offer_at(place, p, setting, doubt)) return false;
  if (setting == Setting::kProse && place.out.size() > count) {
    read_second(place, place.out.back().value.end);
  }
  return true;
}

// "is for all of us v", "was changed by somebody, it is now v": what the clause states of the name
// stands a few words behind its verb, and is no word.
bool read_stated(const Place& place, size_t from) {
  constexpr size_t kMaxStatedWords = 5;
  const std::string_view text = place.text;
  if (place.name.noun == Noun::kCredential) return false;
  size_t p = skip_blanks(text, from, 4);
  for (size_t i = 0; i < kMaxStatedWords && !ends_clause(text, p); ++i) {
    const Span word = next_word(text, p);
    if (looks_made(text.substr(word.begin, word.size()))) return offer_unlike_words(place, p);
    p = word.end;
    if (word.size() == 0) return false;
    if (at(text, p) == ':') {
      return is_blank(at(text, p + 1)) && offer_unlike_words(place, skip_blanks(text, p + 1, 4));
    }
    // "ab dem 1. April: v"
    const bool ordinal = (word.size() == 2 || word.size() == 3) && is_digit(text[word.begin]) &&
                         is_digit(text[p - 2]) && text[p - 1] == '.';
    if (!ordinal && (at(text, p - 1) == ',' || ends_clause(text, p - 1))) {
      return is_blank(at(text, p)) && read_answer(place, p);
    }
    p = skip_blanks(text, p, 4);
  }
  return false;
}

}  // namespace

Fillers skip_fillers(std::string_view text, size_t from, size_t most) {
  Fillers fillers{.end = skip_blanks(text, from, 8)};
  for (; fillers.count < most; ++fillers.count) {
    const Text word{text, next_word(text, fillers.end)};
    if (!word.is_one_of(kFillerSet)) break;
    fillers.end = skip_blanks(text, word.word.end, 8);
  }
  return fillers;
}

bool is_copula(std::string_view word) { return kCopulaSet.holds(word); }
bool is_change(std::string_view word) { return kChangeSet.holds(word); }
bool says_whose(std::string_view word) { return kWhoseSet.holds(word); }

bool unlike_words(std::string_view value) {
  // Most are letters alone.
  if (all_of_text(value, is_letter)) return has_odd_case(value);
  bool digit = false;
  bool letter = false;
  bool mark = false;
  bool hump = false;
  for (size_t p = 0; p < value.size(); ++p) {
    const char c = value[p];
    if (c == '=' && p != 0 && p + 2 < value.size()) return false;  // a setting
    digit = digit || is_digit(c);
    letter = letter || is_letter(c);
    mark = mark || (!is_word(c) && c != '.' && c != '-' && c != '/' && c != ':' && c != '(' &&
                    static_cast<unsigned char>(c) < 0x80);
    hump = hump || (p > 0 && is_upper(c) && is_lower(value[p - 1]));
  }
  return letter && ((digit && value.size() >= 6) || (mark && (digit || hump)));
}

bool read_prose(const Place& place, const Closers& closers) {
  const std::string_view text = place.text;
  const bool pairs = place.name.pair || place.name.noun == Noun::kCredential;
  size_t p = closers.end;
  if (!is_blank(at(text, p)) && at(text, p) != '(') {
    // "password's", "password/username" …; "the password? It is v"
    if (!ends_sentence(at(text, p))) return false;
    return is_blank(at(text, p + 1))
               ? read_answer(place, p + 1)
               : is_line_end(at(text, p + 1)) && pairs && read_pair_line(place, p + 1);
  }
  if (is_option(text, place.name.key.begin)) {
    p = skip_blanks(text, p, 8);
    if (at(text, p) == '-' || is_line_end(at(text, p))) return true;
    offer_at(place, p, Setting::kCommandLine, Doubt::kNone);
    return true;
  }
  p = skip_blanks(text, p, 8);
  if (pairs && !is_line_end(at(text, p))) {
    size_t q = p;
    for (const std::string_view tie : {"- "sv, "\u2013 "sv, "are "sv, "is "sv}) {
      if (goes_on_with(text, q, tie)) q = skip_blanks(text, q + tie.size(), 4);
    }
    // "credentials admin/v": a slash or colon without blanks, so that no sentence passes.
    const Span word = next_word(text, q);
    const std::string_view bytes = text.substr(word.begin, word.size());
    const bool colon = at(text, word.end) == ':';
    if (colon && is_blank(at(text, word.end + 1)) &&
        read_strict_pair(place, skip_blanks(text, word.end + 1, 8), Setting::kList)) {
      return true;  // "credentials shop: admin / v"
    }
    const bool slash = bytes.find('/') != std::string_view::npos || colon;
    if ((q != p || slash) && read_pair(place, q, Setting::kList)) return true;
  }
  // "Password - v", "password 'v'", "password v"
  const bool dashes = at(text, p) == '-' || is_kind(at(text, p), kWideKind);
  for (const std::string_view dash : {"- "sv, "-- "sv, "\u2013 "sv, "\u2014 "sv}) {
    if (dashes && goes_on_with(text, p, dash)) {
      const size_t q = skip_blanks(text, p + dash.size(), 4);
      if (place.name.noun != Noun::kCredential) offer_at(place, q, Setting::kList, Doubt::kWords);
      return true;
    }
  }
  if (place.name.tail) return false;
  if (place.name.noun != Noun::kCredential && offer_at(place, p, Setting::kProse, Doubt::kWords)) {
    return true;
  }
  // "pass" is a verb too: what is said of it must follow at once.
  const Span keyword = place.name.keyword;
  const bool verb =
      place.name.plain && keyword.size() == 4 && goes_on_with(text, keyword.begin, "pass");

  const size_t clause = p;
  Text before{text, {p, p}};
  Words words(text);
  bool owned = false;
  bool described = false;  // the name is of something that the secret has: only answers follow
  size_t most_words = kMaxProseWords;
  size_t most_bytes = kMaxClause;
  for (size_t i = 0; i < most_words && p - clause < most_bytes; ++i) {
    if (ends_clause(text, p)) return pairs && is_line_end(at(text, p)) && read_pair_line(place, p);
    const Text word{text, words.next(p)};
    if ((i == 1 || i == 2) && !owned && word.is_one_of(kWhoseSet)) most_words = kMaxLateOwnedWords;
    if (i == 0 && word.is_one_of(kWhoseSet)) {
      owned = true;
      most_words = kMaxOwnedWords;
      most_bytes = kMaxOwnedClause;
    }
    // "set the password to v", "was changed to v"
    const bool set_to = word.is("to") && (i == 0 || before.is_one_of(kChangeSet));
    if (!described && (set_to || word.is_one_of(kCopulaSet))) {
      return read_after_verb(place, word.word.end, Setting::kProse,
                             i == 0 && !set_to ? Doubt::kSentence : Doubt::kWords) ||
             read_stated(place, word.word.end);
    }
    // "password hash: v", "token type is v"; not "key set to v"
    if (i == 0 && is_description(text, word.word)) {
      if (word.is("type")) return read_typed(place, word.word.end);
      described = !word.is_one_of(kChangeSet) || !goes_on_with(text, word.word.end, " to ");
    }
    if (verb) return false;
    if (!described && may_be_clause_word(at(text, p), owned) &&
        read_clause_word(place, {.word = word.word,
                                 .before = before.word,
                                 .words_left = most_words - i,
                                 .owned = owned && i != 0})) {
      return true;
    }
    before = word;
    // "the password of the user (cn=svc,dc=corp) is v"
    p = i != 0 && at(text, p) == '(' ? behind_bracket(text, word.word) : word.word.end;
    const char c = at(text, p);
    const bool tied = c == ':' || c == '=';
    const bool compared = c == '=' && (at(text, p + 1) == '=' || at(text, p - 1) == '!');
    if (tied && !compared && p > clause) {
      if (described) return false;
      // "http://", "10:30", "foo:bar"
      const bool blank_behind = is_gap(at(text, p + 1));
      if (c == ':' && !blank_behind) return false;
      if (c == '=' && !blank_behind && !is_blank(at(text, p - 1))) return false;
      return read_after_verb(place, p + 1, Setting::kColon, Doubt::kNone);
    }
    if (word.word.size() > 0 && (at(text, p - 1) == ',' || ends_clause(text, p - 1))) {
      return is_blank(c) ? read_answer(place, p)
                         : pairs && is_line_end(c) && read_pair_line(place, p);
    }
    if (word.word.size() == 0 && !is_blank(c)) return false;
    p = skip_blanks(text, p, 4);
  }
  return false;
}

}  // namespace spillguard::detect::generic
