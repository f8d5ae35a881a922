// Secrets that are typed into a program: echo v | chpasswd, expect's send "v\r", scripts of ftp.
#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {

using std::string_view_literals::operator""sv;
namespace {

constexpr size_t kMaxBetween = 60;  // from the pipe to the program: "| sudo passwd --stdin"
constexpr size_t kMaxAsked = 160;   // from a prompt to what answers it

constexpr std::string_view kReaders[] = {"sudo -s", "chpasswd",  "cryptsetup",
                                         "--stdin", "vncpasswd", "kinit"};
// What follows a login in a script of ftp.
constexpr std::string_view kFtpCommands[] = {"bin",  "put",   "mput",    "get",  "mget", "cd ",
                                             "lcd ", "ascii", "passive", "hash", "ls",   "dir",
                                             "quit", "bye",   "prompt",  "pwd",  "close"};

void offer_typed(std::string_view text, Span name, Value value, std::vector<Candidate>& out) {
  const Place place{
      .text = text, .name = {.key = name, .keyword = name, .noun = Noun::kPassword}, .out = out};
  place.offer(value, Setting::kCommandLine);
}

// A value of a shell's line; chpasswd takes user:v.
void offer_echoed(std::string_view text, Span name, size_t from, size_t end,
                  std::vector<Candidate>& out) {
  auto value = value_at(text, from);
  if (!value || value->span.begin >= end) return;
  const std::string_view bytes = text.substr(value->span.begin, value->span.size());
  if (value->quote == '\0') {
    const size_t pipe = bytes.find('|');
    if (pipe != std::string_view::npos) value->span.end = value->span.begin + pipe;
  }
  if (lower(text[name.begin]) == 'c' && lower(text[name.begin + 1]) == 'h') {
    const size_t colon = bytes.find(':');
    if (colon == std::string_view::npos) return;
    value->span.begin += colon + 1;
  }
  if (value->span.end <= end && value->span.begin < value->span.end) {
    offer_typed(text, name, *value, out);
  }
}

// echo v | program, program <<< v
void read_piped(std::string_view text, Span hit, std::vector<Candidate>& out) {
  const size_t near = hit.begin - std::min(hit.begin, kMaxBetween);
  const size_t pipe = text.substr(near, hit.begin - near).rfind('|');
  if (pipe == std::string_view::npos) {
    const size_t end = line_end(text, hit.end, kMaxBetween);
    const size_t here = text.substr(hit.end, end - hit.end).find("<<<");
    if (here == std::string_view::npos) return;
    offer_echoed(text, hit, skip_blanks(text, hit.end + here + 3, 4), text.size(), out);
    return;
  }
  const size_t end = near + pipe;
  const Span line = line_around(text, end);
  const std::string_view before = text.substr(line.begin, end - line.begin);
  for (const std::string_view command : {"echo "sv, "printf "sv}) {
    const size_t found = before.rfind(command);
    if (found == std::string_view::npos) continue;
    size_t p = skip_blanks(text, line.begin + found + command.size(), 4);
    while (at(text, p) == '-' && is_letter(at(text, p + 1)) && p < end) {  // -n, -e
      while (p < end && !is_blank(text[p])) ++p;
      p = skip_blanks(text, p, 4);
    }
    if (goes_on_with(text, p, "'%s' ") || goes_on_with(text, p, "\"%s\" ")) p += 5;
    offer_echoed(text, hit, p, end, out);
    return;
  }
}

// Whether a prompt for a password stands before an offset: "*assword:".
bool was_asked(std::string_view text, size_t offset) {
  const size_t first = offset - std::min(offset, kMaxAsked);
  const std::string_view before = text.substr(first, offset - first);
  return before.find("assword") != std::string_view::npos ||
         before.find("assphrase") != std::string_view::npos ||
         before.find("ASSWORD") != std::string_view::npos;
}

// send "v\r", sendline('v')
void read_send(std::string_view text, Span hit, std::vector<Candidate>& out) {
  const bool line = text[hit.end - 1] == '(';  // it adds the end of the line
  auto value = quoted_value(text, line ? hit.end : hit.end - 1);
  if (!value) return;
  const std::string_view bytes = text.substr(value->span.begin, value->span.size());
  const bool ended = bytes.ends_with("\\r") || bytes.ends_with("\\n");
  if (!ended && !line) return;
  if (!was_asked(text, hit.begin)) return;
  if (ended) value->span.end -= 2;
  offer_typed(text, hit, *value, out);
}

// "user bob v" on a line of its own and another command behind it, "echo user bob v>> script".
void read_ftp_user(std::string_view text, Span hit, std::vector<Candidate>& out) {
  const bool echoed = text[hit.begin] != '\n';
  const size_t end = line_end(text, hit.end, 160);
  size_t p = skip_blanks(text, hit.end, 4);
  const size_t user = p;
  while (p < end && !is_blank(text[p])) ++p;
  if (p == user || p >= end || p - user > 64) return;
  auto value = bare_value(text, skip_blanks(text, p, 4));
  if (!value || value->span.end > end) return;
  const size_t arrow = text.substr(value->span.begin, value->span.size()).find('>');
  if (arrow != std::string_view::npos) value->span.end = value->span.begin + arrow;
  const size_t rest = skip_blanks(text, value->span.end, 4);
  if (echoed) {
    if (at(text, rest) == '>') offer_typed(text, hit, *value, out);
    return;
  }
  if (rest != end) return;
  const size_t next = skip_space(text, end, 8);
  for (const std::string_view command : kFtpCommands) {
    if (goes_on_with(text, next, command)) {
      offer_typed(text, {hit.begin + 1, hit.end}, *value, out);
      return;
    }
  }
}

}  // namespace

bool read_stream(std::string_view text, Span hit, std::vector<Candidate>& out) {
  const char last = text[hit.end - 1];
  if (last == '"' || last == '\'' || goes_on_with(text, hit.begin, "sendline(")) {
    read_send(text, hit, out);
    return true;
  }
  if (last == ' ') {
    read_ftp_user(text, hit, out);
    return true;
  }
  for (const std::string_view reader : kReaders) {
    if (!goes_on_with(text, hit.begin, reader)) continue;
    read_piped(text, hit, out);
    return true;
  }
  return false;
}

}  // namespace spillguard::detect::generic
