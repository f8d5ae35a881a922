// What looks around without going on: look-behind, ends of lines and texts, edges of words.
#include "regex/java/graphemes.h"
#include "regex/java/machine.h"
#include "regex/java/utf8.h"

namespace spillguard::regex::java {
namespace {

bool ends_line(char32_t c) {
  return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

}  // namespace

// How far Java looks back: at most so many characters. Its bounds are numbers that wrap around, so
// two repetitions without an end make a negative one. Subtracted from the place, that is everything
// while the sum overflows, and nothing at all (nullopt) otherwise; where Java counts pairs, it
// counts as many characters forward and looks as far back.
std::optional<size_t> Machine::farthest_behind(const Step& step) const {
  const auto most = static_cast<int32_t>(step.max);
  if (most >= 0) return static_cast<size_t>(most);
  size_t at = at_;
  if (step.counts_pairs) {
    size_t count = 0;
    const int64_t wanted = most == INT32_MIN ? 0 : -int64_t{most};
    for (; count < static_cast<size_t>(wanted) && at < text_.size(); ++count) {
      at = utf8_behind(text_, at);
    }
    return count;
  }
  const int64_t overflow_from = int64_t{most} - INT32_MIN;
  for (int64_t i = 0; i < overflow_from; ++i) {
    if (at == 0) return std::nullopt;
    at = utf8_before(text_, at);
  }
  return npos;
}

// The body is tried from the nearest place to the farthest.
void Machine::enter_behind(const Step& step) {
  if (step.looks_first) {
    const bool fits =
        at_ > 0 && program_->sets[step.set].contains(utf8_at(text_, utf8_before(text_, at_)).c);
    if (!fits) return pass_if(step.negative);
  }
  const auto farthest = farthest_behind(step);
  const size_t nearest = step.min;
  size_t begin = at_;
  size_t passed = 0;
  for (; passed < nearest && begin > 0; ++passed) begin = utf8_before(text_, begin);
  steps_ += passed / 8;
  const bool enough = passed == nearest || step.counts_pairs;
  const bool possible = enough && farthest && passed <= *farthest;
  if (!possible) return pass_if(step.negative);
  wait(kBody, at_);
  Call& mine = calls_.back();
  mine.width = begin;
  mine.rounds = *farthest - passed;
  mine.least = behind_to_;
  behind_to_ = at_;
  call(step.body, begin);
}

void Machine::resume_behind(const Step& step, Call& mine) {
  if (!result_ && mine.rounds > 0 && mine.width > 0) {
    --mine.rounds;
    mine.width = utf8_before(text_, mine.width);
    return call(step.body, mine.width);
  }
  behind_to_ = mine.least;
  if (result_ == step.negative) return finish(false);
  replace(step.next, mine.at);
}

bool Machine::holds(const Step& step) {
  switch (step.op) {
    case Step::Op::kTextBegin:
      return at_ == 0;
    case Step::Op::kTextEnd:
      return at_ == text_.size();
    case Step::Op::kLineBegin:
      return is_line_begin(step);
    case Step::Op::kLineEnd:
      return is_line_end(step);
    case Step::Op::kLastLineEnd:
      return is_last_line_end(step);
    case Step::Op::kWordEdge:
      return is_word_edge(step) != step.negative;
    case Step::Op::kClusterEdge:
      return is_cluster_edge();
    default:  // kLastMatch
      return at_ == last_match_;
  }
}

bool Machine::is_line_begin(const Step& step) const {
  if (at_ == text_.size()) return false;
  if (at_ == 0) return true;
  if (step.unix_lines) return text_[at_ - 1] == '\n';
  const char32_t before = utf8_at(text_, utf8_before(text_, at_)).c;
  return ends_line(before) && !(before == '\r' && text_[at_] == '\n');
}

bool Machine::is_line_end(const Step& step) const {
  if (at_ == text_.size()) return true;
  if (text_[at_] == '\n') return step.unix_lines || at_ == 0 || text_[at_ - 1] != '\r';
  return !step.unix_lines && ends_line(utf8_at(text_, at_).c);
}

bool Machine::is_last_line_end(const Step& step) const {
  if (at_ == text_.size()) return true;
  if (!step.unix_lines && text_.substr(at_) == "\r\n") return true;
  return utf8_at(text_, at_).end == text_.size() && is_line_end(step);
}

// A non-spacing mark belongs to a word when a letter or digit stands before it and other marks.
// Walking back, Java takes the halves of a character beyond U+FFFF apart and gives up there.
bool Machine::has_base(size_t at, bool from_behind) {
  constexpr char32_t kPairs = 0x10000;
  bool whole = !from_behind;
  for (;;) {
    const char32_t c = utf8_at(text_, at).c;
    if (c >= kPairs && !whole) return false;
    if (program_->sets[program_->letters_and_digits].contains(c)) return true;
    if (at == 0 || !program_->sets[program_->marks].contains(c)) return false;
    at = utf8_before(text_, at);
    whole = false;
    ++steps_;
  }
}

bool Machine::is_word(const Step& step, size_t at, bool from_behind) {
  const char32_t c = utf8_at(text_, at).c;
  if (program_->sets[step.set].contains(c)) return true;
  return program_->sets[program_->marks].contains(c) && has_base(at, from_behind);
}

bool Machine::is_word_edge(const Step& step) {
  const bool left = at_ > 0 && is_word(step, utf8_before(text_, at_), true);
  const bool right = at_ < text_.size() && is_word(step, at_, false);
  return left != right;
}

// Java asks for the cluster that begins where the last match or part of one ended, not for the one
// at hand.
bool Machine::is_cluster_edge() const {
  if (at_ == 0 || at_ == text_.size()) return true;
  return last_ < text_.size() && grapheme_end(text_, last_) <= at_;
}

}  // namespace spillguard::regex::java
