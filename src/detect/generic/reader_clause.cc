// Sentences in which no verb stands right between a name and its value: "Kennwort geändert, es ist
// jetzt v", "token of the gateway -> v", "root password on srv1 (v since then)".
#include "detect/generic/byte_set.h"
#include "detect/generic/reader_parts.h"
#include "detect/generic/word_set.h"

namespace spillguard::detect::generic {
namespace {

// What words behind a comma or a full stop begin with when they speak of what was named.
constexpr std::string_view kAnswers[] = {
    "it",     "it's",       "the",        "new",    "now",         "one",    "this",  "es",
    "er",     "sie",        "das",        "neues",  "neuer",       "neu",    "jetzt", "c'est",
    "il",     "elle",       "le",         "la",     "el",          "o",      "nueva", "nuevo",
    "nova",   "novo",       "nouveau",    "ahora",  "nouvelle",    "agora",  "voici", "lo",
    "je",     "te",         "ich",        "here",   "hier",        "aqui",   "segue", "aqu\u00ED",
    "lautet", "qued\u00F3", "c\u2019est", "queda",  "it\u2019s",   "ficou",  "fica",  "ist",
    "neue",   "ci",         "ahora",      "actual", "maintenant,", "\u00E9", "quedo", "old",
    "alte",   "altes",      "ancien",     "viejo",  "antigua"};
// The same that hold a verb, or point to what follows.
constexpr std::string_view kVerbsOfAnswers[] = {"it's",  "it\u2019s",  "c'est", "c\u2019est",
                                                "voici", "qued\u00F3", "quedo"};
// Sentences of one word before an answer.
constexpr std::string_view kDone[] = {"done.",  "erledigt.", "realizado.", "hecho.",
                                      "listo.", "feito.",    "fait.",      "fixed."};
// Words that point to a value before a colon.
constexpr std::string_view kPointers[] = {"ici",   "hier",       "here",  "aqui",    "aqu\u00ED",
                                          "below", "unten",      "abajo", "abaixo",  "segue",
                                          "sigue", "ci-dessous", "mando", "schicke", "envio"};
// Words that say that a value took the place of another, and those between them and the new one.
constexpr std::string_view kReplaced[] = {"remplac\u00E9",
                                          "remplac\u00E9e",
                                          "chang\u00E9",
                                          "chang\u00E9e",
                                          "modifi\u00E9",
                                          "modifi\u00E9e",
                                          "mis",
                                          "mise",
                                          "r\u00E9initialis\u00E9",
                                          "r\u00E9initialis\u00E9e",
                                          "cambiada",
                                          "cambiado",
                                          "cambi\u00F3",
                                          "actualizada",
                                          "reseteada",
                                          "restablecida",
                                          "alterada",
                                          "alterado",
                                          "trocada",
                                          "trocado",
                                          "mudou",
                                          "mudada",
                                          "redefinida",
                                          "redefinido",
                                          "resetada",
                                          "ge\u00E4ndert",
                                          "gesetzt",
                                          "zur\u00FCckgesetzt",
                                          "replaced",
                                          "definida",
                                          "definido",
                                          "fijada",
                                          "puesta",
                                          "passou",
                                          "steht",
                                          "jetzt",
                                          "now",
                                          "reemplazada",
                                          "substitu\u00EDda"};
constexpr std::string_view kReplacers[] = {"par", "en", "\u00E0", "a",    "para", "por",   "auf",
                                           "by",  "to", "as",     "como", "zu",   "comme", "with"};
// What stands behind a value that "auf" stands before.
constexpr std::string_view kChangedBehind[] = {
    "ge\u00E4ndert", "gesetzt",   "zur\u00FCckgesetzt", "umgestellt", "gewechselt",
    "festgelegt",    "angepasst", "abge\u00E4ndert",    "zu",         "umgesetzt"};
constexpr std::string_view kSince[] = {"since", "seit", "depuis", "desde"};
constexpr std::string_view kConnectors[] = {"and", "und", "et", "y", "e", "while", "mientras"};
constexpr std::string_view kOthers[] = {"a",   "o",   "la",  "el",  "celui", "celle",
                                        "das", "der", "die", "one", "that",  "the",
                                        "las", "los", "as",  "os",  "jenes", "dasjenige"};

constexpr auto kAnswerSet = word_set(kAnswers);
constexpr auto kVerbOfAnswerSet = word_set(kVerbsOfAnswers);
constexpr auto kDoneSet = word_set(kDone);
constexpr auto kPointerSet = word_set(kPointers);
constexpr auto kReplacedSet = word_set(kReplaced);
constexpr auto kReplacerSet = word_set(kReplacers);
constexpr auto kChangedBehindSet = word_set(kChangedBehind);
constexpr auto kSinceSet = word_set(kSince);
constexpr auto kConnectorSet = word_set(kConnectors);
constexpr auto kOtherSet = word_set(kOthers);

constexpr size_t kMaxAnswerWords = 8;
constexpr size_t kMaxAnswer = 70;  // bytes of them

Span word_at(std::string_view text, size_t from) {
  const size_t last = std::min(text.size(), from + kLongProseWord);
  return {from, from < last ? find_kind(text, from, last, kBreakKind) : from};
}

std::string_view bytes_of(std::string_view text, Span span) {
  return text.substr(std::min(span.begin, text.size()), span.size());
}

// "a nova \u00E9 v": "a" is of too many sentences to begin an answer by itself.
bool is_of_answer(std::string_view text, Span word) {
  const std::string_view bytes = bytes_of(text, word);
  if (kAnswerSet.holds(bytes)) return true;
  if (same_word(bytes, "a")) return goes_on_with(text, word.end, " nova ");
  // "which is v", and no more of the clauses that begin so
  return (same_word(bytes, "which") && goes_on_with(text, word.end, " is ")) ||
         (same_word(bytes, "que") && goes_on_with(text, word.end, " es ")) ||
         (same_word(bytes, "qui") && goes_on_with(text, word.end, " est "));
}

bool ends_words(std::string_view text, size_t p) {
  return is_line_end(at(text, p)) || ends_sentence(at(text, p - 1)) || at(text, p - 1) == ';';
}

// "(currently v)", "(`v` since then)": what is in a bracket and no remark of words.
bool read_bracket(const Place& place, const ClauseWord& word) {
  const std::string_view text = place.text;
  Fillers fillers = skip_fillers(text, word.word.begin + 1, 2);
  if (fillers.count >= word.words_left) return false;
  if (at(text, fillers.end) == ':') fillers.end = skip_blanks(text, fillers.end + 1, 4);
  const auto value = value_at(text, fillers.end);
  if (!value) return false;
  const std::string_view bytes = bytes_of(text, value->span);
  const bool closed = at(text, value->end) == ')';
  const bool since =
      kSinceSet.holds(bytes_of(text, word_at(text, skip_blanks(text, value->end, 2))));
  if (!closed && !since) return false;
  // "(SHA256)", "(OAuth2)" say what the secret is.
  const bool said = fillers.count != 0 || since || value->quote != '\0';
  if (!(said ? unlike_words(bytes) : looks_made(bytes))) return false;
  place.offer(*value, Setting::kProse);
  return true;
}

// "auf v ge\u00E4ndert", "remplac\u00E9 par v"
bool read_replaced(const Place& place, const ClauseWord& word) {
  const std::string_view text = place.text;
  const std::string_view tie = bytes_of(text, word.word);
  if (!kReplacerSet.holds(tie) || word.words_left < 2) return false;
  const size_t p = skip_blanks(text, word.word.end, 4);
  if (p == word.word.end) return false;
  if (!kReplacedSet.holds(bytes_of(text, word.before))) {
    const auto value = value_at(text, p);
    if (!value) return false;
    // "I changed the password of the box to v": what is no word needs no verb that we know.
    if (looks_made(bytes_of(text, value->span))) return offer_unlike_words(place, p);
    if (!same_word(tie, "auf")) return false;
    Span behind = word_at(text, skip_blanks(text, value->end, 4));
    while (behind.size() > 0 && ends_sentence(text[behind.end - 1])) --behind.end;
    if (!kChangedBehindSet.holds(bytes_of(text, behind))) return false;
  }
  return offer_unlike_words(place, p);
}

}  // namespace

bool offer_unlike_words(const Place& place, size_t from) {
  size_t p = from;
  while (at(place.text, p) == '*') ++p;
  const auto value = value_at(place.text, p);
  if (!value || !unlike_words(bytes_of(place.text, value->span))) return false;
  place.offer(*value, Setting::kProse);
  return true;
}

bool looks_made(std::string_view value) {
  constexpr size_t kShort = 8;
  constexpr size_t kLong = 16;
  constexpr size_t kHexes[] = {32, 48, 64};
  constexpr ByteSet kOdd("!#%*+$&?^~");
  constexpr ByteSet kDigits("0123456789");
  // Most words have no digit.
  if (value.size() < kShort || kDigits.find_first(value) == std::string_view::npos) return false;
  size_t lowers = 0;
  size_t uppers = 0;
  size_t digits = 0;
  bool sign = false;
  bool random = value.size() >= kLong;
  bool hex = true;
  for (const char c : value) {
    lowers += is_lower(c) ? 1 : 0;
    uppers += is_upper(c) ? 1 : 0;
    digits += is_digit(c) ? 1 : 0;
    hex = hex && is_hex(c);
    sign = sign || kOdd.holds(c);
    random = random && (is_word(c) || c == '-' || c == '+' || c == '/' || c == '=');
  }
  if (digits == 0 || lowers + uppers == 0) return false;
  if (hex) {
    return std::find(std::begin(kHexes), std::end(kHexes), value.size()) != std::end(kHexes);
  }
  return sign || (random && lowers > 1 && uppers > 1 && digits > 1);
}

bool begins_answer(std::string_view text, size_t from) {
  const Span word = word_at(text, skip_blanks(text, from, 4));
  return is_of_answer(text, word) || kDoneSet.holds(bytes_of(text, word));
}

bool read_answer(const Place& place, size_t from) {
  if (place.name.tail || place.name.noun == Noun::kCredential) return false;
  const std::string_view text = place.text;
  size_t p = skip_blanks(text, from, 4);
  if (!begins_answer(text, p)) return false;
  const size_t begin = p;
  bool pronouns = true;  // so far nothing else
  for (size_t i = 0; i < kMaxAnswerWords && p - begin < kMaxAnswer; ++i) {
    const Span word = word_at(text, p);
    if (word.size() == 0) return false;
    const std::string_view bytes = bytes_of(text, word);
    if (pronouns && (is_copula(bytes) || kVerbOfAnswerSet.holds(bytes))) {
      size_t value = skip_fillers(text, word.end, 3).end;
      if (at(text, value) == ':') value = skip_blanks(text, value + 1, 4);
      if (offer_unlike_words(place, value)) return true;
      if (!kAnswerSet.holds(bytes)) return false;  // "es" is a verb and a pronoun
    }
    const bool bracket = bytes.front() == '(';  // "The new one (since May) is v"
    pronouns = pronouns && (bracket || is_of_answer(text, word));
    p = word.end;
    if (bracket) {
      const size_t close = text.substr(0, std::min(text.size(), begin + kMaxAnswer)).find(')', p);
      p = close == std::string_view::npos ? p : close + 1;
    }
    if (i == 0 && kDoneSet.holds(bytes)) {
      p = skip_blanks(text, p, 4);
      pronouns = begins_answer(text, p);
      continue;
    }
    if (ends_words(text, p)) return false;
    p = skip_blanks(text, p, 4);
    if (at(text, p) == ':') {
      if (!is_blank(at(text, p + 1)) || !(pronouns || kPointerSet.holds(bytes))) return false;
      return offer_unlike_words(place, skip_blanks(text, p + 1, 4));
    }
  }
  return false;
}

bool read_clause_word(const Place& place, const ClauseWord& word) {
  const std::string_view text = place.text;
  if (place.name.noun == Noun::kCredential) return false;
  const char first = at(text, word.word.begin);
  if (first == '(') return read_bracket(place, word);
  const std::string_view bytes = bytes_of(text, word.word);
  const bool arrow = bytes == "->" || bytes == "-->" || bytes == "\u2192";
  if (arrow || text.substr(std::min(word.word.begin, text.size()), 3) == "=> ") {
    const size_t end = arrow ? word.word.end : word.word.begin + 2;
    const size_t p = skip_blanks(text, end, 4);
    return p != end && word.words_left > 1 && offer_unlike_words(place, p);
  }
  constexpr size_t kLongestTie = 5;
  if (bytes.size() <= kLongestTie) return read_replaced(place, word);
  if (!word.owned || !is_line_end(at(text, skip_blanks(text, word.word.end, 4)))) return false;
  return looks_made(bytes) && offer_unlike_words(place, word.word.begin);
}

void read_second(const Place& place, size_t from) {
  const std::string_view text = place.text;
  size_t p = from;
  while (is_kind(at(text, p), kQuoteKind) || at(text, p) == ',' || at(text, p) == '*') ++p;
  const size_t begin = skip_blanks(text, p, 4);
  Span word = word_at(text, begin);
  if (begin == p || !kConnectorSet.holds(bytes_of(text, word))) return;
  p = skip_blanks(text, word.end, 4);
  bool owned = false;
  for (size_t i = 0; i < kMaxProseWords && p - begin < kMaxAnswer; ++i) {
    word = word_at(text, p);
    const std::string_view bytes = bytes_of(text, word);
    if (word.size() == 0) return;
    if (owned && is_copula(bytes)) {
      offer_unlike_words(place, skip_fillers(text, word.end, 2).end);
      return;
    }
    // "the one of …", "a do …": nothing else may be said of
    if (!owned && says_whose(bytes)) {
      owned = true;
    } else if (!owned && !kOtherSet.holds(bytes)) {
      return;
    }
    p = word.end;
    if (ends_words(text, p)) return;
    p = skip_blanks(text, p, 4);
  }
}

}  // namespace spillguard::detect::generic
