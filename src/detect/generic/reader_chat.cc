// Talks: one asks for a password, and one of the next lines answers with little more than the
// value; or the value comes first, and the next line says what it was. Lines of Slack, Teams,
// WhatsApp, Skype, IRC and mail.
#include <bit>
#include <cstdint>

#include "detect/generic/chat_answer.h"
#include "detect/generic/chat_message.h"
#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {
namespace {

constexpr size_t kMaxAnswers = 6;  // lines behind a question
constexpr size_t kMaxTalk = 700;   // bytes of them
constexpr size_t kMaxShort = 80;   // a line of which the value is all, with its sender

void offer_answer(const Place& place, const Answer& answer) {
  const Noun noun = place.name.noun == Noun::kCredential ? Noun::kPassword : place.name.noun;
  place.offer_placed({.span = answer.value, .end = answer.value.end}, Setting::kList, noun, true);
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
    offer_answer(place, *answer);
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
  offer_answer(place, *answer);
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
    auto pair = account_in(text, {behind_mark(text, line), line.end});
    if (!pair) pair = account_in(text, message_in(text, line).body);
    others = pair ? 0 : others + 1;
    if (!pair) continue;
    offer_answer(place, *pair);
    found = true;
  }
  return found;
}

}  // namespace

bool may_be_asked(std::string_view text, size_t name_end) {
  const uint64_t asks = find_byte(text, name_end, '?');
  if (asks == 0) return false;
  const size_t ask = name_end + static_cast<size_t>(std::countr_zero(asks));
  return find_line_end(text, name_end, ask) == ask;
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
  // What stands between a user and a value: a dash between blanks, or one of the others.
  const uint64_t blanks = find_byte(text, begin, ' ') | find_byte(text, begin, '\t');
  const uint64_t dashes = find_byte(text, begin, '-') & (blanks << 1U) & (blanks >> 1U);
  const uint64_t ties = find_byte(text, begin, '/') | find_byte(text, begin, ':') | dashes;
  if (ties == 0) return false;
  const size_t tie = begin + static_cast<size_t>(std::countr_zero(ties));
  return find_line_end(text, begin, tie) == tie;
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
