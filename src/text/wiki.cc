// Jira wiki markup, line by line. Marks that only dress the text are dropped, all else is kept;
// where Jira's own rules leave a choice the characters stay.
#include <algorithm>
#include <array>
#include <utility>

#include "text/entities.h"
#include "text/needle.h"
#include "text/readers.h"
#include "text/wiki_syntax.h"

namespace spillguard::text {
namespace wiki {
namespace {

constexpr size_t kNone = std::string_view::npos;
constexpr std::string_view kPhraseMarks = "*_-+^~";

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

void put_verbatim(TextBuilder& builder, Span part) { builder.text(part); }

class Reader {
 public:
  explicit Reader(std::string_view source)
      : source_(source),
        builder_(source),
        code_end_(source, "{code}"),
        noformat_end_(source, "{noformat}"),
        mono_close_(source, "}}"),
        link_close_(source, "]"),
        image_close_(source, "!"),
        cite_close_(source, "??"),
        mark_close_{Needle(source, "*"), Needle(source, "_"), Needle(source, "-"),
                    Needle(source, "+"), Needle(source, "^"), Needle(source, "~")} {
    mark_end_.fill(kNone);
  }

  Extracted read() {
    while (at_ < source_.size()) {
      find_line_end();
      begin_line();
      while (at_ < stop_) {
        step();
      }
      flush();
      if (line_end_ < source_.size()) {
        builder_.newline({line_end_, line_end_ + 1});
      }
      at_ = line_end_ + 1;
    }
    return std::move(builder_).finish();
  }

 private:
  void find_line_end() {
    const size_t end = source_.find('\n', at_);
    line_end_ = end == kNone ? source_.size() : end;
    stop_ = line_end_ > at_ && source_[line_end_ - 1] == '\r' ? line_end_ - 1 : line_end_;
    copied_ = at_;
    edge_ = true;
  }

  void begin_line() {
    in_row_ = false;
    while (at_ < stop_ && (source_[at_] == ' ' || source_[at_] == '\t')) {
      ++at_;
    }
    if (at_ < stop_ && source_[at_] == '|') {
      in_row_ = true;
      builder_.row();
      bar();
      return;
    }
    const size_t mark = wiki_line_mark(source_.substr(at_, stop_ - at_));
    if (mark != 0) {
      flush();
      skip(mark);
    }
  }

  // Puts what was passed since the last flush into the text.
  void flush() {
    size_t end = at_;
    if (in_row_) {
      while (end > copied_ && is_white(source_[end - 1])) {
        --end;
      }
      if (end < at_ && end > copied_) {
        builder_.text({copied_, end});
        builder_.space({end, at_}, true);
        copied_ = at_;
        return;
      }
      if (end == copied_ && end < at_) {
        builder_.space({end, at_}, true);
        copied_ = at_;
        return;
      }
    }
    builder_.text({copied_, end});
    copied_ = at_;
  }

  // Leaves markup out; what follows may begin a phrase like the begin of a line.
  void skip(size_t length) {
    at_ += length;
    copied_ = at_;
    edge_ = true;
  }

  void keep(size_t length) {
    at_ += length;
    edge_ = false;
  }

  [[nodiscard]] char peek(size_t offset) const {
    return at_ + offset < stop_ ? source_[at_ + offset] : '\0';
  }
  // What stands before and behind a place of the line, as far as it matters to a phrase.
  [[nodiscard]] std::string_view before() const {
    return edge_ ? std::string_view{} : source_.substr(copied_, at_ - copied_);
  }
  [[nodiscard]] std::string_view behind(size_t place) const {
    return source_.substr(place, stop_ - std::min(stop_, place));
  }

