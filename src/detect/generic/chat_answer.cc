#include "detect/generic/chat_answer.h"

#include <algorithm>
#include <array>

#include "detect/generic/byte_set.h"
#include "detect/generic/reader_parts.h"
#include "detect/generic/word_set.h"

namespace spillguard::detect::generic {
namespace {

constexpr size_t kMaxMessage = 120;  // of an answer

// What no value of a talk has inside.
constexpr ByteSet kNeverInside("()<>[]{}\"'`$\\|=;,:/");

// How much more than letters and digits a value needs.
enum class Proof : uint8_t { kDigits, kSigns };

// Whether a word of a message is a value: neither a name, nor an address, nor of a program.
bool is_value(std::string_view word, Noun noun, Proof proof) {
  constexpr size_t kLeast = 6;
  constexpr size_t kMost = 128;
  constexpr size_t kLongToken = 16;
  const bool password = noun == Noun::kPassword || noun == Noun::kPassphrase;
  if (word.size() < (password ? kLeast : kLongToken) || word.size() > kMost) return false;
  if (!unlike_words(word)) return false;
  size_t digits = 0;
  bool joined = false;
  bool sign = false;
  bool upper = false;
  bool small = false;
  for (size_t p = 0; p < word.size(); ++p) {
    const char c = word[p];
    if (kNeverInside.holds(c)) return false;
    if (!is_kind(c, kWordKind) && c != '-' && c != '.') sign = true;
    digits += is_digit(c) ? 1 : 0;
    joined = joined || c == '-' || c == '.' || c == '_';
    upper = upper || is_upper(c);
    small = small || is_lower(c);
  }
  const char first = word.front();
  if (first == '@' || first == '#' || first == '.' || first == '-') return false;
  // "web-01.example.org", "user@host1.example"
  const size_t mail = word.find('@');
  if (mail != std::string_view::npos && word.find('.', mail) != std::string_view::npos)
    return false;
  constexpr size_t kDigest = 32;
  if (word.size() >= kDigest && std::all_of(word.begin(), word.end(), is_hex) && password)
    return false;
  if (sign) return digits > 0;
  if (joined) return upper && small && digits > 1;
  return proof == Proof::kDigits && digits > 1;
}

// A user and a value in one word: "bob:v", "bob/v". Where the value begins, or npos.
size_t cut_of_pair(std::string_view word) {
  constexpr ByteSet kCuts(":/");
  const size_t cut = kCuts.find_first(word);
  if (cut == std::string_view::npos || cut < 2) return std::string_view::npos;
  for (size_t p = 0; p < cut; ++p) {
    if (!is_name_byte(word, p) && word[p] != '.' && word[p] != '-' && word[p] != '@')
      return std::string_view::npos;
  }
  return cut + 1;
}

constexpr std::string_view kAnswerWords[] = {
    "it's",      "its",  "c'est",      "cest",   "c",     "here", "hier", "voici",
    "aqu\u00ED", "aqui", "toma",       "try",    "use",   "nimm", "now",  "jetzt",
    "prueba",    "usa",  "tenta",      "essaye", "ahora", "and",  "und",  "et",
    "pass",      "pw",   "maintenant", "dann",   "then",  "puis", "luego"};
constexpr auto kReplySet = word_set(kAnswerWords);

// The words of a message, without those at its end that have no letter or digit: ":)".
class Sentence {
 public:
  Sentence(std::string_view text, Span body) : text_(text) {
    for (size_t p = body.begin; p < body.end;) {
      const size_t end = find_kind(text, p, body.end, kBlankKind);
      if (end > p) {
        if (count_ == words_.size()) {
          count_ = 0;
          return;
        }
        words_.at(count_++) = {p, end};
      }
      p = end + 1;
    }
    while (count_ > 0 && find_kind(text, words_.at(count_ - 1).begin, words_.at(count_ - 1).end,
                                   kWordKind) == words_.at(count_ - 1).end) {
      --count_;
    }
  }
  [[nodiscard]] size_t count() const { return count_; }  // 0 when there are too many
  [[nodiscard]] Span span(size_t i) const { return words_.at(i); }
  [[nodiscard]] std::string_view word(size_t i) const {
    return text_.substr(words_.at(i).begin, words_.at(i).size());
  }

