// Talks: one asks for a password, and one of the next lines answers with little more than the
// value; or the value comes first, and the next line says what it was. Lines of Slack, Teams,
// WhatsApp, Skype, IRC and mail.
#include <array>

#include "detect/generic/reader_parts.h"
#include "detect/generic/word_set.h"

namespace spillguard::detect::generic {
namespace {

constexpr size_t kMaxQuestion = 64;  // bytes from the name to the question mark
constexpr size_t kMaxAnswers = 6;    // lines behind a question
constexpr size_t kMaxTalk = 700;     // bytes of them
constexpr size_t kMaxMessage = 120;  // of an answer
constexpr size_t kMaxSender = 32;
constexpr size_t kMaxTime = 40;
constexpr size_t kMaxShort = 80;  // a line of which the value is all, with its sender

bool has_clock(std::string_view bytes) {
  for (size_t i = 1; i + 1 < bytes.size(); ++i) {
    if (bytes[i] == ':' && is_digit(bytes[i - 1]) && is_digit(bytes[i + 1])) return true;
  }
  return false;
}

// Behind "[09:13]", "(9:13:02)", "4/3/24, 11:32 -", "9:33 AM"; `from` when no time stands there.
size_t after_time(std::string_view text, size_t from, size_t end) {
  const char open = at(text, from);
  if (open == '[' || open == '(') {
    const std::string_view inside = text.substr(from, std::min(end - from, kMaxTime));
    const size_t close = inside.find(open == '[' ? ']' : ')');
    if (close == std::string_view::npos || !has_clock(inside.substr(0, close))) return from;
    return std::min(end, skip_blanks(text, from + close + 1));
  }
  if (!is_digit(open)) return from;
  size_t behind = from;  // the last blank
  size_t p = from;
  for (; p < end && p - from < kMaxTime; ++p) {
    const char c = text[p];
    if (is_blank(c)) {
      behind = p + 1;
    } else if (!is_digit(c) && c != ':' && c != '.' && c != '/' && c != '-' && c != ',') {
      break;
    }
  }
  if (p == end) behind = end;
  if (p == behind && lower(at(text, p + 1)) == 'm' && is_gap(at(text, p + 2))) {
    behind = std::min(end, skip_blanks(text, p + 2));
  }
  return has_clock(text.substr(from, behind - from)) ? behind : from;
}

// Behind "Igor:", "Igor :", "<igor>", "bob  09:33"; `from` when no sender stands there.
size_t after_sender(std::string_view text, size_t from, size_t end, bool timed) {
  const bool angle = at(text, from) == '<';
  const size_t name = angle ? from + 1 : from;
  size_t p = name;
  size_t words = 1;
  for (; p < end && p - name < kMaxSender; ++p) {
    const char c = text[p];
    if (is_name_byte(text, p) || c == '.' || c == '-' || c == '@' || c == '\'') continue;
    if (c != ' ' || p == name || !is_name_byte(text, p + 1) || is_digit(text[p + 1]) || ++words > 4)
      break;
  }
  if (p == name) return from;
  if (angle) return at(text, p) == '>' ? std::min(end, skip_blanks(text, p + 1)) : from;
  const size_t next = skip_blanks(text, p, 4);
  if (at(text, next) == ':' && is_gap(at(text, next + 1))) {
    return std::min(end, skip_blanks(text, next + 1));
  }
  if (timed || next == p) return from;
  const size_t time = after_time(text, next, end);
  return time > next ? time : from;
}

// A line without what says who wrote it, and when.
struct Message {
  Span body;
  bool signed_by = false;
};
Message message_in(std::string_view text, Span line) {
  size_t p = line.begin;
  while (p < line.end && (is_blank(text[p]) || text[p] == '>')) ++p;
  if (goes_on_with(text, p, "bq. ")) p += 4;
  const size_t time = after_time(text, p, line.end);
  size_t body = after_sender(text, time, line.end, time != p);
  if (time == p && body != p) body = after_time(text, body, line.end);
  Message message{.body = {body, line.end}, .signed_by = body != p};
  while (message.body.end > body && is_blank(text[message.body.end - 1])) --message.body.end;
  return message;
}

Span line_from(std::string_view text, size_t begin) {
  return {begin, find_line_end(text, begin, std::min(text.size(), begin + kReach))};
}
size_t behind_line(std::string_view text, size_t end) {
  if (at(text, end) == '\r') ++end;
  return at(text, end) == '\n' ? end + 1 : end;
}

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
    if (std::string_view("()<>[]{}\"'`$\\|=;,:/").find(c) != std::string_view::npos) return false;
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
  const size_t cut = word.find_first_of(":/");
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
constexpr auto kAnswerSet = word_set(kAnswerWords);

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

// What an answer gives.
struct Answer {
  Span value;
  bool pair = false;
};

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
      kAnswerSet.holds(before)) {
    return answer(words.span(count - 1), pair);
  }
  // "v (case sensitive)"
  if (words.word(1).starts_with('(') && !pairs_only) return answer(words.span(0), false);
  return std::nullopt;
}

void offer_answer(const Place& place, const Answer& answer, bool sure) {
  const Noun noun = place.name.noun == Noun::kCredential ? Noun::kPassword : place.name.noun;
  place.offer_placed({.span = answer.value, .end = answer.value.end}, Setting::kList, noun, sure);
}

// Whether a line of a talk begins so: "[09:13", "09:13", "<igor>".
bool begins_message(std::string_view text, size_t begin) {
  const char c = at(text, begin);
  if (c == '[' || c == '(') return is_digit(at(text, begin + 1));
  return is_digit(c) || (c == '<' && is_letter(at(text, begin + 1)));
}