  void step() {
    if (mono_end_ != kNone && at_ >= mono_end_) {
      mono_end_ = kNone;
      flush();
      skip(2);
      return;
    }
    const char c = source_[at_];
    if (c == '\\') {
      backslash();
      return;
    }
    if (mono_end_ != kNone) {
      keep(1);
      return;
    }
    bool done = false;
    switch (c) {
      case '{':
        done = brace();
        break;
      case '[':
        done = link();
        break;
      case '!':
        done = image();
        break;
      case '&':
        done = entity();
        break;
      case '|':
        done = in_row_;
        if (done) {
          bar();
        }
        break;
      case '?':
        done = cite();
        break;
      case '*':
      case '_':
      case '-':
      case '+':
      case '^':
      case '~':
        done = phrase(c);
        break;
      default:
        break;
    }
    if (!done) {
      keep(1);
    }
  }

  // Between two cells: one or two bars.
  void bar() {
    flush();
    skip(peek(1) == '|' ? 2 : 1);
    builder_.cell();
    while (at_ < stop_ && (source_[at_] == ' ' || source_[at_] == '\t')) {
      ++at_;
    }
    copied_ = at_;
  }

  void backslash() {
    const char next = peek(1);
    if (next == '\\') {
      if (peek(2) == '\0' || is_white(peek(2))) {  // a forced line break; else \\server\share
        flush();
        builder_.line();
        skip(2);
      } else {
        keep(2);
      }
      return;
    }
    if (next != '\0' && is_wiki_escapable(next)) {
      flush();
      copied_ = at_ + 1;
      keep(2);
      return;
    }
    keep(1);
  }

  bool brace() {
    const std::string_view rest = source_.substr(at_, stop_ - at_);
    if (is_braced_mark(rest)) {
      flush();
      skip(3);
      return true;
    }
    if (rest.starts_with("{{")) {
      return monospaced();
    }
    const auto macro = parse_wiki_macro(rest);
    if (!macro) {
      return false;
    }
    flush();
    const Span parameters{at_ + macro->parameters.begin, at_ + macro->parameters.end};
    if (macro->inline_run) {
      if (macro->name != "color") {
        aside_parts(parameters);
      }
      skip(macro->length);
      return true;
    }
    builder_.line();
    // {code:java} names a language; {code:title=…} says something.
    if (!macro->verbatim || builder_.source(parameters).find('=') != kNone) {
      aside_parts(parameters);
    }
    skip(macro->length);
    if (macro->verbatim) {
      verbatim(macro->name == "code" ? code_end_ : noformat_end_, macro->name == "code" ? 6 : 10);
    }
    return true;
  }

  // The parts between bars, a line each, after the line at hand.
  void aside_parts(Span parts) {
    while (parts.begin < parts.end) {
      const size_t bar = source_.substr(0, parts.end).find('|', parts.begin);
      const size_t end = bar == kNone ? parts.end : bar;
      if (end > parts.begin) {
        builder_.aside({.name = {}, .value = {parts.begin, end}, .decode = put_verbatim});
      }
      parts.begin = end + 1;
    }
  }

  // Up to the closing macro, or to the end: nothing in it is markup.
  void verbatim(Needle& closing, size_t closing_length) {
    const size_t found = closing.find(at_);
    const size_t end = found == kNone ? source_.size() : found;
    size_t begin = at_;
    if (begin < end && source_[begin] == '\r') {
      ++begin;
    }
    if (begin < end && source_[begin] == '\n') {
      ++begin;
    }
    builder_.text({begin, end});
    builder_.line();
    at_ = found == kNone ? end : end + closing_length;
    if (at_ > line_end_) {
      find_line_end();
      in_row_ = false;
    }
    stop_ = std::max(stop_, at_);
    copied_ = at_;
    edge_ = true;
  }

  bool monospaced() {
    size_t close = mono_close_.find(at_ + 2);
    if (close == kNone || close >= stop_ || close == at_ + 2 || before().ends_with('$') ||
        is_white(peek(2)) || is_white(source_[close - 1])) {
      return false;
    }
    while (close + 2 < stop_ && source_[close + 2] == '}') {
      ++close;
    }
    flush();
    mono_end_ = close;
    skip(2);
    return true;
  }

