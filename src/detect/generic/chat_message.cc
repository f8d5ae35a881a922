#include "detect/generic/chat_message.h"

#include <algorithm>

#include "detect/generic/bytes.h"

namespace spillguard::detect::generic {
namespace {

constexpr size_t kMaxSender = 32;
constexpr size_t kMaxTime = 40;

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

}  // namespace

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

bool begins_message(std::string_view text, size_t begin) {
  const char c = at(text, begin);
  if (c == '[' || c == '(') return is_digit(at(text, begin + 1));
  return is_digit(c) || (c == '<' && is_letter(at(text, begin + 1)));
}

}  // namespace spillguard::detect::generic