bool read_answers(const Place& place) {
  const std::string_view text = place.text;
  const Span asked = line_around(text, place.name.key.begin);
  bool talk = message_in(text, asked).signed_by;
  const size_t last = std::min(text.size(), asked.end + kMaxTalk);
  size_t begin = behind_line(text, asked.end);
  size_t answers = 0;
  while (answers < kMaxAnswers && begin < last) {
    const Span line = line_from(text, begin);
    begin = behind_line(text, line.end);
    if (begin == line.end) begin = text.size();  // a long line, or the last
    Message message = message_in(text, line);
    talk = talk || message.signed_by;
    message.signed_by = talk;
    if (message.body.size() == 0) continue;  // or the sender has a line of its own
    // A mail answers at once.
    if (!talk && answers >= 2) return false;
    ++answers;
    if (text[message.body.end - 1] == '?') continue;
    const auto answer = answer_in(text, message, place.name.noun, false);
    if (!answer) continue;
    offer_answer(place, *answer, true);
    return true;
  }
  return false;
}

// "Igor: v", and then "Igor: that's the root pw".
bool read_told(const Place& place) {
  const std::string_view text = place.text;
  constexpr size_t kMaxBefore = 40;  // bytes before the name
  constexpr size_t kMaxTold = 80;
  if (place.name.noun == Noun::kCredential) return false;
  const Span line = line_around(text, place.name.key.begin);
  const Message message = message_in(text, line);
  const bool near =
      message.signed_by && message.body.size() <= kMaxTold &&
      place.name.key.begin - std::min(place.name.key.begin, message.body.begin) <= kMaxBefore;
  if (!near || line.begin < 2) return false;
  size_t end = line.begin - 1;
  if (text[end] == '\n' && text[end - 1] == '\r') --end;
  const Span before{find_line_begin(text, end - std::min(end, kMaxShort), end), end};
  const Message value = message_in(text, before);
  if (!value.signed_by) return false;
  const auto answer = answer_in(text, value, place.name.noun, true);
  if (!answer) return false;
  offer_answer(place, *answer, true);
  return true;
}

// The begin of a line's text behind the mark of a list.
size_t behind_mark(std::string_view text, Span line) {
  size_t p = line.begin;
  while (p < line.end && is_blank(text[p])) ++p;
  const bool mark = std::string_view("-*#+").find(at(text, p)) != std::string_view::npos;
  if (!mark || !is_blank(at(text, p + 1))) return p;
  return std::min(line.end, skip_blanks(text, p + 1));
}

// Lines of a user and a value each, under a heading.
bool read_pair_lines(const Place& place) {
  const std::string_view text = place.text;
  constexpr size_t kMaxLines = 16;
  constexpr size_t kMaxOthers = 2;  // lines of something else, one after the other
  const size_t head = line_end(text, place.name.key.end);
  const size_t last = std::min(text.size(), head + 2 * kMaxTalk);
  size_t begin = behind_line(text, head);
  size_t others = 0;
  bool found = false;
  for (size_t i = 0; i < kMaxLines && begin < last && others <= kMaxOthers; ++i) {
    const Span line = line_from(text, begin);
    begin = behind_line(text, line.end);
    if (begin == line.end) begin = text.size();
    const auto pair_of = [&](Span body) -> std::optional<Answer> {
      if (body.size() > kMaxMessage) return std::nullopt;
      return pair_in(text, Sentence(text, body), Noun::kPassword);
    };
    auto pair = pair_of({behind_mark(text, line), line.end});
    if (!pair) pair = pair_of(message_in(text, line).body);
    others = pair ? 0 : others + 1;
    if (!pair) continue;
    offer_answer(place, *pair, true);
    found = true;
  }
  return found;
}

}  // namespace

bool may_be_asked(std::string_view text, size_t name_end) {
  const size_t last = std::min(text.size(), name_end + kMaxQuestion);
  for (size_t p = name_end; p < last && !is_line_end(text[p]); ++p) {
    if (text[p] == '?') return true;
  }
  return false;
}

bool may_be_told(std::string_view text, size_t name) {
  const size_t first = name - std::min(name, kMaxShort);
  const size_t line = find_line_begin(text, first, name);
  // The line before is short.
  if (line == first || line < 2 || !begins_message(text, line)) return false;
  const size_t far = line - 1 - std::min(line - 1, kMaxShort);
  const size_t before = find_line_begin(text, far, line - 1);
  return before + 8 < line && (before > far || before == 0) && begins_message(text, before);
}

bool may_head_pairs(std::string_view text, size_t name_end) {
  constexpr size_t kMaxHead = 64;
  const size_t last = std::min(text.size(), name_end + kMaxHead);
  const size_t end = find_line_end(text, name_end, last);
  if (end == last) return false;
  const size_t begin = skip_space(text, end, 4);
  const size_t stop = find_line_end(text, begin, std::min(text.size(), begin + kMaxHead));
  for (size_t p = begin; p < stop; ++p) {
    if (text[p] == '/' || text[p] == ':') return true;
    if (text[p] == '-' && p > begin && is_blank(at(text, p + 1)) && is_blank(text[p - 1]))
      return true;
  }
  return false;
}

bool read_talk(const Place& place) {
  const std::string_view text = place.text;
  if (may_be_asked(text, place.name.keyword.end) && read_answers(place)) return true;
  const bool pairs = place.name.pair || place.name.noun == Noun::kCredential;
  // "auth/" is a path's.
  const char behind = at(text, place.name.key.end);
  const bool heads = pairs && (is_gap(behind) || behind == ':' || behind == ')' || behind == ',');
  if (heads && may_head_pairs(text, place.name.key.end)) return read_pair_lines(place);
  return may_be_told(text, place.name.key.begin) && read_told(place);
}

}  // namespace spillguard::detect::generic