  bool link() {
    const size_t close = link_close_.find(at_ + 1);
    if (close == kNone || close >= stop_) {
      return false;
    }
    const size_t begin = at_ + 1;
    const std::string_view inside = source_.substr(begin, close - begin);
    if (inside.find('[') != kNone) {
      return false;
    }
    const auto parts = parse_wiki_link(inside);
    if (!parts) {
      return false;
    }
    flush();
    const auto place = [&](Span part) { return Span{begin + part.begin, begin + part.end}; };
    const Span text = place(parts->text);
    const Span target = place(parts->target);
    if (text.size() == 0) {
      builder_.text(target);
    } else {
      builder_.text(text);
      if (builder_.source(text) != builder_.source(target)) {
        builder_.aside({.name = {}, .value = target, .decode = put_verbatim});
      }
    }
    if (parts->tip.size() != 0) {
      builder_.aside({.name = {}, .value = place(parts->tip), .decode = put_verbatim});
    }
    skip(close + 1 - at_);
    return true;
  }

  bool image() {
    const size_t close = image_close_.find(at_ + 1);
    if (!may_open_phrase(before()) || close == kNone || close >= stop_) {
      return false;
    }
    if (!may_close_phrase(behind(close + 1)) ||
        !is_wiki_image(source_.substr(at_ + 1, close - at_ - 1))) {
      return false;
    }
    flush();
    aside_parts({at_ + 1, close});
    skip(close + 1 - at_);
    return true;
  }

  // Jira passes numeric references through to the page, and &nbsp;.
  bool entity() {
    const std::string_view rest = source_.substr(at_, stop_ - at_);
    if (peek(1) != '#' && !rest.starts_with("&nbsp;")) {
      return false;
    }
    const auto parsed = parse_entity(rest);
    if (!parsed || parsed->character < U' ') {
      return false;
    }
    flush();
    builder_.code_point(parsed->character, {at_, at_ + parsed->length});
    at_ += parsed->length;
    copied_ = at_;
    edge_ = false;
    return true;
  }

  // A mark of two that enclose a phrase.
  bool enclosed(Needle& needle, size_t& pending_end, size_t length) {
    if (pending_end == at_) {
      pending_end = kNone;
      flush();
      skip(length);
      return true;
    }
    const char first = peek(length);
    if (!may_open_phrase(before()) || first == '\0' || is_white(first) || first == source_[at_]) {
      return false;
    }
    const size_t close = needle.find(at_ + length);
    if (close == kNone || close >= stop_ || is_white(source_[close - 1]) ||
        source_[close - 1] == '\\') {
      return false;
    }
    if (!may_close_phrase(behind(close + length)) && !ends_phrase(close + length)) {
      return false;
    }
    pending_end = close;
    flush();
    skip(length);
    return true;
  }

  [[nodiscard]] bool ends_phrase(size_t place) const {
    for (const size_t end : mark_end_) {
      if (end == place) {
        return true;
      }
    }
    return place == cite_end_;
  }

  bool phrase(char mark) {
    const size_t index = kPhraseMarks.find(mark);
    return enclosed(mark_close_[index], mark_end_[index], 1);
  }

  bool cite() { return peek(1) == '?' && enclosed(cite_close_, cite_end_, 2); }

  std::string_view source_;
  TextBuilder builder_;
  Needle code_end_;
  Needle noformat_end_;
  Needle mono_close_;
  Needle link_close_;
  Needle image_close_;
  Needle cite_close_;
  std::array<Needle, 6> mark_close_;
  // Where the phrases that are open end; a place that was jumped over is met by nothing.
  std::array<size_t, 6> mark_end_{};
  size_t cite_end_ = kNone;
  size_t mono_end_ = kNone;

  size_t at_ = 0;
  size_t copied_ = 0;    // up to here the source is in the text or left out
  size_t line_end_ = 0;  // of its '\n', or the source's end
  size_t stop_ = 0;      // the end of the line's characters
  bool in_row_ = false;
  bool edge_ = true;  // a phrase may begin here whatever stands before
};

}  // namespace
}  // namespace wiki

Extracted read_wiki(std::string_view source) { return wiki::Reader(source).read(); }

}  // namespace spillguard::text