 private:
  static constexpr size_t kMaxWords = 9;
  std::string_view text_;
  std::array<Span, kMaxWords> words_{};
  size_t count_ = 0;
};

// A word without quotes, and marks of code and emphasis, around it.
Span inner_of(std::string_view text, Span word) {
  for (const std::string_view mark : {"{{}}", "``", "\"\"", "''", "**"}) {
    const std::string_view open = mark.substr(0, mark.size() / 2);
    const std::string_view close = mark.substr(mark.size() / 2);
    const std::string_view bytes = text.substr(word.begin, word.size());
    if (bytes.size() > mark.size() && bytes.starts_with(open) && bytes.ends_with(close)) {
      return {word.begin + open.size(), word.end - close.size()};
    }
  }
  return word;
}

bool is_pair_tie(std::string_view word) {
  return word == "/" || word == ":" || word == "-" || word == "|" || word == "//" || word == "->" ||
         word == "\u2013" || word == "\u2192";
}

// "bob / v", "bob:v", also behind a few words with a colon.
std::optional<Answer> pair_in(std::string_view text, const Sentence& words, Noun noun) {
  const auto answer = [&](Span value, Proof proof) -> std::optional<Answer> {
    value = inner_of(text, value);
    if (!is_value(text.substr(value.begin, value.size()), noun, proof)) return std::nullopt;
    return Answer{.value = value, .pair = true};
  };
  const size_t count = words.count();
  if (count == 0) return std::nullopt;
  if (count >= 3 && is_pair_tie(words.word(1))) {
    const bool alone = count == 3 || words.word(3).starts_with('(');
    if (alone) return answer(words.span(2), Proof::kDigits);
  }
  const std::string_view last = words.word(count - 1);
  const size_t cut = cut_of_pair(last);
  if (cut == std::string_view::npos) return std::nullopt;
  if (count > 1 && !words.word(count - 2).ends_with(':')) return std::nullopt;
  const Span whole = words.span(count - 1);
  // "db/v2" is a path.
  return answer({whole.begin + cut, whole.end},
                last[cut - 1] == '/' ? Proof::kSigns : Proof::kDigits);
}

}  // namespace

std::optional<Answer> answer_in(std::string_view text, const Message& message, Noun noun,
                                bool alone) {
  if (message.body.size() > kMaxMessage) return std::nullopt;
  const Sentence words(text, message.body);
  const size_t count = words.count();
  if (count == 0) return std::nullopt;
  const bool pairs_only = noun == Noun::kCredential;
  if (pairs_only) noun = Noun::kPassword;
  if (auto pair = pair_in(text, words, noun)) return pair;
  const Proof proof = message.signed_by ? Proof::kDigits : Proof::kSigns;
  const auto answer = [&](Span value, bool pair) -> std::optional<Answer> {
    value = inner_of(text, value);
    if (!is_value(text.substr(value.begin, value.size()), noun, proof)) return std::nullopt;
    return Answer{.value = value, .pair = pair};
  };
  if (count == 1) return pairs_only ? std::nullopt : answer(words.span(0), false);
  if (alone) return std::nullopt;
  const std::string_view before = words.word(count - 2);
  // "user bob, v"
  const bool pair = before.ends_with(',') && (says_user(words.word(0)) || count == 2);
  if (pairs_only && !pair) return std::nullopt;
  if (pair || before.ends_with(':') || before.ends_with(',') || is_copula(before) ||
      kReplySet.holds(before)) {
    return answer(words.span(count - 1), pair);
  }
  // "v (case sensitive)"
  if (words.word(1).starts_with('(') && !pairs_only) return answer(words.span(0), false);
  return std::nullopt;
}

std::optional<Answer> account_in(std::string_view text, Span body) {
  if (body.size() > kMaxMessage) return std::nullopt;
  return pair_in(text, Sentence(text, body), Noun::kPassword);
}

}  // namespace spillguard::detect::generic
