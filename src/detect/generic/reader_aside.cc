// Values in brackets behind a name and a few words, "change the root pw on hv-3 (currently v)", and
// behind a word that asks to type them: "when asked for the passphrase type v".
#include "detect/generic/byte_set.h"
#include "detect/generic/keywords.h"
#include "detect/generic/reader_parts.h"
#include "detect/generic/word_set.h"

namespace spillguard::detect::generic {
namespace {

constexpr size_t kMaxAsideWords = 5;  // between name and bracket
constexpr size_t kMaxAsideWay = 48;   // bytes of them

// Words in a bracket before a value.
constexpr std::string_view kStates[] = {
    "currently",  "now",      "now:",         "still",      "is",     "is:",   "=",
    "aktuell",    "derzeit",  "momentan",     "jetzt",      "noch",   "ist",   "bisher",
    "currently:", "aktuell:", "actuellement", "maintenant", "encore", "est",   "actualmente",
    "ahora",      "es",       "todav\u00EDa", "atualmente", "agora",  "ainda", "\u00E9",
    "was",        "old:",     "new:",         "neu:",       "alt:",   "temp:", "initially"};
constexpr auto kStateSet = word_set(kStates);

constexpr std::string_view kTyping[] = {"type",      "enter",      "use",     "tape",     "tapez",
                                        "saisir",    "saisissez",  "entrez",  "ingresa",  "ingrese",
                                        "introduce", "introduzca", "escribe", "escriba",  "usa",
                                        "digite",    "digita",     "insira",  "utilisez", "nimm"};
constexpr auto kTypingSet = word_set(kTyping);

// What no value has inside here, and what ends the words before it.
constexpr ByteSet kNeverHere("()<>[]{}\"'`$\\|=;,:/");
constexpr ByteSet kStops(".,;:!?");

// Whether a bare value is more than the name of an algorithm: "SHA256", "OAuth2".
bool is_sure(std::string_view value, bool told) {
  constexpr size_t kLong = 8;
  if (!unlike_words(value)) return false;
  bool sign = false;
  bool digit = false;
  for (size_t p = 0; p < value.size(); ++p) {
    const char c = value[p];
    if (kNeverHere.holds(c)) return false;
    sign = sign || (!is_kind(c, kWordKind | kJoinKind | kWideKind));
    digit = digit || is_digit(c);
  }
  return digit && (sign || (told && value.size() >= kLong));
}

bool offer_aside(const Place& place, size_t from, bool told) {
  const auto value = value_at(place.text, from);
  if (!value) return false;
  const std::string_view bytes = place.text.substr(value->span.begin, value->span.size());
  if (!is_sure(bytes, told || value->quote != '\0')) return false;
  place.offer(*value, Setting::kProse);
  return true;
}

std::string_view aside_word_at(std::string_view text, size_t from) {
  const size_t last = std::min(text.size(), from + kLongProseWord);
  return text.substr(from, from < last ? find_kind(text, from, last, kGapKind) - from : 0);
}

bool read_bracket(const Place& place, size_t open) {
  const std::string_view text = place.text;
  size_t p = open + 1;
  bool told = false;
  for (int i = 0; i < 2; ++i) {
    const std::string_view word = aside_word_at(text, p);
    if (!kStateSet.holds(word)) break;
    told = true;
    p = skip_blanks(text, p + word.size(), 4);
  }
  return offer_aside(place, p, told);
}

}  // namespace

bool read_aside(const Place& place) {
  const std::string_view text = place.text;
  if (place.name.noun == Noun::kCredential) return false;
  size_t p = place.name.key.end;
  if (at(text, p) == ',') ++p;
  if (at(text, p) != ' ') return false;
  const size_t first = p = skip_blanks(text, p, 4);
  const bool password = place.name.noun == Noun::kPassword || place.name.noun == Noun::kPassphrase;
  if (const std::string_view word = aside_word_at(text, p); password && kTypingSet.holds(word)) {
    return offer_aside(place, skip_blanks(text, p + word.size(), 4), true);
  }
  for (size_t i = 0; i <= kMaxAsideWords && p - first < kMaxAsideWay; ++i) {
    const char c = at(text, p);
    if (c == '(') return read_bracket(place, p);
    const std::string_view word = aside_word_at(text, p);
    if (i == 0 && describes(word)) return false;  // "secret ID (v)"
    if (word.empty() || kStops.holds(word.back())) return false;
    p = skip_blanks(text, p + word.size(), 4);
    if (is_line_end(at(text, p))) return false;
  }
  return false;
}

}  // namespace spillguard::detect::generic
